import type { LedgerChange } from '../../domain/action.ts'
import type { Configuration, Environment } from '../../domain/configuration.ts'
import { type Instant, type Sha, type Target, targetKey } from '../../domain/refs.ts'
import type { Attestation, Rollout } from '../../domain/release.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'
import { assert } from '../../domain/unreachable.ts'
import { imageVersions } from '../promotion/image-versions.ts'
import { isWithin } from '../rendering/paths.ts'
import { limitsOf } from '../tenancy/limits-of.ts'
import type { JudgedCommit } from './judged-commit.ts'
import { attest } from './attest.ts'

/** A commit that must not reach a target, and why. */
export interface Refusal {
  commit: JudgedCommit
  targets: Target[]
  code:
    | 'UNAPPROVED_COMMIT'
    | 'GATE_CLOSED'
    | 'HOLDS_UNAPPROVED'
    | 'PARTLY_UNREADABLE'
    | 'VALUES_UNKNOWN'
    | 'OUTSIDE_TENANT'
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

interface Planned {
  candidates: Candidate[]
  removed: Target[]
  /** Candidates on whose targets an unapproved commit lies at the tip. */
  held: Candidate[]
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
      const known = next.get(key)?.rendered.digest ?? (removed.has(key) ? undefined : attested.get(key))
      if (after?.digest === known) {
        unapproved.delete(key)
        continue
      }
      const refusal = refuse(environment, commit, after, unapproved.get(key))
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
  const news = [...next].filter(([, candidate]) => isNews(request, candidate))
  const held = news.flatMap(([key, candidate]) => (unapproved.has(key) ? [candidate] : []))
  const candidates = news.map(([, candidate]) => candidate)
  const planned = { candidates, removed: [...removed.values()], held }
  return { change: toLedgerChange(request, planned, now), refusals }
}

/**
 * Commits stay in view behind one that was refused, and are judged again: what was made of them is not made once more, and
 * a cluster that waits for its wave goes on waiting.
 */
function isNews({ attested, rollouts, commits }: ReleaseRequest, { rendered, commit }: Candidate): boolean {
  const { target, digest } = rendered
  const isSeenTo = (revision: Sha) =>
    commits.findIndex(({ sha }) => sha === revision) >= commits.indexOf(commit)
  const isReleased = attested.some(
    (entry) =>
      targetKey(entry.target) === targetKey(target) && entry.digest === digest && isSeenTo(entry.revision),
  )
  const isWaiting = rollouts.some(
    ({ application, revision, waves, reached }) =>
      application === target.application &&
      waves.slice(reached + 1).some((wave) => wave.includes(target.cluster)) &&
      isSeenTo(revision),
  )
  return !isReleased && !isWaiting
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
    .filter(({ target, after }) => after || !isUnrendered(commit, before.get(targetKey(target))))
}

/** On doubt nothing is called removed: a problem within the source, or with a file that no source which rendered holds. */
function isUnrendered(commit: JudgedCommit, before: RenderedTarget | undefined): boolean {
  return (commit.newProblems ?? []).some(
    ({ path }) =>
      isWithin(path, before?.source ?? '.') || !commit.after.some(({ source }) => isWithin(path, source)),
  )
}

/** What a document or file of a source is called that cannot be read: its objects are missing in what was rendered. */
const unreadableCodes = new Set([
  'YAML_INVALID',
  'MANIFEST_IS_TEMPLATE',
  'NOT_AN_OBJECT',
  'LFS_REFUSED',
  'SUBMODULE_REFUSED',
  'SYMLINK_REFUSED',
])

function refuse(
  environment: Environment,
  commit: JudgedCommit,
  after: RenderedTarget | undefined,
  earlier: JudgedCommit | undefined,
): Pick<Refusal, 'code' | 'reason'> | undefined {
  if (after?.unknown !== undefined) {
    return {
      code: 'VALUES_UNKNOWN',
      reason: `${after.source} holds values that only the cluster knows: ${after.unknown}`,
    }
  }
  const spoilt = commit.newProblems?.find(
    ({ code, path }) => after && unreadableCodes.has(code) && isWithin(path, after.source),
  )
  if (spoilt) {
    return {
      code: 'PARTLY_UNREADABLE',
      reason: `${commit.sha.slice(0, 7)} by ${commit.by} made a part of ${after?.source} unreadable (${spoilt.message}): what is left would delete the rest`,
    }
  }
  const outside = commit.outside?.find(({ target }) => after && targetKey(target) === targetKey(after.target))
  if (outside) {
    return {
      code: 'OUTSIDE_TENANT',
      reason: `${commit.sha.slice(0, 7)} by ${commit.by}: ${outside.message}`,
    }
  }
  if (earlier && !environment.isProtected) {
    return {
      code: 'PARTLY_UNREADABLE',
      reason: `a part is unreadable since ${earlier.sha.slice(0, 7)} by ${earlier.by}; mend that one first`,
    }
  }
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

function toLedgerChange(request: ReleaseRequest, planned: Planned, now: Instant): LedgerChange {
  const { candidates, removed } = planned
  const byApplication = Map.groupBy(candidates, ({ rendered }) => rendered.target.application)
  const rollouts = request.rollouts
    .filter(({ application }) => !byApplication.has(application))
    .flatMap((rollout) => withoutRemoved(rollout, removed))
  const releases = [...byApplication.values()].flatMap((group) => {
    const revision = revisionOf(request, planned, group)
    const wave = firstWave(request.environment, group)
    const inWave = group.filter(({ rendered }) => wave.includes(rendered.target.cluster))
    if (inWave.length < group.length) rollouts.push(toRollout(request.environment, group, revision))
    // The later waves inherit the statement of the first, so it must speak of their commit.
    const speaks = inWave.some(({ commit }) => commit === revision) || planned.held.length > 0
    return inWave.map(({ rendered, commit }) => ({
      attestation: attest(rendered, speaks ? commit : revision, now),
      objects: rendered.objects,
    }))
  })
  return {
    releases,
    removed: removed.map(({ cluster, application }) => ({ cluster, application })),
    rollouts,
    seen: request.seen,
    evidence: evidenceOf(request, releases, removed, rollouts),
  }
}

/** New evidence comes with its release; what nothing released speaks of any more goes, and stays in the history. */
function evidenceOf(
  request: ReleaseRequest,
  releases: LedgerChange['releases'],
  removed: readonly Target[],
  rollouts: readonly Rollout[],
): LedgerChange['evidence'] {
  const replaced = new Set([
    ...releases.map(({ attestation }) => targetKey(attestation.target)),
    ...removed.map(targetKey),
  ])
  const kept = request.attested.filter(({ target }) => !replaced.has(targetKey(target)))
  const spokenOf = new Set([
    ...kept.map(({ revision }) => revision),
    ...releases.map(({ attestation }) => attestation.revision),
    ...rollouts.map(({ revision }) => revision),
  ])
  return {
    written: request.commits.flatMap(({ sha, evidence }) =>
      evidence && spokenOf.has(sha) ? [evidence] : [],
    ),
    removed: [...new Set(request.attested.map(({ revision }) => revision))].filter(
      (revision) => !spokenOf.has(revision),
    ),
  }
}

/** A wave that is still to come must not bring back a target that is gone. */
function withoutRemoved(rollout: Rollout, removed: readonly Target[]): Rollout[] {
  const gone = new Set(
    removed.filter(({ application }) => application === rollout.application).map(({ cluster }) => cluster),
  )
  if (gone.size === 0) return [rollout]
  const waves = rollout.waves.map((wave) => wave.filter((cluster) => !gone.has(cluster)))
  return waves.slice(rollout.reached + 1).some((wave) => wave.length > 0) ? [{ ...rollout, waves }] : []
}

/**
 * The commit that later waves render: the newest of the group. Where an unapproved commit lies on one of its targets, the
 * oldest of those instead: a render of anything newer would hold what nobody approved.
 */
function revisionOf(request: ReleaseRequest, planned: Planned, group: Candidate[]): JudgedCommit {
  const held = new Set(
    planned.held.filter((candidate) => group.includes(candidate)).map(({ commit }) => commit),
  )
  const own = new Set(group.map(({ commit }) => commit))
  const revision =
    held.size > 0
      ? request.commits.find((commit) => held.has(commit))
      : request.commits.findLast((commit) => own.has(commit))
  assert(revision, 'a candidate comes from one of the commits')
  return revision
}

/** The clusters of the first wave that the group touches. A revert does not wait for waves: all its clusters at once. */
function firstWave(environment: Environment, group: Candidate[]): string[] {
  const clusters = group.map(({ rendered }) => rendered.target.cluster)
  if (group.some(({ commit }) => commit.proposal?.kind === 'revert')) return clusters
  return environment.waves.find((wave) => wave.some((cluster) => clusters.includes(cluster))) ?? clusters
}

/** Only the waves and clusters that the group touches: nothing waits for a cluster that gets nothing. */
function toRollout(environment: Environment, group: Candidate[], revision: JudgedCommit): Rollout {
  const clusters = new Set(group.map(({ rendered }) => rendered.target.cluster))
  return {
    application: group[0]?.rendered.target.application ?? '',
    revision: revision.sha,
    pull: revision.pull?.ref.number,
    head: revision.pull?.headSha,
    waves: environment.waves
      .map((wave) => wave.filter((cluster) => clusters.has(cluster)))
      .filter((wave) => wave.length > 0),
    reached: 0,
  }
}

/** The state found at installation is adopted as it is, but for what must never be applied: the first commit on a rendered ref. */
export function planBaseline(
  targets: RenderedTarget[],
  { tenants }: Pick<Configuration, 'tenants'>,
  seen: { branch: string; revision: Sha },
  now: Instant,
): LedgerChange {
  return {
    releases: targets
      .filter(({ unknown }) => unknown === undefined)
      .map(({ target, source, digest, objects, conflicts }) => ({
        attestation: {
          target,
          revision: seen.revision,
          digest,
          source,
          kind: 'baseline',
          verdicts: [],
          images: imageVersions(objects),
          ...(conflicts && { conflicts }),
          ...(tenants && { tenants: limitsOf({ tenants }, target) }),
          at: now,
        },
        objects,
      })),
    removed: [],
    rollouts: [],
    seen,
  }
}
