import { drawbridge, rules } from '../../test/simulation/slo/rules.ts'
import {
  type Blame,
  type Detection,
  type FalseAlarms,
  simulateBadReleases,
  simulateHealthyReleases,
  simulateOlderBreaches,
  simulateTwoReleases,
} from '../../test/simulation/slo/simulate-slo.ts'
import { type FaultyWatch, simulateFault } from '../../test/simulation/slo/simulate-faults.ts'
import type { Habit } from '../../test/simulation/slo/traffic.ts'
import type { Fault } from '../../src/emulator/prometheus/prometheus.ts'
import { unreachable } from '../../src/domain/unreachable.ts'

/** A part of a row that a worker can do alone. What comes out depends on nothing but what is written here. */
export type Task =
  | { kind: 'bad'; habit: Habit; errorRatio: number; runs: number; seed: number }
  | { kind: 'healthy'; habit: Habit; releases: number; seed: number; others: boolean }
  | { kind: 'fault'; fault: Fault }
  | { kind: 'older'; habit: Habit; errorRatio: number; runs: number; seed: number }
  | {
      kind: 'two'
      habit: Habit
      errorRatio: number
      of: 'same-application' | 'two-applications'
      hasLabel: boolean
      runs: number
      seed: number
    }

export interface Results {
  bad: Detection
  healthy: FalseAlarms
  fault: FaultyWatch
  older: { runs: number; reverted: number }
  two: Blame
}

export async function doTask(task: Task): Promise<Results[Task['kind']]> {
  switch (task.kind) {
    case 'bad':
      return simulateBadReleases(rules, task.habit, task.errorRatio, task)
    case 'healthy':
      return simulateHealthyReleases(task.others ? rules : [drawbridge], task.habit, task)
    case 'fault':
      return simulateFault({
        fault: task.fault,
        hoursBefore: 4.5,
        looks: 240,
        timeoutMs: task.fault === 'slow' ? 5 : 5_000,
      })
    case 'older':
      return {
        runs: task.runs,
        reverted: await simulateOlderBreaches(task.habit, task.errorRatio, task.runs, task.seed),
      }
    case 'two':
      return simulateTwoReleases(task.habit, task.errorRatio, task.of, task.runs, task.seed, task.hasLabel)
    default:
      return unreachable(task)
  }
}
