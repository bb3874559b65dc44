import type { EarlierRevert } from '../../../src/features/rollback/earlier-reverts.ts'
import { attributionThreshold } from '../../../src/features/slo/attribute-breach.ts'
import type { WatchedRelease } from '../../../src/features/slo/judge-release.ts'
import { askRules } from './ask-rules.ts'
import { createIdealObserver } from './ideal-observer.ts'
import { createLiveService, type LiveService, type SeenTick } from './live-service.ts'
import { createRandomness, type Randomness } from './randomness.ts'
import type { Rule } from './rules.ts'
import type { Habit } from './traffic.ts'
import { lookAt, lookMs, slo, watchMs } from './watch-release.ts'

const hour = 3_600_000

/** How often a healthy release may be taken back. */
export function falseAlarms({ errors }: Habit): number {
  return errors === 'independent' || errors === 'daily' ? 0.001 : 0.01
}

/** From the first bad request until a release would be taken back, in seconds; Infinity: not within the watch. */
export interface Detection {
  /** Of each rule, of each run. */
  byRule: number[][]
  /** Of who knows everything. */
  ideal: number[]
}

/** Releases that fail in `errorRatio` of their requests, each after a quiet day of its own. */
export async function simulateBadReleases(
  rules: readonly Rule[],
  habit: Habit,
  errorRatio: number,
  { runs, seed }: { runs: number; seed: number },
): Promise<Detection> {
  const detection: Detection = { byRule: rules.map(() => []), ideal: [] }
  for (let run = 0; run < runs; run += 1) {
    const ideal = createIdealObserver(habit, errorRatio, falseAlarms(habit))
    let isReleased = false
    const service = afterADay(habit, createRandomness(seed + run), (tick) => {
      if (isReleased) ideal.see(tick)
    })
    isReleased = true
    const release = applied(service, 'v1', errorRatio)
    const outcomes = await askRules(rules, service, release, createRandomness(~(seed + run)))
    const first = service.firstFault() ?? release.appliedAt
    outcomes.forEach(({ revertedAt }, index) => detection.byRule[index]!.push((revertedAt - first) / 1000))
    detection.ideal.push((ideal.foundAt() - first) / 1000)
  }
  return detection
}

export interface FalseAlarms {
  releases: number
  /** By each rule: how many were taken back. */
  reverts: number[]
  /** By each rule: of how many people were told, or asked. */
  reports: number[]
  /** Reverts that were taken back themselves by the first rule. */
  loops: number
}

/** Healthy releases, one an hour in one life of a service; what the first rule takes back is followed by the revert. */
export async function simulateHealthyReleases(
  rules: readonly Rule[],
  habit: Habit,
  { releases, seed }: { releases: number; seed: number },
): Promise<FalseAlarms> {
  const service = afterADay(habit, createRandomness(seed))
  const chances = createRandomness(~seed)
  const alarms = { releases, reverts: rules.map(() => 0), reports: rules.map(() => 0), loops: 0 }
  const earlierReverts: EarlierRevert[] = []
  let kind: 'promotion' | 'revert' = 'promotion'
  for (let index = 1; index <= releases; index += 1) {
    const release = applied(service, `v${index}`, 0)
    const end = service.now() + watchMs + lookMs
    const outcomes = await askRules(rules, service, release, chances, { kind, earlierReverts })
    outcomes.forEach(({ revertedAt, isReported }, rule) => {
      if (revertedAt < Infinity) alarms.reverts[rule]! += 1
      else if (isReported) alarms.reports[rule]! += 1
    })
    const at = outcomes[0]?.revertedAt ?? Infinity
    if (at < Infinity) {
      if (kind === 'revert') alarms.loops += 1
      earlierReverts.push({ application: slo.application, environment: slo.environment, at })
    }
    kind = at < Infinity ? 'revert' : 'promotion'
    service.runTo(end)
  }
  return alarms
}

export interface Blame {
  runs: number
  /** The bad one of both was found to be the cause. */
  right: number
  /** The good one was. */
  wrong: number
}

/**
 * Two releases two minutes apart, of which one fails in `errorRatio`. Of the same application the second carries what the
 * first changed; of another application it makes all versions of the first fail.
 */
export async function simulateTwoReleases(
  habit: Habit,
  errorRatio: number,
  kind: 'same-application' | 'two-applications',
  runs: number,
  seed: number,
  hasVersionLabel: boolean,
): Promise<Blame> {
  const blame = { runs, right: 0, wrong: 0 }
  for (let run = 0; run < runs; run += 1) {
    const random = createRandomness(seed + run)
    const service = afterADay(habit, random)
    const isFirstBad = run % 2 === 0
    const first = applied(service, 'v1', isFirstBad ? errorRatio : 0)
    const second: WatchedRelease = {
      application: kind === 'same-application' ? 'shop' : 'login',
      revision: 'v2',
      appliedAt: first.appliedAt + 120_000,
      versions: kind === 'same-application' ? ['v2'] : [],
    }
    const culprit = isFirstBad ? first : second
    const start = firstLook(service, random)
    let isOut = false
    const bringOut = (now: number) => {
      if (isOut || now < second.appliedAt) return
      isOut = true
      service.runTo(second.appliedAt)
      if (kind === 'same-application') service.release('v2', errorRatio)
      else if (!isFirstBad) service.fail(errorRatio)
    }
    const out = (now: number) => (now >= second.appliedAt ? [second] : [])
    await lookAt(
      service,
      {
        slo: hasVersionLabel ? slo : { ...slo, versionLabel: undefined },
        releases: (now) => (kind === 'same-application' ? [...out(now), first] : [first]),
        rivals: (now) => (kind === 'same-application' ? [] : out(now)),
      },
      start,
      ({ attribution }, now) => {
        bringOut(now + lookMs)
        const [top] = attribution?.suspects ?? []
        if (!top || top.score < attributionThreshold) return false
        if (top.revision === culprit.revision) blame.right += 1
        else blame.wrong += 1
        return true
      },
    )
  }
  return blame
}

/** Errors that began some time before the release, which has no part in them. Answers how many releases were reverted. */
export async function simulateOlderBreaches(
  habit: Habit,
  errorRatio: number,
  runs: number,
  seed: number,
): Promise<number> {
  let reverted = 0
  for (let run = 0; run < runs; run += 1) {
    const random = createRandomness(seed + run)
    const service = afterADay(habit, random)
    service.fail(errorRatio)
    service.runTo(service.now() + 60_000 + random.next() * hour)
    const release = applied(service, 'v1', 0)
    await lookAt(
      service,
      { slo, releases: () => [release], rivals: () => [] },
      firstLook(service, random),
      ({ state }) => {
        if (state === 'breached') reverted += 1
        return state === 'breached'
      },
    )
  }
  return reverted
}

/** A whole day of being used, and up to an hour more: releases come at any time. */
function afterADay(habit: Habit, random: Randomness, onTick?: (tick: SeenTick) => void): LiveService {
  const service = createLiveService(habit, random, onTick)
  service.runTo(service.now() + 24 * hour + random.next() * hour)
  return service
}

function applied(service: LiveService, version: string, ownErrors: number): WatchedRelease {
  service.release(version, ownErrors)
  return { application: slo.application, revision: version, appliedAt: service.now(), versions: [version] }
}

/** Looks are not in step with applies. */
function firstLook(service: LiveService, random: Randomness): number {
  return service.now() + random.next() * lookMs
}
