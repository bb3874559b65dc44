import type { Instant, RepositoryRef, Target } from '../../domain/refs.ts'
import type { Attestation, Release } from '../../domain/release.ts'
import type { Slo } from '../../domain/slo.ts'
import { newestAttestation } from '../../features/attestation/newest-attestation.ts'
import { rollbackLimits } from '../../features/rollback/guards.ts'
import {
  type Judgement,
  judgeRelease,
  type ReleaseMeasurements,
  type WatchedRelease,
} from '../../features/slo/judge-release.ts'
import type { Ledger, LedgerState } from '../../ports/ledger.ts'
import type { SloMeter } from './create-slo-meter.ts'
import { measureRelease } from './measure-release.ts'
import type { Tip } from '../repository/read-configuration.ts'
import { trustedHistory } from '../repository/trusted-history.ts'

/** An application that was not released for so long is a control for those that were. */
const settledMs = 3_600_000

/** More releases of one application in one watch are not told apart. */
const mostReleases = 3

/** How far back the releases of a watch are looked for. */
const historyDepth = 50

/** What releases are judged from: what was released, when it was applied, and what counts its events. */
export interface WatchSources {
  ledger: Pick<Ledger, 'history' | 'objects'>
  store: {
    releases: {
      get(
        repository: RepositoryRef,
        target: Target,
      ): Promise<Pick<Release, 'revision' | 'appliedAt'> | undefined>
    }
  }
  meter: SloMeter
}

/** One SLO of the environment, and the release that is watched by it. */
export interface Watch {
  repository: RepositoryRef
  tip: Pick<Tip, 'configuration'>
  slo: Slo
  state: LedgerState
  /** The release that is held to be the cause of a breach; without one, the newest of the application. */
  bad: Attestation
  appliedAt: Instant
}

export interface JudgedWatch {
  /** It is about the release that is to blame, which need not be the newest. */
  watch: Watch
  measured: ReleaseMeasurements
  judgement: Judgement
}

interface AppliedRelease {
  attestation: Attestation
  appliedAt: Instant
}

/** Measures the SLO of a watch, and judges the application's releases by it, beside what else was released meanwhile. */
export async function judgeWatch(sources: WatchSources, watch: Watch, now: Instant): Promise<JudgedWatch> {
  const { tip, slo } = watch
  const own = [
    { attestation: watch.bad, appliedAt: watch.appliedAt },
    ...(await earlierReleases(sources, watch, now)),
  ]
  const rivals = await releasesBeside(sources, watch)
  const released = new Set(rivals.map(({ attestation }) => attestation.target.application))
  const others = tip.configuration.slos.filter(
    ({ environment, application }) => environment === slo.environment && application !== slo.application,
  )
  const measured = await measureRelease(
    sources.meter,
    {
      slo,
      releases: own.map(toWatched),
      rivals: rivals.map(toWatched),
      others: others.map((other) => ({ slo: other, isControl: !released.has(other.application) })),
    },
    now,
  )
  const judgement = judgeRelease(slo, measured)
  const culprit = own.find(({ attestation }) => attestation.revision === judgement.culprit?.revision)
  return {
    watch: culprit ? { ...watch, bad: culprit.attestation, appliedAt: culprit.appliedAt } : watch,
    measured,
    judgement,
  }
}

/** The newest release of an application in an environment, and when the first cluster had it. */
export async function newestRelease(
  { store }: Pick<WatchSources, 'store'>,
  work: { repository: RepositoryRef; application: string },
  state: LedgerState,
): Promise<{ bad: Attestation; appliedAt: Instant } | undefined> {
  const bad = newestAttestation(state.attestations, work.application)
  if (!bad) return undefined
  const own = state.attestations.filter(({ target }) => target.application === work.application)
  const applied: number[] = []
  for (const { target, revision } of own.filter(({ revision }) => revision === bad.revision)) {
    const release = await store.releases.get(work.repository, target)
    if (release?.revision === revision && release.appliedAt !== undefined) applied.push(release.appliedAt)
  }
  return applied.length > 0 ? { bad, appliedAt: Math.min(...applied) } : undefined
}

/**
 * Releases of the application that newer ones followed while they were watched, and that these carry on: none from before
 * a revert. Newest first. When they were applied is not kept; they were attested shortly before.
 */
async function earlierReleases(sources: WatchSources, watch: Watch, now: Instant): Promise<AppliedRelease[]> {
  const { repository, slo, bad } = watch
  const seen = new Set([bad.revision])
  const found: AppliedRelease[] = []
  const states = await trustedHistory(sources, repository, slo.environment, historyDepth)
  for (const attestation of states.flatMap(({ attestations }) => attestations)) {
    const { target, revision, at } = attestation
    if (target.application !== slo.application || seen.has(revision)) continue
    seen.add(revision)
    if (at < bad.at && now - at <= rollbackLimits.watchMs) found.push({ attestation, appliedAt: at })
  }
  const inOrder = found.toSorted((a, b) => b.appliedAt - a.appliedAt)
  const reverted = inOrder.findIndex(({ attestation }) => attestation.kind === 'revert')
  return inOrder.slice(0, reverted === -1 ? mostReleases - 1 : Math.min(reverted, mostReleases - 1))
}

/** What was released of the environment's other applications since an hour before the apply. */
async function releasesBeside(
  sources: WatchSources,
  { repository, slo, state, appliedAt }: Watch,
): Promise<AppliedRelease[]> {
  const names = new Set(state.attestations.map(({ target }) => target.application))
  names.delete(slo.application)
  const newest = await Promise.all(
    [...names].map((application) => newestRelease(sources, { repository, application }, state)),
  )
  return newest.flatMap((release) =>
    release && release.appliedAt >= appliedAt - settledMs
      ? [{ attestation: release.bad, appliedAt: release.appliedAt }]
      : [],
  )
}

function toWatched({ attestation, appliedAt }: AppliedRelease): WatchedRelease {
  return {
    application: attestation.target.application,
    revision: attestation.revision,
    appliedAt,
    versions: Object.values(attestation.images),
  }
}
