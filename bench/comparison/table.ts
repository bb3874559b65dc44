import type { StepResult } from './compare-step.ts'

const columns = [
  'repository',
  'commits',
  'sources',
  'targets',
  'objects compared',
  'changes compared',
  'mismatches',
  'affected',
  'of them alike',
  'refused',
  'not renderable',
  'nobody to ask',
  'diff, median',
  'diff, slowest',
  'tools for both sides',
]

export const tableHead = `| ${columns.join(' | ')} |\n|${columns.map(() => ' --- |').join('')}\n`

/** One repository: sources and targets of its newest commit, the rest over all commits. */
export function tableRow(name: string, results: readonly StepResult[]): string {
  const newest = results.at(-1)
  const sum = (count: (result: StepResult) => number) => results.reduce((all, each) => all + count(each), 0)
  const ours = results.map((each) => each.productMilliseconds)
  const tools = results.flatMap((each) => each.toolMilliseconds ?? [])
  const cells = [
    name,
    results.length,
    newest?.sources ?? 0,
    newest?.targets ?? 0,
    sum((each) => each.objects),
    sum((each) => each.changes),
    sum((each) => each.mismatches.length),
    sum((each) => each.affected),
    sum((each) => each.needless),
    new Set(results.flatMap((each) => each.refused)).size,
    newest?.unrenderable ?? 0,
    newest?.unasked ?? 0,
    seconds(median(ours)),
    seconds(Math.max(...ours)),
    seconds(median(tools)),
  ]
  return `| ${cells.join(' | ')} |\n`
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`
}
