import { attributionThreshold } from '../../../src/features/slo/attribute-breach.ts'
import type { Judgement, WatchedRelease } from '../../../src/features/slo/judge-release.ts'
import { createLiveService, type LiveService } from './live-service.ts'
import { createRandomness, type Randomness } from './randomness.ts'
import type { OtherRule } from './other-rules.ts'
import type { Habit } from './traffic.ts'
import { lookAt, lookMs, slo, watchMs } from './watch-release.ts'

const hour = 3_600_000

export interface Detection {
  /** From the first bad request until the verdict that reverts, in seconds; Infinity: not within the watch. */
  seconds: number[]
}

/** Releases that fail in `errorRatio` of their requests, each after a quiet day of its own. */
export async function simulateBadReleases(
  habit: Habit,
  errorRatio: number,
  runs: number,
  seed: number,
): Promise<Detection> {
  const seconds: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const random = createRandomness(seed + run)
    const service = afterADay(habit, random)
    const release = applied(service, 'v1', errorRatio)
    let found = Infinity
    await lookAt(service, watching([release]), firstLook(service, random), (judgement, now) => {
      if (judgement.state === 'breached') found = (now - (service.firstFault() ?? now)) / 1000
      return judgement.state === 'breached'
    })
    seconds.push(found)
  }
  return { seconds }
}

/** The same releases, decided by a rule of others. */
export async function simulateRule(
  rule: OtherRule,
  habit: Habit,
  errorRatio: number,
  runs: number,
  seed: number,
): Promise<Detection> {
  const seconds: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const random = createRandomness(seed + run)
    const service = afterADay(habit, random)
    const release = applied(service, 'v1', errorRatio)
    const isBad = rule.begin(service.meter)
    let found = Infinity
    const first = release.appliedAt + random.next() * rule.everySeconds * 1000
    for (let now = first; now <= first + watchMs && found === Infinity; now += rule.everySeconds * 1000) {
      service.runTo(now)
      if (await isBad(now)) found = (now - (service.firstFault() ?? release.appliedAt)) / 1000
    }
    seconds.push(found)
  }
  return { seconds }
}

export interface FalseAlarms {
  releases: number
  /** Verdicts that would have reverted. */
  reverts: number
  /** Releases that were suspected, and not reverted. */
  suspicions: number
}

/** Healthy releases, one after another in one long life of a service. */
export async function simulateHealthyReleases(
  habit: Habit,
  releases: number,
  seed: number,
  hasVersionLabel = true,
): Promise<FalseAlarms> {
  const random = createRandomness(seed)
  const service = afterADay(habit, random)
  const alarms = { releases, reverts: 0, suspicions: 0 }
  for (let index = 1; index <= releases; index += 1) {
    const release = applied(service, `v${index}`, 0)
    const end = service.now() + watchMs + lookMs
    const seen = new Set<Judgement['state']>()
    await lookAt(
      service,
      watching([release], [], hasVersionLabel),
      firstLook(service, random),
      ({ state }) => {
        seen.add(state)
        return state === 'breached'
      },
    )
    if (seen.has('breached')) alarms.reverts += 1
    else if (seen.has('not-attributable')) alarms.suspicions += 1
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
    await lookAt(service, watching([release]), firstLook(service, random), ({ state }) => {
      if (state === 'breached') reverted += 1
      return state === 'breached'
    })
  }
  return reverted
}

/** A whole day of being used, and up to an hour more: releases come at any time. */
function afterADay(habit: Habit, random: Randomness): LiveService {
  const service = createLiveService(habit, random)
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

function watching(releases: WatchedRelease[], rivals: WatchedRelease[] = [], hasVersionLabel = true) {
  return {
    slo: hasVersionLabel ? slo : { ...slo, versionLabel: undefined },
    releases: () => releases,
    rivals: () => rivals,
  }
}
