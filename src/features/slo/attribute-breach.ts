import type { Instant } from '../../domain/refs.ts'
import type { IncidentRate } from './count-incidents.ts'
import { compareVersions, type Sides } from './compare-versions.ts'
import { type Counts, proportionScore, ratioOf, sumOf } from './counts.ts'
import { likeliestOnset, type Onset } from './date-onset.ts'

/** A release that may be to blame. */
export interface Suspect {
  application: string
  revision: string
  appliedAt: Instant
  /** In each step of the onset, by the version label. */
  sides?: Sides[]
}

/** What is known of a breach and of the releases that are suspected of it. */
export interface BreachFacts {
  /** Every release that was applied while it could matter, in any order. */
  suspects: Suspect[]
  /** When the errors may have begun. */
  onset: Onset
  /** Time between two steps of `onset`, in milliseconds. */
  stepMs: number
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

/** How often a release is bad, as far as anybody knows. Source: DORA, State of DevOps 2024, change fail rate: 5 to 40 %. */
const priorOfRelease = 0.1
/** Bad releases mostly fail at once, within a minute or so; the others some time while they are watched. */
const atOnce = { share: 0.7, meanMs: 60_000, watchMs: 3_600_000 }

/** Less than one in a thousand by chance, and at least twice as bad. */
const minScore = 3.09
const minEffect = 2

/** From here on, or below its inverse, people are told what versions side by side say. */
const telling = 2

/** How often trouble that no release made would leave all other services well. */
const othersStayWell = 0.5

/**
 * Which release a breach is the doing of. Every suspect is weighed by when the errors began after it was applied, and by
 * how its version does beside the ones from before it; against all of them stands that errors come by themselves as often
 * as they did before. Errors older than every apply, and trouble that services share which were not released, clear all.
 */
export function attributeBreach(facts: BreachFacts): Attribution {
  const weights = weigh(facts)
  const onset = onsetBy(facts.onset, weights)
  const sick = facts.controls.filter(({ before, since }) => isWorse(since, before))
  if (sick.length > 0 && sick.length * 2 >= facts.controls.length) {
    const names = sick.map(({ name }) => name).join(', ')
    return cleared(`services that were not released fail too: ${names}`, onset)
  }
  const first = Math.min(...facts.suspects.map(({ appliedAt }) => appliedAt))
  if (onset !== undefined && onset < first - facts.stepMs) {
    return cleared(`the errors began ${span(first - onset)} before the release was applied`, onset)
  }
  const suspects = rank(facts, weights)
  const score = suspects[0]?.score ?? 0
  const isClear = score >= attributionThreshold
  return {
    onset,
    result: isClear ? 'attributed' : 'not-attributable',
    score,
    suspects,
    evidence: tell(facts, suspects, onset),
  }
}

/** How much each story explains, by the step in which the errors began: of nobody's doing, or of each suspect's. */
interface Weights {
  nobody: number[]
  suspects: number[][]
}

function weigh({ suspects, onset, stepMs, controls, incidents }: BreachFacts): Weights {
  const byItself = incidents.perSecond * (controls.length > 0 ? othersStayWell : 1) * (stepMs / 1000)
  return {
    nobody: onset.steps.map(({ likelihood }) => likelihood * byItself),
    suspects: suspects.map(({ appliedAt, sides = [] }) => {
      const alone = compareVersions(sides)
      return onset.steps.map(
        ({ at, likelihood }, index) =>
          priorOfRelease * likelihood * chanceWithin(at - appliedAt, stepMs) * (alone[index] ?? 1),
      )
    }),
  }
}

/** Bayes: the chance of each suspect is its weight by the weight of all, and of nobody. */
function rank({ suspects, onset }: BreachFacts, weights: Weights): RankedSuspect[] {
  const all = sum(weights.suspects.flat()) + sum(weights.nobody) + onset.unchanged
  return suspects
    .map(({ application, revision, appliedAt }, index) => ({
      application,
      revision,
      appliedAt,
      score: all > 0 ? Math.min(Math.round((sum(weights.suspects[index] ?? []) / all) * 100) / 100, 0.99) : 0,
    }))
    .toSorted((a, b) => b.score - a.score || b.appliedAt - a.appliedAt)
}

/** The likeliest beginning in the likeliest story; undefined where everything is likelier as it always was. */
function onsetBy(onset: Onset, { nobody, suspects }: Weights): Instant | undefined {
  if (likeliestOnset(onset) === undefined) return undefined
  const [likeliest = nobody] = [nobody, ...suspects].toSorted((a, b) => sum(b) - sum(a))
  return onset.steps[likeliest.indexOf(Math.max(...likeliest))]?.at
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

function tell(
  { suspects, onset: { steps }, before, since, stepMs, controls, incidents }: BreachFacts,
  [top, second]: readonly RankedSuspect[],
  onset: Instant | undefined,
): string[] {
  const suspect = suspects.find(
    ({ application, revision }) => application === top?.application && revision === top.revision,
  )
  const said: string[] = []
  const begun = steps.findIndex(({ at }) => at === onset)
  const sideBySide = tellSides(suspect?.sides ?? [], begun)
  if (sideBySide !== undefined) said.push(sideBySide)
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

/** Of the steps in which both served; undefined: they say hardly anything. */
function tellSides(sides: readonly Sides[], from: number): string | undefined {
  const weight = compareVersions(sides)[from] ?? 1
  if (weight < telling && weight > 1 / telling) return undefined
  const both = sides.slice(from).filter(({ own, earlier }) => own.total > 0 && earlier.total > 0)
  const [own, earlier] = [sumOf(both.map((step) => step.own)), sumOf(both.map((step) => step.earlier))]
  return `the released version fails in ${percent(own)}, the earlier ones at the same time in ${percent(earlier)}`
}

function cleared(sentence: string, onset: Instant | undefined): Attribution {
  return { result: 'not-attributable', score: 0, suspects: [], evidence: [sentence], onset }
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
