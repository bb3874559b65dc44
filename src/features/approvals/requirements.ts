import type { Environment } from '../../domain/configuration.ts'
import { ownersOf } from './codeowners.ts'
import type { ApprovalFacts } from './evaluate-approvals.ts'

type Change = ApprovalFacts['changes'][number]

/** Somebody out of `owners` (anybody who may write, where it is empty) must have approved what these targets render. */
export interface Requirement {
  environment: string
  fourEyes: boolean
  owners: string[]
  /** How many different people. */
  count: number
  /** The changed files behind it; empty for a rule with a list of people. */
  paths: string[]
  /** What an approval must have seen as it is now. */
  changes: Change[]
}

/** What the environments with an approval rule ask of this change, in the order of the configuration. */
export function requirementsOf(facts: ApprovalFacts): Requirement[] {
  return facts.environments.flatMap((environment) => {
    const changes = facts.changes.filter((change) => change.environment === environment.name)
    if (changes.length === 0 || environment.approvals.count === 0) return []
    return environment.approvals.from === 'owners'
      ? ownerRequirements(environment, changes, facts)
      : [
          {
            ...basics(environment),
            owners: environment.approvals.from,
            count: environment.approvals.count,
            paths: [],
            changes,
          },
        ]
  })
}

/** One for each group of owners: an approval of one group says nothing about the files of another. */
function ownerRequirements(environment: Environment, changes: Change[], facts: ApprovalFacts): Requirement[] {
  const groups = new Map<string, Requirement>()
  for (const change of changes) {
    for (const path of change.paths.length > 0 ? change.paths : ['']) {
      const owners = facts.codeowners && path !== '' ? ownersOf(facts.codeowners, path) : []
      const key = owners.toSorted().join(' ')
      const group = groups.get(key) ?? { ...basics(environment), owners, count: 1, paths: [], changes: [] }
      if (path !== '' && !group.paths.includes(path)) group.paths.push(path)
      if (!group.changes.includes(change)) group.changes.push(change)
      groups.set(key, group)
    }
  }
  return [...groups.values()]
}

function basics(environment: Environment) {
  return { environment: environment.name, fourEyes: environment.approvals.fourEyes }
}
