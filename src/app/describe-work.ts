import { fullName, targetKey } from '../domain/refs.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { Work } from '../domain/work.ts'

/** The fields by which people search the log for this work. */
export function describeWork(work: Work): Record<string, unknown> {
  const journey = work.kind
  switch (work.kind) {
    case 'review-pull':
    case 'compare-rules':
      return { journey, repo: fullName(work.pull.repository), pull: work.pull.number }
    case 'run-command':
      return {
        journey,
        repo: fullName(work.pull.repository),
        pull: work.pull.number,
        comment: work.commentId,
      }
    case 'rerun-checks':
      return { journey, repo: fullName(work.repository), sha: work.sha }
    case 'press-button':
      return {
        journey,
        repo: fullName(work.repository),
        sha: work.sha,
        button: work.identifier,
        by: work.actor.login,
      }
    case 'judge-group':
      return { journey, repo: fullName(work.repository), branch: work.branch }
    case 'reconcile-target':
      return { journey, repo: fullName(work.repository), target: targetKey(work.target) }
    case 'advance-rollouts':
    case 'publish-deployments':
      return { journey, repo: fullName(work.repository), environment: work.environment }
    case 'guard-slo':
    case 'guard-health': {
      const { repository, application, environment } = work
      return { journey, repo: fullName(repository), application, environment }
    }
    case 'turn-windows':
    case 'record-merge':
    case 'promote-releases':
    case 'guard-budgets':
    case 'notice-silence':
    case 'sweep':
      return { journey, repo: fullName(work.repository) }
    default:
      return unreachable(work)
  }
}
