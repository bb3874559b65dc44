import type { RevertView } from '../review/review-view.ts'
import { type Counts, ratioOf } from '../slo/counts.ts'
import { errorBudget } from '../slo/error-budget.ts'
import { countQueries } from '../slo/slo-queries.ts'
import type { BreachEvidence } from './breach-evidence.ts'
import type { BreachStory } from './breach-story.ts'
import { ratioInterval } from './ratio-interval.ts'

/** The story of a breach as the body of the revert tells it, with the block for machines. */
export function describeBreach(story: BreachStory): Pick<RevertView, 'verdict'> & Partial<RevertView> {
  const { slo, since, before, controls, confidence, irreversible } = story
  const budget = errorBudget(slo)
  return {
    verdict: `${story.reason}.`,
    confidence: confidence && `${percent(confidence.score)}: ${confidence.evidence.join('; ')}`,
    slo: {
      name: slo.name,
      objective: slo.objective,
      windowDays: slo.windowDays,
      burnRate: since && Math.round((ratioOf(since) / budget) * 10) / 10,
      budgetSpent: since && spentOf(story, since, budget),
    },
    measurements: [
      ...row(`${slo.application}, the hour before the apply`, before),
      ...row(`${slo.application}, since the apply`, since),
      ...controls.flatMap((control) => [
        ...row(`${control.name}, not released: before`, control.before),
        ...row(`${control.name}, not released: since`, control.since),
      ]),
    ],
    effect: before && since && describeEffect(before, since),
    queries: queriesOf(story),
    suspects: story.suspects.map(({ application, revision, score }) => ({
      name: `${application} ${revision.slice(0, 7)}`,
      score: percent(score),
    })),
    timeline: timelineOf(story),
    irreversible,
    evidence: JSON.stringify(machineBlock(story), null, 2),
  }
}

function row(name: string, counts: Counts | undefined): NonNullable<RevertView['measurements']> {
  if (!counts) return []
  return [
    {
      name,
      events: Math.round(counts.total),
      bad: Math.round(counts.bad),
      ratio: ratioOf(counts),
      ...ratioInterval(counts),
    },
  ]
}

/** Share of the whole period's budget, had the traffic been as it is all the time. */
function spentOf({ slo, appliedAt, detectedAt }: BreachStory, since: Counts, budget: number): number {
  return ((ratioOf(since) / budget) * (detectedAt - appliedAt)) / (slo.windowDays * 24 * 3_600_000)
}

function describeEffect(before: Counts, since: Counts): string {
  const [was, is] = [ratioOf(before), ratioOf(since)]
  const times =
    was > 0 ? `, ${(is / was).toPrecision(3)} times as often as before` : ', where none failed before'
  return `${percent(is - was)} more of the events fail${times}`
}

/** As they were sent: instant queries, each over the range that ends at its time. */
function queriesOf({ slo, appliedAt, detectedAt }: BreachStory): RevertView['queries'] {
  const since = countQueries(slo, (detectedAt - appliedAt) / 1000)
  const before = countQueries(slo, 3600)
  if ('reason' in since || 'reason' in before) return []
  const hourBefore = appliedAt - 3_600_000
  return [
    { name: 'Bad events since the apply', promql: since.bad, from: appliedAt, to: detectedAt },
    { name: 'All events since the apply', promql: since.total, from: appliedAt, to: detectedAt },
    { name: 'Bad events before', promql: before.bad, from: hourBefore, to: appliedAt },
    { name: 'All events before', promql: before.total, from: hourBefore, to: appliedAt },
  ]
}

/** A release reaches its later clusters after the first apply: that is when its newest attestation is from. */
function timelineOf({ bad, appliedAt, onset, detectedAt }: BreachStory): NonNullable<RevertView['timeline']> {
  return [
    ...(bad.pull
      ? [{ at: Math.min(bad.at, appliedAt), what: `#${bad.pull.number} was merged and released` }]
      : []),
    { at: appliedAt, what: 'applied to the first cluster' },
    ...(onset === undefined ? [] : [{ at: onset, what: 'the errors began' }]),
    {
      at: detectedAt,
      what: 'breach detected: the roll-out stopped, the version pinned, this pull request opened',
    },
  ].toSorted((left, right) => left.at - right.at)
}

function machineBlock(story: BreachStory): BreachEvidence {
  const { slo, bad, appliedAt, onset, detectedAt, before, since, tolerated, controls, confidence } = story
  return {
    version: 1,
    slo: slo.name,
    application: slo.application,
    environment: slo.environment,
    objective: slo.objective,
    bad: bad.revision,
    digest: bad.digest,
    images: bad.images,
    pull: bad.pull?.number ?? null,
    appliedAt,
    onset: onset === undefined ? null : Math.round(onset),
    detectedAt,
    tolerated,
    before: before ?? null,
    since: since ?? null,
    controls,
    confidence: confidence?.score ?? null,
    suspects: story.suspects.map(({ application, revision, score }) => ({ application, revision, score })),
    irreversible: story.irreversible,
    queries: queriesOf(story) ?? [],
  }
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`
}
