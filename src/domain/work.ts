import {
  type Actor,
  pullKey,
  type PullRef,
  repositoryKey,
  type RepositoryRef,
  type Sha,
  type Target,
  targetKey,
} from './refs.ts'

/** A thing to look at again. Work carries no facts: the journey reads them when it runs, so losing or repeating work is harmless. */
export type Work =
  | { kind: 'review-pull'; pull: PullRef }
  /** What the rules that it brings would do to the other open pull requests. */
  | { kind: 'compare-rules'; pull: PullRef }
  | { kind: 'run-command'; pull: PullRef; commentId: string }
  /** Somebody asked for the checks of a commit again. */
  | { kind: 'rerun-checks'; repository: RepositoryRef; sha: Sha }
  /** Somebody pressed a button of a check; what it may do is asked when it is done. */
  | { kind: 'press-button'; repository: RepositoryRef; sha: Sha; identifier: string; actor: Actor }
  /** The head of a merge queue's group: a branch `gh-readonly-queue/<base>/…`. */
  | { kind: 'judge-group'; repository: RepositoryRef; branch: string }
  | { kind: 'record-merge'; repository: RepositoryRef }
  /** Windows that opened or closed, and what people froze, as the checks of all open pull requests say it. */
  | { kind: 'turn-windows'; repository: RepositoryRef }
  | { kind: 'advance-rollouts'; repository: RepositoryRef; environment: string }
  | { kind: 'promote-releases'; repository: RepositoryRef }
  | { kind: 'guard-budgets'; repository: RepositoryRef }
  | { kind: 'publish-deployments'; repository: RepositoryRef; environment: string }
  /** Agents that have not been heard for long. */
  | { kind: 'notice-silence'; repository: RepositoryRef }
  | { kind: 'guard-slo'; repository: RepositoryRef; application: string; environment: string }
  | { kind: 'guard-health'; repository: RepositoryRef; application: string; environment: string }
  | { kind: 'reconcile-target'; repository: RepositoryRef; target: Target }
  | { kind: 'sweep'; repository: RepositoryRef }

/** Work of one key is serialised and coalesced: at most one row waits, at most one worker runs it. */
export function workKey(work: Work): string {
  switch (work.kind) {
    case 'review-pull':
      return `review-pull/${pullKey(work.pull)}`
    case 'compare-rules':
      return `compare-rules/${pullKey(work.pull)}`
    case 'run-command':
      return `run-command/${pullKey(work.pull)}/${work.commentId}`
    case 'rerun-checks':
      return `rerun-checks/${repositoryKey(work.repository)}/${work.sha}`
    case 'press-button':
      return `press-button/${repositoryKey(work.repository)}/${work.sha}/${work.identifier}/${work.actor.id}`
    case 'judge-group':
      return `judge-group/${repositoryKey(work.repository)}/${work.branch}`
    case 'reconcile-target':
      return `reconcile-target/${repositoryKey(work.repository)}/${targetKey(work.target)}`
    case 'advance-rollouts':
      return `advance-rollouts/${repositoryKey(work.repository)}/${work.environment}`
    case 'publish-deployments':
      return `publish-deployments/${repositoryKey(work.repository)}/${work.environment}`
    case 'guard-slo':
    case 'guard-health':
      return `${work.kind}/${repositoryKey(work.repository)}/${work.environment}/${work.application}`
    case 'turn-windows':
    case 'record-merge':
    case 'promote-releases':
    case 'guard-budgets':
    case 'notice-silence':
    case 'sweep':
      return `${work.kind}/${repositoryKey(work.repository)}`
  }
}
