import { type Document, LineCounter, parseAllDocuments } from 'yaml'
import type { Problem } from '../../domain/problem.ts'
import type { Slo } from '../../domain/slo.ts'
import { type OpenSloObject, toRecord } from './open-slo-object.ts'
import { readOpenSlo } from './read-open-slo.ts'

/** Characters of one file. */
const maxFileLength = 256 * 1024

const kinds = [
  'SLO',
  'SLI',
  'DataSource',
  'Service',
  'AlertPolicy',
  'AlertCondition',
  'AlertNotificationTarget',
]

/**
 * Reads the OpenSLO files of a repository together, since objects name each other. What is not understood of them is a
 * problem, never ignored; an SLO with one measures nothing. Source: OpenSLO/OpenSLO, README.md, apiVersion openslo/v1.
 */
export function parseOpenSlo(
  files: ReadonlyMap<string, string>,
  environments: readonly string[],
): { slos: Slo[]; problems: Problem[] } {
  const problems: Problem[] = []
  const objects = [...files].flatMap(([path, text]) => readFile(text, path, problems))
  const slos = objects
    .filter(({ kind }) => kind === 'SLO')
    .flatMap((object) => {
      const { slo, problems: found } = readOpenSlo(object, objects, environments)
      problems.push(...found)
      return slo && found.length === 0 ? [slo] : []
    })
  return { slos, problems }
}

function readFile(text: string, path: string, problems: Problem[]): OpenSloObject[] {
  if (text.length > maxFileLength) {
    problems.push(unreadable(path, 1, `is larger than ${maxFileLength} characters`))
    return []
  }
  const lines = new LineCounter()
  try {
    const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, logLevel: 'error' })
    return [...documents].flatMap((document) => readObject(document, path, lines, problems))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    problems.push(unreadable(path, 1, `cannot be read: ${reason}`))
    return []
  }
}

function readObject(
  document: Document.Parsed,
  path: string,
  lines: LineCounter,
  problems: Problem[],
): OpenSloObject[] {
  const first = document.errors[0]
  if (first) {
    const reason = first.message.split('\n')[0]
    problems.push(unreadable(path, lines.linePos(first.pos[0]).line, `is not YAML: ${reason}`))
    return []
  }
  const value: unknown = document.toJS({ maxAliasCount: 0 })
  if (value === null || value === undefined) return []
  const root = toRecord(value)
  const complain: OpenSloObject['complain'] = (code, keys, message, fix) => ({
    code,
    path,
    line: lineOf(document, keys, lines),
    message: `${keys.join('.')}: ${message}`,
    fix,
  })
  if (root.apiVersion !== 'openslo/v1') {
    problems.push(
      complain('OPENSLO_VERSION', ['apiVersion'], 'is not openslo/v1', 'write apiVersion: openslo/v1'),
    )
    return []
  }
  if (!kinds.includes(String(root.kind))) {
    problems.push(
      complain('OPENSLO_KIND', ['kind'], 'is no kind of OpenSLO v1', `use one of ${kinds.join(', ')}`),
    )
    return []
  }
  const metadata = toRecord(root.metadata)
  return [
    {
      kind: String(root.kind),
      name: String(metadata.name ?? ''),
      metadata,
      spec: toRecord(root.spec),
      complain,
    },
  ]
}

/** The line of the deepest of `keys` that is written. */
function lineOf(document: Document.Parsed, keys: (string | number)[], lines: LineCounter): number {
  for (let depth = keys.length; depth >= 0; depth -= 1) {
    const node: unknown = document.getIn(keys.slice(0, depth), true)
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
    if (Array.isArray(range)) return lines.linePos(Number(range[0])).line
  }
  return 1
}

function unreadable(path: string, line: number, message: string): Problem {
  return {
    code: 'OPENSLO_UNREADABLE',
    path,
    line,
    message: `${path} ${message}`,
    fix: 'write one OpenSLO v1 object a document',
  }
}
