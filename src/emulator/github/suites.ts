import { nextId, type App, type CheckRun, type CheckSuite, type Repository } from './state.ts'
import type { Hub } from './hub.ts'

/** The newest suite of the app on the commit, made where there is none. */
export function suiteFor(hub: Hub, repository: Repository, app: App, sha: string): CheckSuite {
  const known = repository.suites.findLast((suite) => suite.app === app && suite.sha === sha)
  return known ?? addSuite(hub, repository, app, sha, branchAt(repository, sha), null)
}

export function addSuite(
  hub: Hub,
  repository: Repository,
  app: App,
  sha: string,
  branch: string | null,
  before: string | null,
): CheckSuite {
  const now = hub.clock.now()
  const suite = {
    id: nextId(hub.state),
    repository,
    app,
    sha,
    branch,
    before,
    createdAt: now,
    updatedAt: now,
  }
  repository.suites.push(suite)
  return suite
}

function branchAt(repository: Repository, sha: string): string | null {
  return [...repository.pulls.values()].find((pull) => pull.headSha === sha)?.headBranch ?? null
}

export function suiteStatus(suite: CheckSuite): 'queued' | 'in_progress' | 'completed' {
  const runs = latestRuns(suite)
  if (runs.length === 0) return 'queued'
  if (runs.every((run) => run.status === 'completed')) return 'completed'
  return runs.every((run) => run.status === 'queued') ? 'queued' : 'in_progress'
}

/** Worst first, as GitHub rolls check runs up. */
const conclusionOrder = [
  'failure',
  'timed_out',
  'cancelled',
  'action_required',
  'stale',
  'success',
  'neutral',
  'skipped',
]

export function suiteConclusion(suite: CheckSuite): string | null {
  if (suiteStatus(suite) !== 'completed') return null
  const conclusions = new Set(latestRuns(suite).map((run) => run.conclusion))
  return conclusionOrder.find((conclusion) => conclusions.has(conclusion)) ?? null
}

/** The newest run of each name. */
export function latestRuns(suite: CheckSuite): CheckRun[] {
  const runs = suite.repository.runs.filter((run) => run.suite === suite)
  return [...new Map(runs.map((run) => [run.name, run])).values()]
}
