import type { Octokit } from '@octokit/rest'
import type { BranchGuard, BranchGuards } from '../../domain/branch-guard.ts'
import type { RepositoryRef } from '../../domain/refs.ts'
import type { GitHubClient } from './github-client.ts'
import { hasStatus, ifPermitted } from './github-fault.ts'
import { scopeOf } from './read-github.ts'

/** What guards a branch. Each part is read with a token of its own, since an app may do without the permission for it. */
export async function readBranchGuards(
  client: GitHubClient,
  repository: RepositoryRef,
  branch: string,
): Promise<BranchGuards> {
  const [classic, rules, statuses] = await Promise.all([
    ifPermitted(readClassic(client, repository, branch)),
    readRules(client, repository, branch),
    ifPermitted(readStatuses(client, repository, branch)),
  ])
  return {
    guards: [...(classic ?? []), ...rules],
    unread: [
      ...(classic ? [] : [{ what: 'branch protection', permission: 'Administration' }]),
      ...(statuses ? [] : [{ what: 'commit statuses', permission: 'Commit statuses' }]),
    ],
    ...(statuses && { statuses }),
  }
}

async function readClassic(
  client: GitHubClient,
  repository: RepositoryRef,
  branch: string,
): Promise<BranchGuard[]> {
  const { octokit, at } = scopeOf(client, repository, 'protection')
  try {
    const { data } = await octokit.rest.repos.getBranchProtection({ ...at, branch })
    return [toGuard(data)]
  } catch (error) {
    if (hasStatus(error, 404)) return []
    throw error
  }
}

type ClassicProtection = Awaited<ReturnType<Octokit['rest']['repos']['getBranchProtection']>>['data']

function toGuard(data: ClassicProtection): BranchGuard {
  const reviews = data.required_pull_request_reviews
  return {
    name: 'branch protection',
    requiredChecks: (data.required_status_checks?.checks ?? []).map(({ context, app_id }) =>
      toCheck(context, app_id),
    ),
    isUpToDateRequired: data.required_status_checks?.strict ?? false,
    ...(reviews && {
      pullRequests: {
        dismissesStale: reviews.dismiss_stale_reviews ?? false,
        asksForApprovalOfLastPush: reviews.require_last_push_approval ?? false,
      },
    }),
    blocksForcePush: !data.allow_force_pushes?.enabled,
    blocksDeletion: !data.allow_deletions?.enabled,
    hasMergeQueue: false,
    isBypassedByAdmins: !data.enforce_admins?.enabled,
  }
}

/** −1 stands for any app. Source: GitHub Docs, "Update status check protection". */
function toCheck(context: string, app: number | null | undefined): { context: string; appId?: string } {
  return { context, ...(app !== null && app !== undefined && app > 0 && { appId: String(app) }) }
}

type BranchRule = Awaited<ReturnType<Octokit['rest']['repos']['getBranchRules']>>['data'][number]

/** Rules of active rule sets, of the repository and of its organisation. */
async function readRules(
  client: GitHubClient,
  repository: RepositoryRef,
  branch: string,
): Promise<BranchGuard[]> {
  const { octokit, at } = scopeOf(client, repository, 'list')
  const list = octokit.rest.repos.getBranchRules
  const rules = await octokit.paginate(list, { ...at, branch, per_page: 100 })
  const sets = Map.groupBy(rules, ({ ruleset_id }) => ruleset_id)
  return [...sets].map(([id, own]) => ruleSetGuard(`rule set ${id}`, own))
}

function ruleSetGuard(name: string, own: readonly BranchRule[]): BranchGuard {
  const has = (type: BranchRule['type']) => own.some((rule) => rule.type === type)
  const checks = own.flatMap((rule) =>
    rule.type === 'required_status_checks' ? (rule.parameters ?? []) : [],
  )
  const reviews = own.flatMap((rule) => (rule.type === 'pull_request' ? (rule.parameters ?? []) : []))
  return {
    name,
    requiredChecks: checks.flatMap(({ required_status_checks }) =>
      required_status_checks.map(({ context, integration_id }) => toCheck(context, integration_id)),
    ),
    isUpToDateRequired: checks.some((each) => each.strict_required_status_checks_policy),
    ...(has('pull_request') && {
      pullRequests: {
        dismissesStale: reviews.some((each) => each.dismiss_stale_reviews_on_push),
        asksForApprovalOfLastPush: reviews.some((each) => each.require_last_push_approval),
      },
    }),
    blocksForcePush: has('non_fast_forward'),
    blocksDeletion: has('deletion'),
    hasMergeQueue: has('merge_queue'),
  }
}

async function readStatuses(
  client: GitHubClient,
  repository: RepositoryRef,
  branch: string,
): Promise<string[]> {
  const { octokit, at } = scopeOf(client, repository, 'statuses')
  const { data } = await octokit.rest.repos.getCombinedStatusForRef({ ...at, ref: branch, per_page: 100 })
  return data.statuses.map(({ context }) => context)
}
