import type { Action } from '../domain/action.ts'
import type { RevertProposal } from '../domain/proposal.ts'
import type { Actor, RepositoryRef } from '../domain/refs.ts'
import type { Attestation, Pin } from '../domain/release.ts'
import { formatProposal } from '../features/promotion/proposal-trailers.ts'
import { ownPaths } from '../features/release/own-paths.ts'
import type { RevertView } from '../features/review/review-view.ts'
import type { Ports } from './ports.ts'
import type { Tip } from './read-configuration.ts'
import { lastGood } from './last-good.ts'
import { loadFiles } from './render-revision.ts'
import { restoreFiles } from './restore-files.ts'

export type RevertProposed =
  | { kind: 'open'; action: Extract<Action, { kind: 'open-pull' }>; good: Attestation }
  | { kind: 'impossible'; reason: string }

export interface RevertRequest {
  repository: RepositoryRef
  tip: Tip
  bad: Attestation
  cause: 'slo' | 'command'
  requestedBy?: Actor
  /** Numbers, queries and suspects for the body. */
  evidence: Pick<RevertView, 'verdict'> & Partial<RevertView>
}

/** The pull request that takes one application in one environment back to its last good release, as a value. */
export async function proposeRevert(ports: Ports, request: RevertRequest): Promise<RevertProposed> {
  const { repository, tip, bad, cause } = request
  const { application, environment } = bad.target
  const good = (await lastGood(ports, repository, bad))?.attestation
  if (!good) return { kind: 'impossible', reason: `${application} has no earlier release in ${environment}` }
  const own = ownPaths(await loadFiles(tip.git, bad.revision), tip.configuration, application, environment)
  const restored = await restoreFiles(tip.git, {
    paths: own.paths,
    good: good.revision,
    bad: bad.revision,
    tip: tip.sha,
  })
  if (restored.conflicts.length > 0) {
    return {
      kind: 'impossible',
      reason: `${restored.conflicts.join(', ')} was edited since; a person must merge by hand`,
    }
  }
  const paths = Object.keys(restored.files)
  if (paths.length === 0) {
    return {
      kind: 'impossible',
      reason: `no file of ${application} in ${environment} alone differs between ${good.revision.slice(0, 7)} and now; the change came through a shared base`,
    }
  }
  const proposal: RevertProposal = {
    kind: 'revert',
    applications: [application],
    environment,
    cause,
    bad: bad.revision,
    good: good.revision,
    requestedBy: request.requestedBy,
  }
  const title = `Revert ${application} in ${environment} to ${good.revision.slice(0, 7)}`
  const view: RevertView = {
    application,
    environment,
    cause,
    bad: bad.revision,
    good: good.revision,
    requestedBy: request.requestedBy?.login,
    moves: imageMoves(bad, good),
    suspect: bad.pull && { pull: bad.pull.number, title: bad.pull.title, author: bad.pull.author.login },
    next: nextSteps(cause),
    files: paths,
    ...request.evidence,
  }
  return {
    kind: 'open',
    good,
    action: {
      kind: 'open-pull',
      repository,
      proposal: {
        branch: `drawbridge/revert/${environment}/${application}-${bad.revision.slice(0, 12)}`,
        baseBranch: tip.branch,
        baseSha: tip.sha,
        files: restored.files,
        commitMessage: `${title}\n\n${formatProposal(proposal)}`,
        title,
        body: ports.words.write('pull/revert', view),
        isDraft: false,
        labels: [],
      },
    },
  }
}

function imageMoves(bad: Attestation, good: Attestation) {
  return Object.entries(bad.images)
    .filter(([image, version]) => good.images[image] !== undefined && good.images[image] !== version)
    .map(([image, before]) => ({ image, before, after: good.images[image] ?? '' }))
}

function nextSteps(cause: RevertRequest['cause']): string[] {
  return cause === 'slo'
    ? [
        'The emergency rule lets this pull request pass its gates; Drawbridge merges it and applies it to every cluster at once.',
        'The version is pinned: automation does not bring it back until a person lifts the pin with /unpin.',
      ]
    : ['It passes the gates of a revert; somebody merges it, and it is applied to every cluster at once.']
}

/** What keeps automation from bringing the reverted versions back. */
export function pinOf(bad: Attestation, good: Attestation, reason: string, by: string, at: number): Pin {
  const images = Object.fromEntries(
    Object.entries(bad.images).filter(([image, version]) => good.images[image] !== version),
  )
  return { application: bad.target.application, environment: bad.target.environment, images, reason, by, at }
}
