import type { Deployment, KnownDeployment } from './deployment.ts'
import type { Evidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import type { CheckConclusion } from './pull.ts'
import type { MergeMethod } from './merge.ts'
import { pullKey, type PullRef, type RepositoryRef, type Sha } from './refs.ts'
import type { ReconcileSettings } from './reconcile-settings.ts'
import type { Attestation, Controls, Rollout } from './release.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import type { Work } from './work.ts'
import type { Instant } from './refs.ts'
import type { FileContent } from './repository-files.ts'

/** Everything the product may do to GitHub and to git, as data. Each has a natural key, so doing it twice is harmless. */
export type Action =
  | { kind: 'upsert-comment'; pull: PullRef; marker: string; body: string }
  | { kind: 'react'; pull: PullRef; commentId: string; reaction: 'eyes' | '+1' | '-1' | 'confused' }
  | { kind: 'publish-check'; repository: RepositoryRef; check: CheckToPublish }
  | { kind: 'request-reviewers'; pull: PullRef; sha: Sha; users: string[]; teams: string[] }
  /** A picture for the body of a pull request, on a branch of its own. */
  | { kind: 'keep-plot'; repository: RepositoryRef; path: string; svg: string }
  | { kind: 'open-pull'; repository: RepositoryRef; proposal: PullToOpen }
  | { kind: 'merge-pull'; pull: PullRef; sha: Sha; method: MergeMethod | 'queue'; title: string }
  /** Where the app may: the permission is an extra one. */
  | { kind: 'open-issue'; repository: RepositoryRef; marker: string; title: string; body: string }
  | { kind: 'close-pull'; pull: PullRef; comment: string }
  /** Where the app may. `known`: what GitHub shows of the environment before. */
  | {
      kind: 'publish-deployments'
      repository: RepositoryRef
      environment: string
      deployments: Deployment[]
      known: KnownDeployment[]
    }
  | {
      kind: 'commit-ledger'
      repository: RepositoryRef
      environment: string
      /** The commit the change was planned on: a compare-and-swap. */
      expected: Sha | undefined
      change: LedgerChange
      message: string
    }
  | { kind: 'enqueue'; work: Work; due: Instant }

export interface CheckToPublish {
  name: string
  sha: Sha
  status: 'in_progress' | 'completed'
  conclusion?: CheckConclusion
  title: string
  /** Markdown, at most 65,535 characters. */
  summary: string
  annotations: Pick<Finding, 'path' | 'line' | 'severity' | 'message' | 'policy'>[]
  detailsUrl?: string
  buttons?: CheckButton[]
  /** Hash of everything above; GitHub keeps it as external_id. */
  fingerprint: string
}

/** A button of a check on GitHub; pressing it is as good as the command that it stands for. */
export interface CheckButton {
  label: string
  description: string
  identifier: string
}

/** A branch with one signed commit on `base`, and the pull request from it. The branch's name is the identity. */
export interface PullToOpen {
  branch: string
  baseBranch: string
  baseSha: Sha
  /** Path → new content; null deletes the file. */
  files: Record<string, FileContent>
  commitMessage: string
  title: string
  body: string
  isDraft: boolean
  labels: string[]
}

/** What one commit on the rendered ref changes. Paths and trees that are not named stay. */
export interface LedgerChange {
  /** Whole target trees to write, with their attestation. */
  releases: { attestation: Attestation; objects: KubernetesObject[] }[]
  /** Targets that are no more; their tree and attestation are removed. */
  removed: { cluster: string; application: string }[]
  /** Replaces the list when given. */
  rollouts?: Rollout[]
  controls?: Controls
  settings?: ReconcileSettings
  /** The newest commit of the base branch that was looked at, whatever was made of it. */
  seen?: { branch: string; revision: Sha }
  /** What releases were decided from, and commits whose evidence nothing needs any more. */
  evidence?: { written: Evidence[]; removed: Sha[] }
}

/** Under it the store remembers the newest commit that was made on a rendered ref. */
export function ledgerKey(repository: RepositoryRef, environment: string): string {
  return `ledger/${repository.id}/${environment}`
}

/** The natural key: what makes two actions the same intent. */
export function actionKey(action: Action): string {
  switch (action.kind) {
    case 'upsert-comment':
      return `comment/${pullKey(action.pull)}/${action.marker}`
    case 'react':
      return `reaction/${pullKey(action.pull)}/${action.commentId}/${action.reaction}`
    case 'publish-check':
      return `check/${action.repository.id}/${action.check.sha}/${action.check.name}`
    case 'request-reviewers':
      return `reviewers/${pullKey(action.pull)}/${[...action.users, ...action.teams].toSorted().join(',')}`
    case 'keep-plot':
      return `plot/${action.repository.id}/${action.path}`
    case 'open-pull':
      return `pull/${action.repository.id}/${action.proposal.branch}`
    case 'merge-pull':
      return `merge/${pullKey(action.pull)}/${action.sha}`
    case 'open-issue':
      return `issue/${action.repository.id}/${action.marker}`
    case 'close-pull':
      return `close/${pullKey(action.pull)}`
    case 'publish-deployments':
      return `deployments/${action.repository.id}/${action.environment}`
    case 'commit-ledger':
      return ledgerKey(action.repository, action.environment)
    case 'enqueue':
      return `enqueue/${JSON.stringify(action.work)}`
  }
}
