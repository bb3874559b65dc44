import { parseArgs } from 'node:util'
import { type OtherRule, otherRules } from '../test/simulation/slo/other-rules.ts'
import {
  simulateBadReleases,
  simulateHealthyReleases,
  simulateOlderBreaches,
  simulateRule,
  simulateTwoReleases,
} from '../test/simulation/slo/simulate-slo.ts'
import type { Habit } from '../test/simulation/slo/traffic.ts'

const steady: Habit = { requestsPerSecond: 10, errors: 'independent', scrapeSeconds: 15, lagSeconds: 2 }

const habits: [name: string, habit: Habit][] = [
  ['10/s, independent errors', steady],
  ['10/s, bursts', { ...steady, errors: 'bursts' }],
  ['10/s, over-dispersed', { ...steady, errors: 'over-dispersed' }],
  ['10/s in a daily rhythm', { ...steady, errors: 'daily' }],
  ['10/s, 30 s late, gaps', { ...steady, lagSeconds: 30, hoursBetweenGaps: 6 }],
  ['1/s', { ...steady, requestsPerSecond: 1 }],
  ['0.1/s', { ...steady, requestsPerSecond: 0.1 }],
]

const faults = [1, 0.1, 0.05, 0.02, 0.01, 0.005]

/** Simulated releases, good and bad ones, judged by what judges real ones, and by the rules of others. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      runs: { type: 'string', default: '500' },
      healthy: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
    },
  })
  const [runs, healthy, seed] = [Number(values.runs), Number(values.healthy), Number(values.seed)]
  await printDetection(runs, seed)
  await printFalseReverts(healthy, seed)
  await printBlame(runs, seed)
}

async function printDetection(runs: number, seed: number): Promise<void> {
  print(
    `\nFrom the first bad request to the verdict, p50 and p95 of ${runs} releases, and how many are found in an hour`,
  )
  print(row('', ['share of errors', 'Drawbridge', ...otherRules.map(({ name }) => name)]))
  for (const [name, habit] of habits) {
    for (const fault of faults) {
      const cells = [await simulateBadReleases(habit, fault, runs, seed)]
      for (const rule of otherRules) cells.push(await simulateRule(rule, habit, fault, runs, seed))
      print(row(name, [percent(fault), ...cells.map(({ seconds }) => spell(seconds))]))
    }
  }
}

async function printFalseReverts(healthy: number, seed: number): Promise<void> {
  print(
    `\nHealthy releases taken back, of ${healthy} watched for an hour each (others: of ${perRule(healthy)})`,
  )
  print(row('', ['Drawbridge', 'suspected only', ...otherRules.map(({ name }) => name)]))
  for (const [name, habit] of habits) {
    const { reverts, suspicions } = await simulateHealthyReleases(habit, healthy, seed)
    const others = []
    for (const rule of otherRules) others.push(await falseAlarms(rule, habit, perRule(healthy), seed))
    print(row(name, [share(reverts, healthy), share(suspicions, healthy), ...others]))
  }
}

async function falseAlarms(rule: OtherRule, habit: Habit, runs: number, seed: number): Promise<string> {
  const { seconds } = await simulateRule(rule, habit, 0, runs, seed)
  return share(seconds.filter(Number.isFinite).length, runs)
}

/** Each has a day of its own before it, which takes long. */
function perRule(healthy: number): number {
  return Math.min(healthy, 1000)
}

async function printBlame(runs: number, seed: number): Promise<void> {
  print(
    `\nTwo releases two minutes apart, one of them bad: the right one is blamed, the wrong one, of ${runs}`,
  )
  print(row('', ['share of errors', 'with version labels', 'without']))
  for (const kind of ['same-application', 'two-applications'] as const) {
    for (const fault of [0.05, 0.02, 0.01]) {
      const cells = []
      for (const hasLabel of [true, false]) {
        const { right, wrong } = await simulateTwoReleases(steady, fault, kind, runs, seed, hasLabel)
        cells.push(`${share(right, runs)}, ${share(wrong, runs)}`)
      }
      print(row(kind, [percent(fault), ...cells]))
    }
  }
  const reverted = await simulateOlderBreaches(steady, 0.05, Math.min(runs, 100), seed)
  print(`\nReleases into errors that are older than they: ${reverted} of ${Math.min(runs, 100)} taken back`)
}

function row(name: string, cells: string[]): string {
  return [name.padEnd(26), ...cells.map((cell) => cell.padEnd(24))].join(' ').trimEnd()
}

function spell(seconds: number[]): string {
  const sorted = seconds.toSorted((a, b) => a - b)
  const found = seconds.filter(Number.isFinite).length
  const at = (part: number) => duration(sorted[Math.ceil(sorted.length * part) - 1] ?? Infinity)
  return `${at(0.5)}, ${at(0.95)} (${percent(found / seconds.length)})`
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'never'
  return seconds < 120 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1)} min`
}

function share(count: number, of: number): string {
  return `${percent(count / of)} (${count})`
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
