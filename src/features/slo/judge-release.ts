import type { Instant } from '../../domain/refs.ts'
import type { Measurement, Slo, SloState, SloVerdict } from '../../domain/slo.ts'
import { attributeBreach, type Attribution, type Suspect } from './attribute-breach.ts'
import { countIncidents } from './count-incidents.ts'
import { type Counts, type CountsAt, ratioOf, sumOf } from './counts.ts'
import { dateOnset, type Onset } from './date-onset.ts'
import { errorBudget } from './error-budget.ts'
import { estimateDispersion } from './estimate-dispersion.ts'
import { evaluateSlo } from './evaluate-slo.ts'
import { ofAllVersions, type RecordedStep } from './recorded-steps.ts'
import { minRequests, sequentialTest, type SequentialVerdict, toleratedRatio } from './sequential-test.ts'
import { usualBefore } from './usual-before.ts'

/** A release whose SLO is watched, or that was applied beside one. */
export interface WatchedRelease {
  application: string
  revision: string
  appliedAt: Instant
  /** What the version label of its events may say. */
  versions: string[]
}

/** What was measured of one SLO for the releases of its application. */
export interface ReleaseMeasurements {
  /** Why nothing can be said: the server does not answer, in part only, or its newest sample is too old. */
  blind?: string
  /** Time between two scrapes; undefined: that is not known. */
  scrapeSeconds?: number
  burnRate: ReadonlyMap<number, Measurement>
  /** The application's releases that are watched, newest first. */
  releases: MeasuredRelease[]
  /** In the hour before the first of them. */
  before: Counts | undefined
  /** Measured only where there is a suspicion. */
  detail?: BreachDetail
}

/** What happened since a release was applied. */
export interface MeasuredRelease {
  release: WatchedRelease
  /** Undefined: unknown. */
  since: Counts | undefined
  /** The same by the version label; empty: it tells nothing. */
  versions: ReadonlyMap<string, Counts>
}

export interface BreachDetail {
  /** The day before the first apply. */
  history: CountsAt[]
  /** From a quarter of an hour before the first apply on. */
  steps: RecordedStep[]
  /** Of both. */
  stepMs: number
  /** Releases of other applications that were applied in this time. */
  rivals: WatchedRelease[]
  /** Of other applications of the environment, since the errors began. */
  others: MeasuredOther[]
}

export interface MeasuredOther {
  slo: Slo
  /** The application was not released in this time. */
  isControl: boolean
  before: Counts
  since: Counts
}

export interface Judgement {
  state: SloState
  reason: string
  burnRate: SloVerdict
  /** Of the release that speaks loudest; undefined: the counts since the apply are not known. */
  sequential: SequentialVerdict | undefined
  attribution: Attribution | undefined
  /** The release of the application that is held to be the cause: breached and attributed. */
  culprit?: WatchedRelease
  /** Other applications whose SLO breaches at the same time. */
  alsoBreaching: string[]
}

const nothing = { attribution: undefined, alsoBreaching: [] }

/** Whether it is worth measuring what an attribution needs: by the budget alone, something may be breached. */
export function isSuspicious(slo: Slo, measured: ReleaseMeasurements): boolean {
  if (measured.blind !== undefined) return false
  return (
    evaluateSlo(slo, measured.burnRate).state === 'breached' ||
    testReleases(slo, measured.releases, undefined, 1)?.state === 'breached'
  )
}

/**
 * What one SLO says of the releases that are watched by it. Breached: the sequential test or the burn rate says so, and
 * the errors are laid at a release's door; where they cannot be, `not-attributable`. Errors that cannot, and that vary no
 * more than they did before, are a burst until they are more. Missing metrics are `blind`.
 */
export function judgeRelease(slo: Slo, measured: ReleaseMeasurements): Judgement {
  const burnRate = evaluateSlo(slo, measured.burnRate)
  if (measured.blind !== undefined) {
    return { state: 'blind', reason: measured.blind, burnRate, sequential: undefined, ...nothing }
  }
  const { detail } = measured
  const past = detail?.history.map(({ counts }) => counts) ?? []
  const before = usualBefore(measured.before, detail?.history ?? [])
  const sequential = testReleases(slo, measured.releases, before, 1)
  const breach = sequential?.state === 'breached' ? sequential : burnRate
  if (breach.state !== 'breached') return { burnRate, sequential, ...nothing, ...quiet(burnRate, sequential) }
  const { reason } = breach
  if (!detail) return { state: 'not-attributable', reason, burnRate, sequential, ...nothing }
  const blamed = blame(slo, measured, detail, before)
  if (blamed.state === 'breached') return { reason, burnRate, sequential, ...blamed }
  const doubted = testReleases(slo, measured.releases, before, estimateDispersion(past))
  const isBurst = doubted?.state !== 'breached' && burnRate.state !== 'breached'
  const verdict = isBurst ? quiet(burnRate, doubted) : { reason }
  return { burnRate, sequential: doubted, ...blamed, ...verdict }
}

/** When the errors may have begun, as `judgeRelease` dates them. */
export function datedOnset(
  slo: Slo,
  { before }: Pick<ReleaseMeasurements, 'before'>,
  { steps, history }: Pick<BreachDetail, 'steps' | 'history'>,
): Onset {
  const past = history.map(({ counts }) => counts)
  // The hour before may be part of what is dated; the day before is not, or not much of it.
  const ratios = [...(before ? [before] : []), sumOf(past)].filter(({ total }) => total > 0)
  const usual = Math.max(Math.min(...ratios.map(ratioOf), 1), errorBudget(slo) / 10)
  return dateOnset(ofAllVersions(steps), usual, past)
}

/**
 * The worst of the watched releases; each is judged since its own apply, and by its own events where a label tells. While
 * the newest is healthy, what an earlier one did is over.
 */
function testReleases(
  slo: Slo,
  releases: readonly MeasuredRelease[],
  before: Counts | undefined,
  dispersion: number,
): SequentialVerdict | undefined {
  const verdicts = releases.flatMap((measured) => {
    const since = ownEvents(measured, releases)
    return since ? [sequentialTest({ budget: errorBudget(slo), before, since, dispersion })] : []
  })
  const newest = verdicts[0]
  if (newest?.state === 'healthy') return newest
  return verdicts.find(({ state }) => state === 'breached') ?? newest
}

/** Of the release and of those after it, which carry its change; of all versions while these have too few to judge by. */
function ownEvents(
  { release, since, versions }: MeasuredRelease,
  releases: readonly MeasuredRelease[],
): Counts | undefined {
  const carriers = releases.filter((other) => other.release.appliedAt >= release.appliedAt)
  const names = new Set(carriers.flatMap((other) => other.release.versions))
  const own = sumOf([...versions].filter(([version]) => names.has(version)).map(([, counts]) => counts))
  return own.total >= minRequests ? own : since
}

function quiet(
  burnRate: SloVerdict,
  sequential: SequentialVerdict | undefined,
): Pick<Judgement, 'state' | 'reason'> {
  if (!sequential) return { state: 'blind', reason: 'the events since the apply are not known' }
  if (burnRate.state === 'blind') return { state: 'blind', reason: burnRate.reason }
  return { state: sequential.state, reason: sequential.reason }
}

function blame(
  slo: Slo,
  measured: ReleaseMeasurements,
  detail: BreachDetail,
  usual: Counts | undefined,
): Pick<Judgement, 'state' | 'attribution' | 'culprit' | 'alsoBreaching'> {
  const { before, releases } = measured
  const tolerated = toleratedRatio(errorBudget(slo), usual)
  const own = releases.map(({ release }) => release)
  const attribution = attributeBreach({
    suspects: [...own.map((release) => toSuspect(release, own, detail.steps)), ...detail.rivals],
    onset: datedOnset(slo, measured, detail),
    stepMs: detail.stepMs,
    before,
    since: releases.findLast(({ since }) => since !== undefined)?.since ?? { bad: 0, total: 0 },
    controls: detail.others
      .filter(({ isControl }) => isControl)
      .map((other) => ({ name: other.slo.application, before: other.before, since: other.since })),
    incidents: countIncidents(detail.history, ofAllVersions(detail.steps), detail.stepMs, tolerated),
  })
  const top = attribution.suspects[0]
  const culprit = own.find(
    ({ application, revision }) => application === top?.application && revision === top.revision,
  )
  const alsoBreaching = detail.others.filter(isBreaching).map((other) => other.slo.application)
  if (attribution.result !== 'attributed') return { state: 'not-attributable', attribution, alsoBreaching }
  if (culprit) return { state: 'breached', attribution, alsoBreaching, culprit }
  return { state: 'not-attributable', attribution: elsewhere(attribution), alsoBreaching }
}

/** It is likely enough the doing of a release, though of none of this application. */
function elsewhere(attribution: Attribution): Attribution {
  const [top] = attribution.suspects
  const sentence = `likelier the cause is ${top?.application} ${top?.revision.slice(0, 7)}`
  return { ...attribution, result: 'not-attributable', evidence: [sentence, ...attribution.evidence] }
}

function isBreaching({ slo, before, since }: MeasuredOther): boolean {
  return sequentialTest({ budget: errorBudget(slo), before, since, dispersion: 1 }).state === 'breached'
}

/** Versions that came later are in nobody's way: they carry the change that is suspected. */
function toSuspect(
  release: WatchedRelease,
  own: readonly WatchedRelease[],
  steps: readonly RecordedStep[],
): Suspect {
  const ours = new Set(release.versions)
  const later = new Set(
    own.filter(({ appliedAt }) => appliedAt > release.appliedAt).flatMap((other) => other.versions),
  )
  const sides = steps.map(({ versions }) => {
    const countsOf = (isMeant: (version: string) => boolean): Counts =>
      sumOf([...versions].filter(([version]) => isMeant(version)).map(([, counts]) => counts))
    return {
      own: countsOf((version) => ours.has(version)),
      earlier: countsOf((version) => !ours.has(version) && !later.has(version)),
    }
  })
  return { ...release, sides }
}
