import type { Action } from '../../domain/action.ts'
import type { RevertCause, RevertProposal } from '../../domain/proposal.ts'
import type { Actor, RepositoryRef } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import { formatProposal } from '../../features/promotion/proposal-trailers.ts'
import type { RevertView } from '../../features/review/review-view.ts'
import { differences, openQuestions } from '../../features/rollback/describe-restore.ts'
import { isExact } from '../../features/rollback/judge-restore.ts'
import { laterEdits } from '../repository/later-edits.ts'
import { revertBranch } from '../perform/revert-branch.ts'
import type { Ports } from '../ports.ts'
import type { Tip } from '../repository/read-configuration.ts'
import { createHealthMemory } from './health-memory.ts'
import { lastGood } from './last-good.ts'
import { restoreRelease } from './restore-release.ts'

export type RevertProposed =
  | { kind: 'open'; action: Extract<Action, { kind: 'open-pull' }>; good: Attestation }
  | { kind: 'impossible'; reason: string }

export interface RevertRequest {
  repository: RepositoryRef
  tip: Tip
  bad: Attestation
  /** The newest release that carries the bad one, where all since are taken back together; absent: those that came since stay. */
  top?: Attestation
  cause: Exclude<RevertCause, 'unapproved-commit'>
  /** `rule`: it may be merged without a person, as long as it brings back exactly what ran. */
  merge: RevertProposal['merge']
  /** What a person has to decide before it may be merged, besides what the files themselves leave open. */
  questions?: string[]
  requestedBy?: Actor
  /** Numbers, queries and suspects for the body. */
  evidence: Pick<RevertView, 'verdict'> & Partial<RevertView>
}

/**
 * The pull request that takes one application in one environment back to its last good release, as a value. What only a
 * person can decide makes it a draft that says so.
 */
export async function proposeRevert(ports: Ports, request: RevertRequest): Promise<RevertProposed> {
  const { repository, tip, bad, cause, top = bad } = request
  const { application, environment } = bad.target
  const good = await lastGood({ ...ports, ...createHealthMemory(ports.store) }, repository, bad)
  if (!good) return { kind: 'impossible', reason: `${application} has no earlier release in ${environment}` }
  const restored = await restoreRelease(ports, { repository, tip, bad: top, good })
  if (!restored) {
    return {
      kind: 'impossible',
      reason: `no file of ${application} in ${environment} differs between ${good.attestation.revision.slice(0, 7)} and now`,
    }
  }
  const { verdict, conflicts } = restored
  const edits = await laterEdits(tip.git, top.revision, tip.sha, conflicts)
  const open = [...(request.questions ?? []), ...openQuestions(verdict, edits)]
  const merge = isExact(verdict) && open.length === 0 ? request.merge : 'people'
  const proposal: RevertProposal = {
    kind: 'revert',
    applications: [application],
    environment,
    cause,
    bad: bad.revision,
    good: good.attestation.revision,
    merge,
    requestedBy: request.requestedBy,
  }
  const title = `Revert ${application} in ${environment} to ${proposal.good.slice(0, 7)}`
  const view: RevertView = {
    application,
    environment,
    cause,
    bad: top.revision,
    good: proposal.good,
    requestedBy: request.requestedBy?.login,
    moves: imageMoves(top, good.attestation),
    ...(top !== bad && { carriedBy: describeRelease(top) }),
    suspect: bad.pull && {
      pull: bad.pull.number,
      title: bad.pull.title,
      author: bad.pull.author.login,
      approvedBy: bad.pull.approvedBy.map(({ login }) => login),
    },
    commits: (await laterEdits(tip.git, proposal.good, top.revision, Object.keys(restored.files))).map(
      ({ commit, title, by }) => ({ commit: commit.slice(0, 7), title, by }),
    ),
    veto: `/hold ${application} ${environment}`,
    decide: open,
    differs: differences(verdict),
    next: nextSteps(merge, open.length > 0),
    files: Object.keys(restored.files),
    ...request.evidence,
  }
  return {
    kind: 'open',
    good: good.attestation,
    action: {
      kind: 'open-pull',
      repository,
      proposal: {
        branch: revertBranch(bad),
        baseBranch: tip.branch,
        baseSha: tip.sha,
        files: restored.files,
        commitMessage: `${title}\n\n${formatProposal(proposal)}`,
        title,
        body: ports.words.write('pull/revert', view),
        isDraft: open.length > 0,
        labels: [],
      },
    },
  }
}

function describeRelease({ pull, revision }: Attestation): string {
  const commit = revision.slice(0, 7)
  return pull ? `#${pull.number} “${pull.title}” by ${pull.author.login} (${commit})` : commit
}

function imageMoves(bad: Attestation, good: Attestation) {
  return Object.entries(bad.images)
    .filter(([image, version]) => good.images[image] !== undefined && good.images[image] !== version)
    .map(([image, before]) => ({ image, before, after: good.images[image] ?? '' }))
}

function nextSteps(merge: RevertProposal['merge'], isDraft: boolean): string[] {
  if (isDraft)
    return [
      'A person decides what stands above, marks this as ready for review, and merges it; then it is applied to every cluster at once.',
    ]
  return merge === 'rule'
    ? [
        'The emergency rule lets this pull request pass its gates; Drawbridge merges it and applies it to every cluster at once.',
        'The version is pinned: automation does not bring it back until a person lifts the pin with /unpin.',
      ]
    : ['It passes the gates of a revert; somebody merges it, and it is applied to every cluster at once.']
}
