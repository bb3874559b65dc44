import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RenderSource } from '../../src/domain/rendered-target.ts'
import { printByArgo, printByFlux } from './delivered.ts'
import type { WorkTree } from './git-folder.ts'
import { type Printed, run, type Tools } from './run-tool.ts'

/** What the official tool prints for a source of a work tree, asked as a person would ask it. */
export function print(source: RenderSource, tree: WorkTree, tools: Tools): Promise<Printed> {
  const at = (path: string) => join(tree.folder, path)
  const isEdited = Object.keys(source.edits ?? {}).some((field) => field !== 'by')
  if (source.edits?.by === 'flux' && tools.flux) return printByFlux(source, tree, tools.flux)
  if (source.edits?.by === 'argocd' && isEdited) return printByArgo(source, tree, tools)
  if (source.renderer === 'kustomize') return run(tools.kubectl, ['kustomize', at(source.path)])
  if (source.renderer === 'helm') return printChart(source, tree, tools)
  return printFiles(source.files.map(at))
}

/** Plain files are what they are; kubectl reads each, see `readObjects`. */
async function printFiles(files: readonly string[]): Promise<Printed> {
  const missing = files.filter((file) => !existsSync(file))
  if (missing.length > 0) return { streams: [], failure: `not in this clone: ${missing.join(', ')}` }
  return { streams: await Promise.all(files.map((file) => readFile(file, 'utf8'))) }
}

async function printChart(source: RenderSource, tree: WorkTree, tools: Tools): Promise<Printed> {
  const folder = await mkdtemp(join(tmpdir(), 'compare-chart-'))
  try {
    const chart = await withLocalDependencies(source.path, tree, folder, tools)
    const inline = join(folder, 'values.json')
    await writeFile(inline, JSON.stringify(source.values ?? {}))
    return await run(tools.helm, [
      'template',
      releaseName(source),
      chart,
      ...(source.isWithoutCrds ? [] : ['--include-crds']),
      '--skip-tests',
      '--namespace',
      source.helm?.namespace ?? source.namespace ?? 'default',
      '--kube-version',
      source.kubernetes?.version ?? '1.36.0',
      ...(source.kubernetes?.apiVersions ?? []).flatMap((version) => ['--api-versions', version]),
      ...source.valueFiles.flatMap((file) => ['--values', join(tree.folder, file)]),
      '--values',
      inline,
      ...(source.helm?.parameters ?? []).flatMap(({ name, value, isText }) => [
        isText ? '--set-string' : '--set',
        `${name}=${value}`,
      ]),
      ...(source.helm?.fileParameters ?? []).flatMap(({ name, path }) => [
        '--set-file',
        `${name}=${join(tree.folder, path)}`,
      ]),
      ...(source.helm?.isSchemaIgnored ? ['--skip-schema-validation'] : []),
    ])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Helm fetches dependencies by `file://` itself; it does so in a copy, because it writes beside the chart. */
async function withLocalDependencies(
  path: string,
  tree: WorkTree,
  folder: string,
  tools: Tools,
): Promise<string> {
  const chart = await readFile(join(tree.folder, path, 'Chart.yaml'), 'utf8').catch(() => '')
  if (!chart.includes('file://')) return join(tree.folder, path)
  await cp(tree.folder, join(folder, 'tree'), { recursive: true, verbatimSymlinks: true })
  const copy = join(folder, 'tree', path)
  await run(tools.helm, ['dependency', 'update', '--skip-refresh', copy])
  return copy
}

function releaseName({ releaseName, application }: RenderSource): string {
  const name = (releaseName ?? application).toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-')
  return name.slice(0, 53).replaceAll(/^[-.]+|[-.]+$/g, '') || 'release'
}

/** An object as kubectl read it. */
export interface ToolObject {
  apiVersion: string
  kind: string
  metadata: { name?: string; namespace?: string; [field: string]: unknown }
  [field: string]: unknown
}

/** Stands between the objects of two streams. */
const mark = { apiVersion: 'comparison/v1', kind: 'EndOfStream', metadata: { name: 'end' } }

/**
 * The objects of each stream of YAML as kubectl itself reads them: with a patch that changes nothing and is never sent
 * anywhere. Documents that kubectl cannot read are left out.
 */
export async function readObjects(streams: readonly string[], tools: Tools): Promise<ToolObject[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'compare-read-'))
  try {
    const end = join(folder, 'end.json')
    await writeFile(end, JSON.stringify(mark))
    const files = streams.map((_, position) => join(folder, `${position}.yaml`))
    await Promise.all(files.map((file, position) => writeFile(file, streams[position] ?? '')))
    const asked = files.flatMap((file) => ['--filename', file, '--filename', end])
    const patch = ['patch', '--local', '--type=merge', '--patch={}', '--output=json']
    const printed = await run(tools.kubectl, [...patch, ...asked])
    return untilMarks(printed.streams.flatMap(objectsIn))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function untilMarks(objects: readonly ToolObject[]): ToolObject[][] {
  const parts: ToolObject[][] = [[]]
  for (const object of objects) {
    if (object.kind === mark.kind && object.apiVersion === mark.apiVersion) parts.push([])
    else parts.at(-1)?.push(object)
  }
  return parts.slice(0, -1)
}

/** kubectl prints objects one after another, each from a line `{` to a line `}`. */
function objectsIn(text: string): ToolObject[] {
  return text
    .split(/^(?=\{$)/m)
    .filter((part) => part.trim() !== '')
    .map((part) => parseExactly(part) as ToolObject)
}

/** JSON with integers that a number cannot hold as texts, so that no digit of them is lost in a comparison. */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? context?.source
      : value,
  )
}
