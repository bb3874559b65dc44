import type { RepositoryRef } from '../domain/refs.ts'
import type { Attestation } from '../domain/release.ts'
import type { Slo } from '../domain/slo.ts'
import type { RollbackFacts } from '../features/rollback/decide-rollback.ts'
import { earlierReverts } from '../features/rollback/earlier-reverts.ts'
import { irreversibleChanges } from '../features/rollback/irreversible-changes.ts'
import { attributeBreach, findOnset } from '../features/slo/attribute-breach.ts'
import { type Counts, ratioOf } from '../features/slo/counts.ts'
import { evaluateSlo } from '../features/slo/evaluate-slo.ts'
import { sequentialTest } from '../features/slo/sequential-test.ts'
import type { LedgerState } from '../ports/ledger.ts'
import { lastGood } from './last-good.ts'
import { countEvents, type SloMeasurements } from './measure-slo.ts'
import type { Ports } from './ports.ts'
import type { Tip } from './read-configuration.ts'

/** An application that was not released for so long is a control for those that were. */
const settledMs = 3_600_000

/** One SLO of the environment, and the release that is watched by it. */
export interface Watch {
  repository: RepositoryRef
  tip: Tip
  slo: Slo
  state: LedgerState
  /** The newest release of the application in the environment. */
  bad: Attestation
  appliedAt: number
}

/** What `decideRollback` decides about one release by one SLO from. */
export async function gatherRollbackFacts(
  ports: Ports,
  watch: Watch,
  measured: SloMeasurements,
  now: number,
): Promise<RollbackFacts> {
  const { repository, slo, state, bad, appliedAt } = watch
  const budget = 1 - slo.objective
  const { since, before, versions } = measured
  const good = await lastGood(ports, repository, bad)
  const histories = await Promise.all(
    watch.tip.configuration.environments.map(({ name }) => ports.ledger.history(repository, name, 50)),
  )
  const others = await measureOthers(ports, watch, now)
  const onset = findOnset(measured.series, Math.max(budget, 2 * (before ? ratioOf(before) : 0)))
  return {
    slo,
    onset,
    controls: others.controls,
    release: { kind: bad.kind, appliedAt },
    burnRate: evaluateSlo(slo, measured.burnRate),
    sequential: since && sequentialTest({ budget, before, since }),
    attribution:
      since &&
      attributeBreach({
        appliedAt,
        onset,
        stepMs: measured.stepMs,
        before,
        since,
        versions: splitVersions(versions, bad),
        controls: others.controls,
      }),
    earlierReverts: earlierReverts(
      histories.map((states) => states.filter(({ trust }) => trust === 'trusted')),
      bad,
    ),
    alsoBreaching: others.breaching,
    irreversible: good
      ? irreversibleChanges(
          await ports.ledger.objects(good.state, good.attestation.target),
          await ports.ledger.objects(state, bad.target),
        )
      : [],
    isHeld: state.controls.holds.some(({ application }) => application === slo.application),
    hasGoodRelease: good !== undefined,
  }
}

/** The newest release of an application in an environment, and when the first cluster had it. */
export async function newestRelease(
  ports: Ports,
  work: { repository: RepositoryRef; application: string },
  state: LedgerState,
): Promise<{ bad: Attestation; appliedAt: number } | undefined> {
  const own = state.attestations.filter(({ target }) => target.application === work.application)
  const bad = own.toSorted((a, b) => b.at - a.at)[0]
  if (!bad) return undefined
  const applied: number[] = []
  for (const { target, revision } of own.filter(({ revision }) => revision === bad.revision)) {
    const release = await ports.store.releases.get(work.repository, target)
    if (release?.revision === revision && release.appliedAt !== undefined) applied.push(release.appliedAt)
  }
  return applied.length > 0 ? { bad, appliedAt: Math.min(...applied) } : undefined
}

/** Events of the released version, and of every other, where the label tells them apart. */
function splitVersions(versions: ReadonlyMap<string, Counts>, bad: Attestation) {
  if (versions.size === 0) return undefined
  const released = new Set(Object.values(bad.images))
  const sum = (isReleased: boolean): Counts =>
    [...versions]
      .filter(([version]) => released.has(version) === isReleased)
      .reduce((all, [, counts]) => ({ bad: all.bad + counts.bad, total: all.total + counts.total }), {
        bad: 0,
        total: 0,
      })
  return { suspected: sum(true), others: sum(false) }
}

/** The other SLOs of the environment: those of applications that were not released lately are controls. */
async function measureOthers(ports: Ports, watch: Watch, now: number) {
  const { tip, slo, state, appliedAt, repository } = watch
  const controls: { name: string; before: Counts; since: Counts }[] = []
  const breaching: string[] = []
  for (const other of tip.configuration.slos) {
    if (other.environment !== slo.environment || other.application === slo.application) continue
    const since = await countEvents(ports, other, (now - appliedAt) / 1000, now)
    const before = await countEvents(ports, other, settledMs / 1000, appliedAt)
    if (!since || !before) continue
    const applied = await newestRelease(ports, { repository, application: other.application }, state)
    if (!applied || applied.appliedAt < appliedAt - settledMs)
      controls.push({ name: other.application, before, since })
    if (sequentialTest({ budget: 1 - other.objective, before, since }).state === 'breached')
      breaching.push(other.application)
  }
  return { controls, breaching }
}
