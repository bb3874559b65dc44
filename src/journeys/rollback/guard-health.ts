import type { RepositoryRef } from '../../domain/refs.ts'
import type { Attestation, Release } from '../../domain/release.ts'
import { decideHealthRollback } from '../../features/rollback/decide-health-rollback.ts'
import type { LedgerState } from '../../ports/ledger.ts'
import { gatherGuardFacts } from './gather-guard-facts.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readTip } from '../repository/read-configuration.ts'
import { takeBack } from './take-back.ts'
import { createHealthMemory } from './health-memory.ts'

/**
 * A release that did not become healthy in time on some cluster: where the environment asks for it, it is taken back by the
 * same pull request as one that burns its SLO.
 */
export async function guardHealth(
  ports: Ports,
  work: { repository: RepositoryRef; application: string; environment: string },
): Promise<JourneyOutcome> {
  const tip = await readTip(ports, work.repository, { fetch: false })
  const environment = tip?.configuration.environments.find(({ name }) => name === work.environment)
  const onUnhealthy = environment?.onUnhealthy ?? 'report'
  if (!tip || onUnhealthy === 'report') return { outcome: 'not-asked-for', actions: 0 }
  const state = await ports.ledger.read(work.repository, work.environment)
  const failed = state?.trust === 'trusted' ? await failedRelease(ports, work, state) : undefined
  if (!state || !failed) return { outcome: 'nothing-failed', actions: 0 }
  const { bad, release } = failed
  const guards = await gatherGuardFacts(
    { ...ports, ...createHealthMemory(ports.store) },
    { repository: work.repository, tip, state, bad },
  )
  const decision = decideHealthRollback(
    { ...guards, application: work.application, environment: work.environment, onUnhealthy, release },
    ports.clock.now(),
  )
  if (decision.kind === 'nothing') return { outcome: 'left-alone', actions: 0 }
  const { actions, impossible } = await takeBack(ports, {
    repository: work.repository,
    tip,
    state,
    bad,
    cause: 'health',
    merge: decision.merge,
    questions: decision.questions,
    reason: 'did not become healthy in time',
    evidence: {
      verdict: `${decision.reason}.`,
      timeline: [
        { at: bad.at, what: bad.pull ? `#${bad.pull.number} was merged and released` : 'released' },
        ...(release.appliedAt === undefined
          ? []
          : [{ at: release.appliedAt, what: `applied to ${release.target.cluster}` }]),
        { at: release.since, what: 'it did not become healthy in time' },
      ],
      irreversible: guards.irreversible,
    },
  })
  return { outcome: impossible ?? 'taken-back', actions }
}

/** The newest release of the application that is degraded somewhere and was never healthy there. */
async function failedRelease(
  ports: Ports,
  { repository, application }: { repository: RepositoryRef; application: string },
  { attestations }: LedgerState,
): Promise<{ bad: Attestation; release: Release } | undefined> {
  const own = attestations
    .filter(({ target }) => target.application === application)
    .toSorted((left, right) => right.at - left.at)
  for (const bad of own) {
    const release = await ports.store.releases.get(repository, bad.target)
    const isOf = release?.digest === bad.digest && release.revision === bad.revision
    if (isOf && release.phase === 'degraded' && release.healthyAt === undefined) return { bad, release }
  }
  return undefined
}
