import type { Handlers } from '../app/run-work.ts'
import type { Changes } from '../dashboard/changes.ts'
import type { RepositoryRef, Target } from '../domain/refs.ts'
import { followUp } from '../features/work/follow-up.ts'
import { advanceRollouts } from '../journeys/promotion/advance-rollouts.ts'
import { guardBudgets } from '../journeys/slo/guard-budgets.ts'
import { compareRules } from '../journeys/review/compare-rules.ts'
import { guardHealth } from '../journeys/rollback/guard-health.ts'
import { guardSlo } from '../journeys/rollback/guard-slo.ts'
import { judgeGroup } from '../journeys/review/judge-group.ts'
import { noticeSilence } from '../journeys/sync/notice-silence.ts'
import type { JourneyOutcome, Ports } from '../journeys/ports.ts'
import { pressButton } from '../journeys/commands/press-button.ts'
import { publishDeployments } from '../journeys/release/publish-deployments.ts'
import { promoteReleases } from '../journeys/promotion/promote-releases.ts'
import { wakeWaiting } from '../journeys/sync/await-dependencies.ts'
import { reconcileTarget } from '../journeys/sync/reconcile-target.ts'
import { recordMerge } from '../journeys/release/record-merge.ts'
import { rerunChecks } from '../journeys/review/rerun-checks.ts'
import { reviewPullRequest } from '../journeys/review/review-pull-request.ts'
import type { Release } from '../domain/release.ts'
import { runCommand } from '../journeys/commands/run-command.ts'
import { sweep } from '../journeys/sweep.ts'
import { turnWindows } from '../journeys/review/turn-windows.ts'

/** Which journey each kind of work is. */
export function createHandlers(
  ports: Ports,
  changes: Changes,
  onRelease?: (before: Release | undefined, after: Release) => void,
): Handlers {
  return {
    'review-pull': ({ pull }, signal) => reviewPullRequest(ports, pull, signal),
    'run-command': ({ pull, commentId }) => runCommand(ports, pull, commentId),
    'compare-rules': ({ pull }, signal) => compareRules(ports, pull, signal),
    'rerun-checks': ({ repository, sha }) => rerunChecks(ports, repository, sha),
    'press-button': (press) => pressButton(ports, press),
    'judge-group': ({ repository, branch }, signal) => judgeGroup(ports, repository, branch, signal),
    'turn-windows': ({ repository }) => turnWindows(ports, repository),
    'record-merge': ({ repository }, signal) => recordMerge(ports, repository, signal),
    'advance-rollouts': ({ repository, environment }, signal) =>
      advanceRollouts(ports, repository, environment, signal),
    'promote-releases': ({ repository }) => promoteReleases(ports, repository),
    'guard-budgets': ({ repository }) => guardBudgets(ports, repository),
    'publish-deployments': ({ repository, environment }) =>
      publishDeployments(ports, repository, environment),
    'notice-silence': ({ repository }) => noticeSilence(ports, repository),
    'guard-slo': (work) => guardSlo(ports, work),
    'guard-health': (work) => guardHealth(ports, work),
    'reconcile-target': (work) => reconcileAndTell(ports, changes, work, onRelease),
    sweep: ({ repository }) => sweep(ports, repository),
  }
}

/** A target is reconciled; what that changed is told to whoever waits for it. */
async function reconcileAndTell(
  ports: Ports,
  changes: Changes,
  work: { repository: RepositoryRef; target: Target },
  onRelease?: (before: Release | undefined, after: Release) => void,
): Promise<JourneyOutcome> {
  const before = await ports.store.releases.get(work.repository, work.target)
  const outcome = await reconcileTarget(ports, work)
  const after = await ports.store.releases.get(work.repository, work.target)
  if (!after) return outcome
  onRelease?.(before, after)
  await wakeWaiting(ports.store, work.repository, before, after, ports.clock.now())
  const next = followUp(work.repository, before, after)
  for (const item of next) await ports.store.queue.enqueue(item, ports.clock.now())
  if (next.length > 0) changes.announce()
  return outcome
}
