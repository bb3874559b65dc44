import type { RepositoryRef } from '../../domain/refs.ts'
import type { BreachStory } from '../../features/rollback/breach-story.ts'
import type { RollbackDecision, RollbackFacts } from '../../features/rollback/decide-rollback.ts'
import { rollbackLimits } from '../../features/rollback/guards.ts'
import { describeBreach } from '../../features/rollback/describe-breach.ts'
import { plotBreach } from '../../features/rollback/plot-breach.ts'
import type { Counts } from '../../features/slo/counts.ts'
import { errorBudget } from '../../features/slo/error-budget.ts'
import { ofAllVersions } from '../../features/slo/recorded-steps.ts'
import { createSloMeter } from '../slo/create-slo-meter.ts'
import { type JudgedWatch, newestRelease, type Watch } from '../slo/judge-watch.ts'
import { lookAtSlo, type SloLook } from './look-at-slo.ts'
import { noticeBlindness } from './notice-blindness.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readTip, type Tip } from '../repository/read-configuration.ts'
import { sayOnce } from '../perform/say-once.ts'
import { takeBack } from './take-back.ts'
import { watchRevert } from './watch-revert.ts'
import { createHealthMemory } from './health-memory.ts'

/** The sequential test may be looked at as often as wanted; this is as fast as metrics are scraped. */
const lookEveryMs = 15_000

/**
 * The SLOs of a fresh release are watched. A breach that can be attributed to it opens the revert with the evidence, and
 * pins the version; a breach that cannot is reported on the release's pull request. Missing metrics do neither.
 */
export async function guardSlo(
  ports: Ports,
  work: { repository: RepositoryRef; application: string; environment: string },
): Promise<JourneyOutcome> {
  const tip = await readTip(ports, work.repository, { fetch: false })
  const slos = tip?.configuration.slos.filter(
    ({ application, environment }) => application === work.application && environment === work.environment,
  )
  if (!tip || !slos || slos.length === 0) return { outcome: 'no-slo', actions: 0 }
  const state = await ports.ledger.read(work.repository, work.environment)
  const release = state?.trust === 'trusted' ? await newestRelease(ports, work, state) : undefined
  if (!state || !release) return { outcome: 'nothing-applied', actions: 0 }

  const now = ports.clock.now()
  let actions = 0
  let outcome = 'watching'
  const sources = { ...ports, ...createHealthMemory(ports.store), meter: createSloMeter(ports.metrics) }
  for (const slo of slos) {
    const watch = { repository: work.repository, tip, slo, state, ...release }
    if (release.bad.kind === 'revert') {
      actions += await watchRevert(ports, watch, now)
      continue
    }
    const look = await lookAtSlo(sources, watch, now)
    const { judged, decision } = look
    ports.log.debug(
      {
        slo: slo.name,
        revision: judged.watch.bad.revision,
        verdict: judged.judgement.state,
        decision: decision.kind,
        reason: decision.reason,
        since: sinceOf(judged),
        before: judged.measured.before,
      },
      'slo looked at',
    )
    if (decision.kind === 'revert') actions += await revert(ports, tip, look)
    if (decision.kind === 'report') actions += await report(ports, judged.watch, decision)
    actions += await noticeBlindness(ports, judged, now)
    if (decision.kind !== 'nothing') outcome = decision.kind
  }
  const isWatched = now - release.appliedAt <= rollbackLimits.watchMs
  return { outcome, actions, next: isWatched ? now + lookEveryMs : undefined }
}

async function revert(ports: Ports, tip: Tip, { judged, decision, facts }: SloLook): Promise<number> {
  const { watch } = judged
  const story = storyOf(judged, decision, facts, ports.clock.now())
  const { actions, impossible } = await takeBack(ports, {
    ...watch,
    tip,
    cause: 'slo',
    merge: decision.merge ?? 'people',
    questions: decision.questions,
    reason: `burns the SLO ${watch.slo.name}`,
    evidence: describeBreach(story),
    plot: () => plotBreach(story),
  })
  if (impossible === undefined) return actions
  return actions + (await report(ports, watch, { ...decision, reason: impossible }))
}

/** Said once for each release, on its pull request. */
async function report(ports: Ports, watch: Watch, decision: RollbackDecision): Promise<number> {
  const { repository, bad, slo } = watch
  if (!bad.pull) return 0
  const pull = { repository, number: bad.pull.number }
  const marker = `slo-${slo.name}-${bad.revision.slice(0, 12)}`
  return sayOnce(ports, pull, marker, 'notice/slo-report', {
    application: slo.application,
    environment: slo.environment,
    slo: slo.name,
    reason: decision.reason,
    evidence: decision.evidence,
  })
}

/** What was found, as the pull request tells it. */
function storyOf(
  judged: JudgedWatch,
  decision: RollbackDecision,
  { irreversible }: RollbackFacts,
  now: number,
): BreachStory {
  const { watch, measured, judgement } = judged
  const { attribution, sequential } = judgement
  const { steps = [], stepMs = 0, others = [] } = measured.detail ?? {}
  const controls = others.filter(({ isControl }) => isControl)
  return {
    slo: watch.slo,
    bad: watch.bad,
    appliedAt: watch.appliedAt,
    detectedAt: now,
    onset: attribution?.onset,
    reason: decision.reason,
    confidence: attribution,
    before: measured.before,
    since: sinceOf(judged),
    controls: controls.map(({ slo, before, since }) => ({ name: slo.application, before, since })),
    tolerated: sequential?.tolerated ?? errorBudget(watch.slo),
    series: ofAllVersions(steps),
    stepMs,
    suspects: attribution?.suspects ?? [],
    irreversible,
  }
}

/** Events since the release was applied that the watch is about. */
function sinceOf({ watch, measured }: JudgedWatch): Counts | undefined {
  return measured.releases.find(({ release }) => release.revision === watch.bad.revision)?.since
}
