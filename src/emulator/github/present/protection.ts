import type { Hub } from '../hub.ts'
import { fullNameOf, type Protection, type Repository } from '../state.ts'
import { app, team as presentTeam, user } from './account.ts'
import { api } from './basics.ts'

export function branchProtection(hub: Hub, repository: Repository, branch: string, protection: Protection) {
  const url = `${api(hub)}/repos/${fullNameOf(repository)}/branches/${branch}/protection`
  const { requiredChecks: checks, requiredReviews: reviews, restrictions } = protection
  return {
    url,
    ...(checks && {
      required_status_checks: {
        url: `${url}/required_status_checks`,
        strict: checks.strict,
        contexts: checks.checks.map((check) => check.context),
        contexts_url: `${url}/required_status_checks/contexts`,
        checks: checks.checks.map((check) => ({ context: check.context, app_id: check.appId ?? null })),
      },
    }),
    ...(reviews && {
      required_pull_request_reviews: {
        url: `${url}/required_pull_request_reviews`,
        dismiss_stale_reviews: reviews.dismissStale ?? false,
        require_code_owner_reviews: false,
        require_last_push_approval: reviews.lastPushApproval ?? false,
        required_approving_review_count: reviews.count,
      },
    }),
    ...(restrictions && { restrictions: shownRestrictions(hub, repository, url, restrictions) }),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforceAdmins ?? false },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: protection.allowForcePushes ?? false },
    allow_deletions: { enabled: protection.allowDeletions ?? false },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: false },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
    required_signatures: { url: `${url}/required_signatures`, enabled: false },
  }
}

function shownRestrictions(
  hub: Hub,
  repository: Repository,
  url: string,
  restrictions: NonNullable<Protection['restrictions']>,
) {
  const { accounts, teams, apps } = hub.state
  return {
    url: `${url}/restrictions`,
    users_url: `${url}/restrictions/users`,
    teams_url: `${url}/restrictions/teams`,
    apps_url: `${url}/restrictions/apps`,
    users: restrictions.users.flatMap((login) => {
      const account = accounts.get(login.toLowerCase())
      return account ? [user(hub, account)] : []
    }),
    teams: teams
      .filter((team) => team.organization === repository.owner && restrictions.teams.includes(team.slug))
      .map((team) => presentTeam(hub, team)),
    apps: [...apps.values()]
      .filter((each) => restrictions.apps.includes(each.slug))
      .map((each) => app(hub, each)),
  }
}
