import type { BranchGuard, BranchGuards } from '../../domain/branch-guard.ts'
import { aggregateName } from '../review/unjudged-check.ts'

/** `fail`: a change can land past the gates. `warn`: it can under conditions, or we cannot tell. */
export interface BranchAdvice {
  state: 'ok' | 'warn' | 'fail'
  detail: string
  fix?: string
}

/**
 * What of a branch's protection lets changes land past our gates, with what to do about it. Where part of it cannot be read,
 * what is missing in the rest may still be there: that is a warning.
 */
export function assessBranch(
  { guards, unread, statuses }: BranchGuards,
  self: { appId: string },
): BranchAdvice[] {
  const missing = unread.length > 0 ? ('warn' as const) : ('fail' as const)
  const advice = rules.flatMap((rule): BranchAdvice[] => {
    const detail = rule.isBroken(guards, self.appId)
    if (detail === undefined) return []
    return [{ state: rule.state === 'fail' ? missing : 'warn', detail, fix: rule.fix }]
  })
  advice.push(...unread.map(unreadAdvice), ...statusAdvice(statuses ?? []))
  return advice.length > 0 ? advice : [{ state: 'ok', detail: 'nothing lands past the gates' }]
}

interface Rule {
  state: 'warn' | 'fail'
  /** The sentence that says so; undefined where all is well. */
  isBroken(guards: readonly BranchGuard[], appId: string): string | undefined
  fix: string
}

const rules: Rule[] = [
  {
    state: 'fail',
    isBroken: (guards) =>
      ownChecks(guards).length === 0
        ? `the check ${aggregateName} is not required: merges do not wait for it`
        : undefined,
    fix: `require the status check ${aggregateName}, with this app as its source`,
  },
  {
    state: 'fail',
    isBroken: (guards, appId) => {
      const checks = ownChecks(guards)
      if (checks.length === 0 || checks.some((check) => check.appId === appId)) return undefined
      return checks.some((check) => check.appId === undefined)
        ? `the check ${aggregateName} may come from any app: everybody with write access can publish one`
        : `the check ${aggregateName} is pinned to another app and never comes`
    },
    fix: 'choose this app as the source of the required check, not “any source”',
  },
  {
    state: 'fail',
    isBroken: (guards) =>
      guards.some(({ pullRequests }) => pullRequests)
        ? undefined
        : 'commits can be pushed without a pull request',
    fix: 'require a pull request before merging',
  },
  {
    state: 'fail',
    isBroken: (guards) =>
      guards.some(({ blocksForcePush }) => blocksForcePush) ? undefined : 'force pushes are allowed',
    fix: 'block force pushes',
  },
  {
    state: 'warn',
    isBroken: (guards) =>
      guards.some(({ blocksDeletion }) => blocksDeletion) ? undefined : 'the branch can be deleted',
    fix: 'restrict deletions',
  },
  {
    state: 'warn',
    isBroken: (guards) =>
      whereAsked(guards, 'dismissesStale', 'approvals outlive the commits they were given for'),
    fix: 'dismiss stale pull request approvals when new commits are pushed',
  },
  {
    state: 'warn',
    isBroken: (guards) =>
      whereAsked(
        guards,
        'asksForApprovalOfLastPush',
        'whoever pushed last may be the one whose approval counts',
      ),
    fix: 'require approval of the most recent reviewable push',
  },
  {
    state: 'warn',
    isBroken: (guards) =>
      guards.some((guard) => guard.isUpToDateRequired || guard.hasMergeQueue)
        ? undefined
        : 'a change that was judged on an older base can be merged',
    fix: 'require branches to be up to date before merging, or use a merge queue; until then such a commit is judged again, and not released if it fails',
  },
  {
    state: 'warn',
    isBroken(guards) {
      // What nobody can bypass holds for admins too.
      const checking = guards.filter((guard) => ownChecks([guard]).length > 0)
      const [bypassed] = checking.filter((guard) => guard.isBypassedByAdmins)
      if (!bypassed || checking.some((guard) => guard.isBypassedByAdmins === false)) return undefined
      return `admins may merge past the ${bypassed.name}`
    },
    fix: 'do not allow bypassing the settings; what lands so is not released, and is reported',
  },
  {
    state: 'warn',
    isBroken(guards) {
      const checking = guards.filter((guard) => ownChecks([guard]).length > 0)
      const isUnknown =
        checking.length > 0 && checking.every((guard) => guard.isBypassedByAdmins === undefined)
      const names = checking.map(({ name }) => name).join(', ')
      return isUnknown ? `GitHub does not tell apps who may bypass the ${names}` : undefined
    },
    fix: 'look at its bypass list: nobody should be on it, and no role',
  },
]

function ownChecks(guards: readonly BranchGuard[]) {
  return guards.flatMap(({ requiredChecks }) =>
    requiredChecks.filter(({ context }) => context === aggregateName),
  )
}

/** Said only where pull requests are asked for at all: the rest was said already. */
function whereAsked(
  guards: readonly BranchGuard[],
  field: 'dismissesStale' | 'asksForApprovalOfLastPush',
  detail: string,
): string | undefined {
  const asked = guards.flatMap(({ pullRequests }) => pullRequests ?? [])
  return asked.length > 0 && !asked.some((each) => each[field]) ? detail : undefined
}

function unreadAdvice({ what, permission }: BranchGuards['unread'][number]): BranchAdvice {
  return {
    state: 'warn',
    detail: `${what} could not be read`,
    fix: `grant the app the permission “${permission}: read” to have it looked at; nothing else needs it`,
  }
}

/** GitHub takes a commit status for a check of the same name: where no app is pinned either will do, else both are asked for. */
function statusAdvice(statuses: readonly string[]): BranchAdvice[] {
  const own = statuses.filter(
    (context) => context === aggregateName || context.startsWith(`${aggregateName}/`),
  )
  return own.map((context) => ({
    state: 'fail',
    detail: `somebody else posts a commit status named ${context}, like our check`,
    fix: 'find out who posts it and stop it, and pin the required check to this app',
  }))
}
