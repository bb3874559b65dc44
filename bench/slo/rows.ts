import { ratioInterval } from '../../src/features/rollback/ratio-interval.ts'
import { rules } from '../../test/simulation/slo/rules.ts'
import { falseAlarms } from '../../test/simulation/slo/simulate-slo.ts'
import type { Habit } from '../../test/simulation/slo/traffic.ts'
import type { Results, Task } from './tasks.ts'

/** A line of a table, and what has to be simulated for it. */
export interface Row {
  label: string
  tasks: Task[]
  /** What the line says, from the results of its tasks in their order. */
  tell: (results: Results[Task['kind']][]) => string[]
}

export interface Table {
  title: string
  columns: string[]
  rows: Row[]
}

export interface RowOptions {
  runs: number
  healthy: number
  hours: number
  seed: number
  habits: string[]
  faults: number[]
}

const steady: Habit = { requestsPerSecond: 10, errors: 'independent', scrapeSeconds: 15, lagSeconds: 2 }

export const habits: Record<string, Habit> = {
  steady,
  bursts: { ...steady, errors: 'bursts', loneBursts: 0.5 },
  'shared-bursts': { ...steady, errors: 'bursts' },
  'lone-bursts': { ...steady, errors: 'bursts', loneBursts: 1 },
  'over-dispersed': { ...steady, errors: 'over-dispersed' },
  daily: { ...steady, errors: 'daily' },
  // The night has a third of the mean.
  'daily-busy': { ...steady, requestsPerSecond: 30, errors: 'daily' },
  late: { ...steady, lagSeconds: 30 },
  gaps: { ...steady, hoursBetweenGaps: 6 },
  'one-a-second': { ...steady, requestsPerSecond: 1 },
  'one-in-ten-seconds': { ...steady, requestsPerSecond: 0.1 },
}

/** Runs and releases that one worker does at a time. */
const chunk = { runs: 25, releases: 250 }

const names = rules.map(({ name }) => name)

export const tables: Record<string, (options: RowOptions) => Table> = {
  detection: ({ runs, seed, habits: chosen, faults }) => ({
    title: `From the first bad request to the verdict, p50 and p95 of ${runs} releases, and how many are found in an hour`,
    columns: ['errors', ...names, 'who knows all'],
    rows: chosen.flatMap((name) =>
      faults.map((errorRatio) => ({
        label: name,
        tasks: chunks(runs, chunk.runs).map(({ from, size }) => ({
          kind: 'bad' as const,
          habit: habits[name]!,
          errorRatio,
          runs: size,
          seed: seed + from,
        })),
        tell: (results) => {
          const all = results as Results['bad'][]
          const byRule = names.map((_, index) => all.flatMap(({ byRule }) => byRule[index] ?? []))
          return [percent(errorRatio), ...[...byRule, all.flatMap(({ ideal }) => ideal)].map(spell)]
        },
      })),
    ),
  }),

  healthy: ({ healthy, seed, habits: chosen }) => ({
    title: `Healthy releases taken back, of ${healthy} watched for an hour each`,
    columns: ['may be', ...names, 'Drawbridge, told only'],
    rows: chosen.map((name) => ({
      label: name,
      tasks: lives(name, healthy, seed, true),
      tell: (results) => {
        const all = results as Results['healthy'][]
        const of = (part: (alarms: Results['healthy']) => number) => share(total(all.map(part)), healthy)
        return [
          percent(falseAlarms(habits[name]!)),
          ...names.map((_, index) => of(({ reverts }) => reverts[index] ?? 0)),
          of(({ reports }) => reports[0] ?? 0),
        ]
      },
    })),
  }),

  hours: ({ hours, seed, habits: chosen }) => ({
    title: `Healthy services with a release every hour, ${hours} h in all`,
    columns: ['hours', 'taken back', 'an hour, 95 % interval', 'a revert taken back'],
    rows: chosen.map((name) => ({
      label: name,
      // Other lives than those of the table above.
      tasks: lives(name, Math.ceil(hours / chosen.length), seed + 1_000_000, false),
      tell: (results) => {
        const all = results as Results['healthy'][]
        const releases = total(all.map((alarms) => alarms.releases))
        const reverts = total(all.map((alarms) => alarms.reverts[0] ?? 0))
        const { low, high } = ratioInterval({ bad: reverts, total: releases })
        const loops = total(all.map((alarms) => alarms.loops))
        return [String(releases), String(reverts), `${percent(low)} to ${percent(high)}`, String(loops)]
      },
    })),
  }),

  blame: ({ runs, seed, faults }) => ({
    title: `Two releases two minutes apart, one of them bad: the right one is blamed, the wrong one, of ${runs}`,
    columns: ['errors', 'with version labels', 'without'],
    rows: (['same-application', 'two-applications'] as const).flatMap((of) =>
      faults.map((errorRatio) => ({
        label: of,
        tasks: [true, false].flatMap((hasLabel) =>
          // Even chunks: the first is bad in every other run.
          chunks(runs, chunk.runs * 2).map(({ from, size }) => ({
            kind: 'two' as const,
            habit: steady,
            errorRatio,
            of,
            hasLabel,
            runs: size,
            seed: seed + from,
          })),
        ),
        tell: (results) => {
          const all = results as Results['two'][]
          const half = all.length / 2
          const told = (some: Results['two'][]) =>
            `${share(total(some.map(({ right }) => right)), runs)}, ${share(total(some.map(({ wrong }) => wrong)), runs)}`
          return [percent(errorRatio), told(all.slice(0, half)), told(all.slice(half))]
        },
      })),
    ),
  }),

  faults: faultsTable,

  older: ({ runs, seed, faults }) => ({
    title: `Releases into errors that are older than they, of ${runs}`,
    columns: ['errors', 'taken back'],
    rows: faults.map((errorRatio) => ({
      label: 'steady',
      tasks: chunks(runs, chunk.runs).map(({ from, size }) => ({
        kind: 'older' as const,
        habit: steady,
        errorRatio,
        runs: size,
        seed: seed + from,
      })),
      tell: (results) => {
        const reverted = total((results as Results['older'][]).map(({ reverted }) => reverted))
        return [percent(errorRatio), share(reverted, runs)]
      },
    })),
  }),
}

function faultsTable(): Table {
  return {
    title: 'A release that fails in 6 %, and a metrics server that has a fault for the hour of its watch',
    columns: ['blind looks', 'taken back', 'notices'],
    rows: (['down', 'empty', 'nan', 'slow', 'warnings'] as const).map((fault) => ({
      label: fault,
      tasks: [{ kind: 'fault', fault }],
      tell: (results) =>
        (results as Results['fault'][]).flatMap(({ states, notices }) => [
          `${states.get('blind') ?? 0} of ${total([...states.values()])}`,
          String(states.get('breached') ?? 0),
          String(notices),
        ]),
    })),
  }
}

function lives(name: string, releases: number, seed: number, others: boolean): Task[] {
  return chunks(releases, chunk.releases).map(({ from, size }) => ({
    kind: 'healthy',
    habit: habits[name]!,
    releases: size,
    seed: seed + from,
    others,
  }))
}

function chunks(all: number, most: number): { from: number; size: number }[] {
  return Array.from({ length: Math.ceil(all / most) }, (_, index) => index * most).map((from) => ({
    from,
    size: Math.min(most, all - from),
  }))
}

function spell(seconds: number[]): string {
  const sorted = seconds.toSorted((a, b) => a - b)
  const found = seconds.filter(Number.isFinite).length
  const at = (part: number) => duration(sorted[Math.ceil(sorted.length * part) - 1] ?? Infinity)
  const missed = found < seconds.length ? ` (${percent(found / seconds.length)})` : ''
  return `${at(0.5)}, ${at(0.95)}${missed}`
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

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
