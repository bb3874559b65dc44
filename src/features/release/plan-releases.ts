import type { LedgerChange } from '../../domain/action.ts'
import type { Environment } from '../../domain/configuration.ts'
import type { Pull } from '../../domain/pull.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { type Actor, type Instant, type Sha, type Target, targetKey } from '../../domain/refs.ts'
import type { Attestation, Rollout } from '../../domain/release.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'
import type { Outcome, Verdict } from '../../domain/verdict.ts'
import { imageVersions } from '../promotion/image-versions.ts'

/** One commit of the base branch, with what it changes and what the gates say of it at the time it was made. */
export interface JudgedCommit {
  sha: Sha
  /** The merged pull request that made it; absent for a push straight to the branch. */
  pull?: Pull
  proposal?: Proposal
  outcome: Outcome
  verdicts: Verdict[]
  approvedBy: Actor[]
  /** Who to name: the merger, or the committer's name for a direct push. */
  by: string
  /** Targets on both sides of the commit, of every environment; only those that differ matter. */
  before: RenderedTarget[]
  after: RenderedTarget[]
}

/** A commit that must not reach a target, and why. */
export interface Refusal {
  commit: JudgedCommit
  targets: Target[]
  code: 'UNAPPROVED_COMMIT' | 'GATE_CLOSED' | 'HOLDS_UNAPPROVED'
  reason: string
}

export interface ReleasePlan {
  change: LedgerChange
  refusals: Refusal[]
}

export interface ReleaseRequest {
  environment: Environment
  attested: Attestation[]
  rollouts: Rollout[]
  /** Oldest first. */
  commits: JudgedCommit[]
  seen: { branch: string; revision: Sha }
}

interface Candidate {
  rendered: RenderedTarget
  commit: JudgedCommit
}

/**
 * What the commits since the last look release in one environment: per target the newest permitted state. A target that an
 * unapproved commit changed stays as attested, also for later commits, until it renders again as something that was approved.
 */
export function planReleases(request: ReleaseRequest, now: Instant): ReleasePlan {
  const { environment } = request
  const attested = new Map(request.attested.map((entry) => [targetKey(entry.target), entry.digest]))
  const next = new Map<string, Candidate>()
  const removed = new Map<string, Target>()
  const unapproved = new Map<string, JudgedCommit>()
  const refusals: Refusal[] = []

  for (const commit of request.commits) {
    const refused: { target: Target; refusal: Pick<Refusal, 'code' | 'reason'> }[] = []
    for (const { target, after } of changesOf(commit, environment.name)) {
      const key = targetKey(target)
      const known = next.get(key)?.rendered.digest ?? attested.get(key)
      if (after && after.digest === known) {
        unapproved.delete(key)
        continue
      }
      const refusal = refuse(environment, commit, unapproved.get(key))
      if (refusal) {
        refused.push({ target, refusal })
        if (!unapproved.has(key)) unapproved.set(key, commit)
        continue
      }
      unapproved.delete(key)
      if (after) next.set(key, { rendered: after, commit })
      else removed.set(key, target)
      if (after) removed.delete(key)
      else next.delete(key)
    }
    refusals.push(...groupRefusals(commit, refused))
  }
  return { change: toLedgerChange(request, [...next.values()], [...removed.values()], now), refusals }
}

function changesOf(commit: JudgedCommit, environment: string): { target: Target; after?: RenderedTarget }[] {
  const before = new Map(commit.before.map((entry) => [targetKey(entry.target), entry]))
  const after = new Map(commit.after.map((entry) => [targetKey(entry.target), entry]))
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => before.get(key)?.digest !== after.get(key)?.digest)
    .flatMap((key) => {
      const target = (after.get(key) ?? before.get(key))?.target
      return target && target.environment === environment ? [{ target, after: after.get(key) }] : []
    })
}

function refuse(
  environment: Environment,
  commit: JudgedCommit,
  earlier: JudgedCommit | undefined,
): Pick<Refusal, 'code' | 'reason'> | undefined {
  if (!environment.isProtected) return undefined
  if (!commit.pull) {
    return {
      code: 'UNAPPROVED_COMMIT',
      reason: `${commit.sha.slice(0, 7)} by ${commit.by} reached the branch without a pull request`,
    }
  }
  if (commit.outcome !== 'pass') {
    const closed = commit.verdicts.filter(({ outcome }) => outcome !== 'pass')
    return {
      code: 'GATE_CLOSED',
      reason: `#${commit.pull.ref.number} was merged by ${commit.by} while ${closed.map(({ gate, reason }) => `${gate}: ${reason}`).join('; ')}`,
    }
  }
  if (earlier) {
    return {
      code: 'HOLDS_UNAPPROVED',
      reason: `what it renders also holds the unapproved commit ${earlier.sha.slice(0, 7)} by ${earlier.by}; revert that one first`,
    }
  }
  return undefined
}

function groupRefusals(
  commit: JudgedCommit,
  refused: { target: Target; refusal: Pick<Refusal, 'code' | 'reason'> }[],
): Refusal[] {
  const byCode = Map.groupBy(refused, ({ refusal }) => refusal.code)
  return [...byCode.values()].flatMap((group) => {
    const first = group[0]
    return first ? [{ commit, targets: group.map(({ target }) => target), ...first.refusal }] : []
  })
}

function toLedgerChange(
  request: ReleaseRequest,
  candidates: Candidate[],
  removed: Target[],
  now: Instant,
): LedgerChange {
  const byApplication = Map.groupBy(candidates, ({ rendered }) => rendered.target.application)
  const rollouts = request.rollouts.filter(({ application }) => !byApplication.has(application))
  const releases = [...byApplication.values()].flatMap((group) => {
    const wave = firstWave(request.environment, group)
    const inWave = group.filter(({ rendered }) => wave.clusters.includes(rendered.target.cluster))
    if (inWave.length < group.length) rollouts.push(toRollout(request.environment, group, wave.index))
    return inWave.map(({ rendered, commit }) => ({
      attestation: attest(rendered, commit, now),
      objects: rendered.objects,
    }))
  })
  return {
    releases,
    removed: removed.map(({ cluster, application }) => ({ cluster, application })),
    rollouts,
    seen: request.seen,
  }
}

/** The first wave that the group touches. A revert does not wait for waves: all its clusters at once. */
function firstWave(environment: Environment, group: Candidate[]): { index: number; clusters: string[] } {
  if (group.some(({ commit }) => commit.proposal?.kind === 'revert')) {
    return { index: environment.waves.length - 1, clusters: environment.waves.flat() }
  }
  const clusters = new Set(group.map(({ rendered }) => rendered.target.cluster))
  const index = environment.waves.findIndex((wave) => wave.some((cluster) => clusters.has(cluster)))
  return { index: Math.max(index, 0), clusters: environment.waves[index] ?? [...clusters] }
}

function toRollout(environment: Environment, group: Candidate[], reached: number): Rollout {
  const newest = group[group.length - 1]
  const { application } = group[0]!.rendered.target
  return {
    application,
    revision: newest?.commit.sha ?? '',
    pull: newest?.commit.pull?.ref.number,
    waves: environment.waves,
    reached,
  }
}

/** The statement that agents demand: what may run, from which commit, by whose approval, under which verdicts. */
export function attest(rendered: RenderedTarget, commit: JudgedCommit, now: Instant): Attestation {
  return {
    target: rendered.target,
    revision: commit.sha,
    digest: rendered.digest,
    source: rendered.source,
    kind: commit.proposal?.kind ?? 'change',
    pull: commit.pull && {
      number: commit.pull.ref.number,
      title: commit.pull.title,
      author: commit.pull.author,
      approvedBy: commit.approvedBy,
    },
    verdicts: commit.verdicts,
    images: imageVersions(rendered.objects),
    at: now,
  }
}

/** The state found at installation is adopted as it is: the first commit on a rendered ref. */
export function planBaseline(
  targets: RenderedTarget[],
  seen: { branch: string; revision: Sha },
  now: Instant,
): LedgerChange {
  return {
    releases: targets.map(({ target, source, digest, objects }) => ({
      attestation: {
        target,
        revision: seen.revision,
        digest,
        source,
        kind: 'baseline',
        verdicts: [],
        images: imageVersions(objects),
        at: now,
      },
      objects,
    })),
    removed: [],
    rollouts: [],
    seen,
  }
}
