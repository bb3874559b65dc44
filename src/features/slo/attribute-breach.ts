import type { Instant } from '../../domain/refs.ts'
import { type Counts, proportionScore, ratioOf } from './counts.ts'

/** What is known about a breach and the release that is suspected of it. */
export interface BreachFacts {
  appliedAt: Instant
  /** When the errors began, as far as a series of measurements tells. */
  onset?: Instant
  /** Time between two measurements of that series, in milliseconds. */
  stepMs: number
  before?: Counts
  since: Counts
  /** Since the apply, by the version label: the suspected version and every other. */
  versions?: { suspected: Counts; others: Counts }
  /** Services that were not released in this time. */
  controls: { name: string; before: Counts; since: Counts }[]
}

export interface Attribution {
  result: 'attributed' | 'not-attributable'
  /** 0 to 1; from 0.8 on the release is held to be the cause. */
  score: number
  /** For people: what speaks for and against, strongest first. */
  evidence: string[]
}

/** From here on a revert may follow without a person. */
export const attributionThreshold = 0.8

/** Less than one in a thousand by chance, at least twice as bad, and enough events on both sides. */
const minScore = 3.09
const minEffect = 2
const minEvents = 50

/**
 * Whether a breach is this release's doing. Errors older than the apply and trouble that untouched services share clear
 * it; both versions side by side are the strongest evidence, before against after alone is never enough.
 */
export function attributeBreach(facts: BreachFacts): Attribution {
  const { appliedAt, onset, stepMs, versions } = facts
  if (onset !== undefined && onset < appliedAt - stepMs) {
    return cleared(`the errors began ${span(appliedAt - onset)} before the release was applied`)
  }
  const sick = facts.controls.filter(({ before, since }) => isWorse(since, before))
  if (sick.length > 0 && sick.length * 2 >= facts.controls.length) {
    return cleared(`services that were not released fail too: ${sick.map(({ name }) => name).join(', ')}`)
  }
  if (versions && versions.suspected.total >= minEvents && versions.others.total >= minEvents) {
    return besideEachOther(versions)
  }
  return beforeAndAfter(facts)
}

function besideEachOther({ suspected, others }: { suspected: Counts; others: Counts }): Attribution {
  const compared = `the released version fails in ${percent(suspected)}, the others at the same time in ${percent(others)}`
  if (isWorse(suspected, others)) return { result: 'attributed', score: 0.95, evidence: [compared] }
  return cleared(compared)
}

function beforeAndAfter({
  before,
  since,
  onset,
  stepMs,
  appliedAt,
  versions,
  controls,
}: BreachFacts): Attribution {
  const evidence: string[] = []
  let score = 0
  const weigh = (isSo: boolean, weight: number, sentence: string) => {
    if (!isSo) return
    score += weight
    evidence.push(sentence)
  }
  const isStep = before !== undefined && before.total >= minEvents && isWorse(since, before)
  weigh(isStep, 0.5, `${before ? percent(before) : 'nothing'} failed before, ${percent(since)} since`)
  const lag = onset === undefined ? undefined : onset - appliedAt
  weigh(
    lag !== undefined && lag >= -stepMs,
    0.2,
    `the errors began ${span(Math.max(lag ?? 0, 0))} after the apply`,
  )
  const isOwn = versions !== undefined && since.bad > 0 && versions.suspected.bad >= 0.9 * since.bad
  weigh(isOwn, 0.15, 'the errors carry the released version')
  weigh(
    controls.length > 0,
    0.15,
    `services that were not released stay well: ${controls.map(({ name }) => name).join(', ')}`,
  )
  const rounded = Math.min(Math.round(score * 100) / 100, 0.99)
  return {
    result: rounded >= attributionThreshold ? 'attributed' : 'not-attributable',
    score: rounded,
    evidence,
  }
}

/**
 * When the errors began: the start of the last unbroken run of steps above `threshold`; undefined where the newest
 * conclusive step is not above it. `series` is in order of time; steps without traffic neither end nor begin a run.
 */
export function findOnset(
  series: readonly { at: Instant; counts: Counts }[],
  threshold: number,
): Instant | undefined {
  const conclusive = series.filter(({ counts }) => counts.total > 0)
  const lastGood = conclusive.findLastIndex(({ counts }) => ratioOf(counts) <= threshold)
  return conclusive[lastGood + 1]?.at
}

function cleared(sentence: string): Attribution {
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
