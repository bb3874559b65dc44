import { pullKey, type PullRef, repositoryKey, type RepositoryRef, type Target, targetKey } from './refs.ts'

/** A thing to look at again. Work carries no facts: the journey reads them when it runs, so losing or repeating work is harmless. */
export type Work =
  | { kind: 'review-pull'; pull: PullRef }
  | { kind: 'run-command'; pull: PullRef; commentId: string }
  | { kind: 'record-merge'; repository: RepositoryRef }
  | { kind: 'advance-rollouts'; repository: RepositoryRef; environment: string }
  | { kind: 'promote-releases'; repository: RepositoryRef }
  | { kind: 'guard-slo'; repository: RepositoryRef; application: string; environment: string }
  | { kind: 'reconcile-target'; repository: RepositoryRef; target: Target }
  | { kind: 'sweep'; repository: RepositoryRef }

/** Work of one key is serialised and coalesced: at most one row waits, at most one worker runs it. */
export function workKey(work: Work): string {
  switch (work.kind) {
    case 'review-pull':
      return `review-pull/${pullKey(work.pull)}`
    case 'run-command':
      return `run-command/${pullKey(work.pull)}/${work.commentId}`
    case 'reconcile-target':
      return `reconcile-target/${repositoryKey(work.repository)}/${targetKey(work.target)}`
    case 'advance-rollouts':
      return `advance-rollouts/${repositoryKey(work.repository)}/${work.environment}`
    case 'guard-slo':
      return `guard-slo/${repositoryKey(work.repository)}/${work.environment}/${work.application}`
    case 'record-merge':
    case 'promote-releases':
    case 'sweep':
      return `${work.kind}/${repositoryKey(work.repository)}`
  }
}
