import type { Instant } from '../../domain/refs.ts'
import type { IncidentRate } from './count-incidents.ts'
import { type Counts, proportionScore, ratioOf } from './counts.ts'
import { likeliestOnset, type Onset } from './date-onset.ts'

/** A release that may be to blame. */
export interface Suspect {
  application: string
  revision: string
  appliedAt: Instant
  /** Since the errors began, by the version label: this release's version, and those from before it. */
  sides?: { own: Counts; earlier: Counts }
}

/** What is known of a breach and of the releases that are suspected of it. */
export interface BreachFacts {
  /** Every release that was applied while it could matter, in any order. */
  suspects: Suspect[]
  /** When the errors may have begun. */
  onset: Onset
  /** Time between two steps of `onset`, in milliseconds. */
  stepMs: number
  /** The error ratio that is tolerated. */
  tolerated: number
  before: Counts | undefined
  since: Counts
  /** Services that were not released in this time. */
  controls: { name: string; before: Counts; since: Counts }[]
  incidents: IncidentRate
}

export interface RankedSuspect {
  application: string
  revision: string
  appliedAt: Instant
  /** How likely it is the cause, 0 to 1. What is missing to 1 over all suspects is chance, or nothing that we released. */
  score: number
}

export interface Attribution {
  result: 'attributed' | 'not-attributable'
  /** Of the first suspect; from 0.8 on it is held to be the cause. */
  score: number
  /** Likeliest first. */
  suspects: RankedSuspect[]
  /** When the errors began, as far as it can be said. */
  onset?: Instant
  /** For people: what speaks for and against, strongest first. */
  evidence: string[]
}

/** From here on a revert may follow without a person. */
export const attributionThreshold = 0.8

/** How often a release is bad, as far as anybody knows. */
const priorOfRelease = 0.05
/** Bad releases mostly fail at once, within a minute or so; the others some time while they are watched. */
const atOnce = { share: 0.7, meanMs: 60_000, watchMs: 3_600_000 }

/** Less than one in a thousand by chance, at least twice as bad, and enough events on both sides. */
const minScore = 3.09
const minEffect = 2
const minEvents = 50
const minErrors = 3

/** How much versions side by side weigh: for the one that alone fails, and against one that does not differ. */
const aloneFails = 100
const failsAlike = 0.02

/** How often trouble that no release made would leave all other services well. */
const othersStayWell = 0.5

/**
 * Which release a breach is the doing of. Every suspect is weighed by when the errors began after it was applied, and by
 * how its version does beside the ones from before it; against all of them stands that errors come by themselves as often
 * as they did before. Errors older than every apply, and trouble that services share which were not released, clear all.
 */
export function attributeBreach(facts: BreachFacts): Attribution {
  const onset = likeliestOnset(facts.onset)
  const common = { onset, suspects: [] }
  const sick = facts.controls.filter(({ before, since }) => isWorse(since, before))
  if (sick.length > 0 && sick.length * 2 >= facts.controls.length) {
    const names = sick.map(({ name }) => name).join(', ')
    return { ...cleared(`services that were not released fail too: ${names}`), ...common }
  }
  const first = Math.min(...facts.suspects.map(({ appliedAt }) => appliedAt))
  if (onset !== undefined && onset < first - facts.stepMs) {
    return {
      ...cleared(`the errors began ${span(first - onset)} before the release was applied`),
      ...common,
    }
  }
  const suspects = rank(facts)
  const score = suspects[0]?.score ?? 0
  const isClear = score >= attributionThreshold
  return {
    ...common,
    result: isClear ? 'attributed' : 'not-attributable',
    score,
    suspects,
    evidence: tell(facts, suspects, onset),
  }
}

/** Bayes: the chance of each suspect is its weight by the weight of all, and of nobody. */
function rank(facts: BreachFacts): RankedSuspect[] {
  const { suspects, onset, stepMs, controls, incidents } = facts
  const weights = suspects.map(
    (suspect) =>
      priorOfRelease *
      versionWeight(suspect, facts.tolerated) *
      sum(onset.steps.map(({ at, likelihood }) => likelihood * chanceWithin(at - suspect.appliedAt, stepMs))),
  )
  const byItself = incidents.perSecond * (controls.length > 0 ? othersStayWell : 1)
  const nobody =
    onset.unchanged + sum(onset.steps.map(({ likelihood }) => likelihood * byItself * (stepMs / 1000)))
  const all = sum(weights) + nobody
  return suspects
    .map(({ application, revision, appliedAt }, index) => ({
      application,
      revision,
      appliedAt,
      score: all > 0 ? Math.min(Math.round(((weights[index] ?? 0) / all) * 100) / 100, 0.99) : 0,
    }))
    .toSorted((a, b) => b.score - a.score || b.appliedAt - a.appliedAt)
}

/** The chance that a bad release's errors begin between `lag` and one step later. */
function chanceWithin(lag: number, stepMs: number): number {
  return begunBy(lag + stepMs) - begunBy(lag)
}

function begunBy(lag: number): number {
  const { share, meanMs, watchMs } = atOnce
  if (lag <= 0) return 0
  return share * (1 - Math.exp(-lag / meanMs)) + (1 - share) * Math.min(lag / watchMs, 1)
}

function versionWeight({ sides }: Suspect, tolerated: number): number {
  if (!sides || sides.own.total < minEvents) return 1
  const { own, earlier } = sides
  if (ratioOf(own) <= tolerated) return failsAlike
  if (earlier.total < minEvents) return 1
  if (isWorse(own, earlier)) return aloneFails
  return earlier.bad >= minErrors && ratioOf(earlier) > tolerated ? failsAlike : 1
}

function tell(
  { suspects, before, since, stepMs, controls, incidents, tolerated }: BreachFacts,
  [top, second]: readonly RankedSuspect[],
  onset: Instant | undefined,
): string[] {
  const suspect = suspects.find(
    ({ application, revision }) => application === top?.application && revision === top.revision,
  )
  const said: string[] = []
  const sides = suspect?.sides
  if (sides && suspect && versionWeight(suspect, tolerated) !== 1) {
    said.push(
      `the released version fails in ${percent(sides.own)}, the earlier ones at the same time in ${percent(sides.earlier)}`,
    )
  }
  said.push(`${before ? percent(before) : 'nothing known'} failed before, ${percent(since)} since`)
  if (onset !== undefined && suspect) {
    const lag = Math.max(onset - suspect.appliedAt, 0)
    said.push(`the errors began ${span(lag)} after the apply, give or take ${span(stepMs)}`)
  }
  if (second && second.score >= 0.05) {
    const name = `${second.application} ${second.revision.slice(0, 7)}`
    said.push(`${name} was released close to it: ${Math.round(second.score * 100)} %`)
  }
  if (controls.length > 0) {
    said.push(`services that were not released stay well: ${controls.map(({ name }) => name).join(', ')}`)
  }
  const hours = Math.round(incidents.hours)
  said.push(`errors like these came by themselves ${incidents.incidents} times in ${hours} h before`)
  return said
}

function cleared(sentence: string): Pick<Attribution, 'result' | 'score' | 'evidence'> {
  return { result: 'not-attributable', score: 0, evidence: [sentence] }
}

function isWorse(left: Counts, right: Counts): boolean {
  return proportionScore(left, right) >= minScore && ratioOf(left) >= minEffect * ratioOf(right)
}

function percent(counts: Counts): string {
  return `${Number((ratioOf(counts) * 100).toPrecision(3))} % (${Math.round(counts.bad)} of ${Math.round(counts.total)})`
}

function span(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
