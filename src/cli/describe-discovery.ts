import type { Problem } from '../domain/problem.ts'
import type { RenderSource } from '../domain/rendered-target.ts'
import type { Discovery } from '../features/discovery/discover.ts'

/** The inventory for people: by environment, in columns, each with why; then what is not shown; then how much it is. */
export function describeDiscovery(found: Omit<Discovery, 'asked'>): string {
  const byEnvironment = Map.groupBy(found.sources, ({ environment }) => environment)
  const widths = columnWidths(found.sources)
  const sections = [
    ...[...byEnvironment].map(([environment, sources]) =>
      [environment, ...sources.flatMap((source) => describeSource(source, widths))].join('\n'),
    ),
    ...(found.notices.length > 0 ? [describeNotices(found.notices)] : []),
    summarise(found),
  ]
  return `${sections.join('\n\n')}\n`
}

type Widths = [number, number, number]

/** Longer words than these stand out of their column rather than widen it for all. */
const widestColumn = 40

function columnsOf({ application, clusters, renderer }: RenderSource): [string, string, string] {
  return [application, clusters.join(', '), renderer]
}

function columnWidths(sources: readonly RenderSource[]): Widths {
  const widest = (column: 0 | 1 | 2) =>
    Math.min(widestColumn, Math.max(0, ...sources.map((source) => columnsOf(source)[column].length)))
  return [widest(0), widest(1), widest(2)]
}

function describeSource(source: RenderSource, widths: Widths): string[] {
  const cells = columnsOf(source).map((cell, column) => cell.padEnd(widths[column] ?? 0))
  const values = source.valueFiles.map((file) => withoutFolder(file, source.path))
  const because = [source.because, ...(values.length > 0 ? [`values ${values.join(', ')}`] : [])].join('; ')
  return [`  ${cells.join('  ')}  ${source.path}`, `  ${' '.repeat(widths[0])}  ${because}`]
}

/** Values files of the chart itself need no more than their name. */
function withoutFolder(file: string, folder: string): string {
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file
}

/** What can be done about them is said once for all that share it. */
function describeNotices(notices: readonly Problem[]): string {
  const byFix = Map.groupBy(notices, ({ fix }) => fix)
  const groups = [...byFix].map(([fix, group]) => [...group.map(describeNotice), `    → ${fix}`].join('\n'))
  return ['delivered, but not shown', ...groups].join('\n')
}

function describeNotice({ path, line, message }: Problem): string {
  return `  ${line > 0 ? `${path}:${line}` : path}: ${message}`
}

function summarise({ sources, problems, notices }: Omit<Discovery, 'asked'>): string {
  const applications = new Set(sources.map(({ application }) => application)).size
  const environments = new Set(sources.map(({ environment }) => environment)).size
  const byRenderer = Map.groupBy(sources, ({ renderer }) => renderer)
  const renderers = [...byRenderer].map(([name, group]) => `${group.length} ${name}`).toSorted()
  const all = [
    `${count(sources.length, 'source')}${renderers.length > 0 ? ` (${renderers.join(', ')})` : ''}`,
    count(applications, 'application'),
    count(environments, 'environment'),
    `${notices.length} not shown`,
    count(problems.length, 'problem'),
  ]
  return all.join(' · ')
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
