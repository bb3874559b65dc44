import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { promotedByDefault } from '../src/domain/configuration.ts'
import type { KubernetesObject } from '../src/domain/kubernetes-object.ts'
import { planPromotion } from '../src/features/promotion/plan-promotion.ts'
import { createDice } from '../test/features/rendering/random-edits.ts'
import { findEdits, type IntendedEdit, isOnly, readValues } from './edits/judge.ts'

/** Promotes what every YAML file of a folder says, and lets another YAML reader and the bytes judge what changed. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      files: { type: 'string' },
      fields: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      details: { type: 'boolean', default: false },
    },
  })
  if (values.files === undefined) throw new Error('npm run bench -- edits --files FOLDER')
  const { files: folder, fields, seed } = values
  const dice = createDice(Number(seed))
  const rows = new Map<string, Row>()
  let [read, unread] = [0, 0]
  for (const path of yamlFiles(folder)) {
    const text = readText(join(folder, path))
    const documents = text === undefined ? undefined : readValues(text)
    if (text === undefined || !documents) {
      unread += 1
      continue
    }
    read += 1
    for (const edit of findEdits(path, documents, Number(fields), dice)) {
      const row = rows.get(edit.what) ?? { files: new Set(), made: 0, refused: 0, wrong: 0 }
      rows.set(edit.what, row)
      row.files.add(path)
      const outcome = promote(path, text, edit)
      if ('refusal' in outcome) {
        row.refused += 1
        if (values.details) process.stdout.write(`refused: ${path}: ${outcome.refusal}\n`)
      } else if (isOnly(text, outcome.after, documents, edit)) row.made += 1
      else {
        row.wrong += 1
        process.stdout.write(
          `wrong: ${path}: ${edit.what} ${edit.way.join('.')} to ${JSON.stringify(edit.after)}\n`,
        )
      }
    }
  }
  print(rows, read, unread)
  if ([...rows.values()].some(({ wrong }) => wrong > 0)) process.exitCode = 1
}

interface Row {
  files: Set<string>
  made: number
  refused: number
  wrong: number
}

function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted()
}

function readText(path: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path))
  } catch {
    return undefined
  }
}

/** The edit as the product makes it: an application of one file, promoted from one that has the new value. */
function promote(path: string, text: string, edit: IntendedEdit): { after: string } | { refusal: string } {
  const side = { folder: '.', entries: [] }
  const isField = edit.what === 'field'
  const plan = planPromotion({
    application: 'shop',
    promoted: isField ? [{ kind: 'field', file: '{environment}', field: edit.way }] : promotedByDefault,
    source: {
      ...side,
      environment: isField ? 'source.yaml' : 'source',
      objects: running(edit.image?.name, edit.image?.after),
      files: new Map([[isField ? 'source.yaml' : path, edit.source]]),
    },
    target: {
      ...side,
      environment: isField ? path : 'target',
      objects: running(edit.image?.name, edit.image?.before),
      files: new Map([[path, text]]),
      valueFiles: edit.what === 'values image' ? [path] : [],
      shared: new Set(),
      pins: [],
      pinned: [],
    },
    isAutomatic: false,
  })
  const after = plan.kind === 'promote' ? plan.files[path] : undefined
  if (typeof after === 'string') return { after }
  return { refusal: plan.kind === 'impossible' ? plan.problem.message : plan.kind }
}

function running(image: string | undefined, version: string | undefined): KubernetesObject[] {
  if (image === undefined || version === undefined) return []
  const containers = [{ name: 'a', image: `${image}${version.startsWith('sha256:') ? '@' : ':'}${version}` }]
  return [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers } }]
}

function print(rows: ReadonlyMap<string, Row>, read: number, unread: number): void {
  process.stdout.write(`${read} files read, ${unread} left out (templates, or not readable as YAML)\n`)
  process.stdout.write('| promoted          |  files |  edits | refused | wrong |\n')
  process.stdout.write('| ----------------- | -----: | -----: | ------: | ----: |\n')
  for (const [what, { files, made, refused, wrong }] of [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const cells = [files.size, made, refused, wrong].map((count, index) =>
      String(count).padStart([6, 6, 7, 5][index] ?? 0),
    )
    process.stdout.write(`| ${what.padEnd(17)} | ${cells.join(' | ')} |\n`)
  }
}
