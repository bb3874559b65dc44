import type { ApprovalNeed, Environment, PeopleNeed } from '../../domain/configuration.ts'
import { ownersOf } from './codeowners.ts'
import type { ApprovalFacts } from './approval-facts.ts'
import { fits } from './needs.ts'

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

/** What one environment asks of this change: requirements, and how they come together. */
export type Ask =
  | { kind: 'people'; requirement: Requirement }
  /** Every group, and `count` different people over all of them. */
  | { kind: 'owners'; groups: Requirement[]; count: number }
  | { kind: 'all' | 'any'; of: Ask[] }

/** What the environments with an approval rule ask, in the order of the configuration; nothing where nothing is asked. */
export function asksOf(facts: ApprovalFacts): Ask[] {
  return facts.environments.flatMap((environment) => {
    const changes = facts.changes.filter((change) => change.environment === environment.name)
    const { need } = environment.approvals
    const ask = need && toAsk(need, changes, environment, facts)
    return ask ? [ask] : []
  })
}

/** Every requirement of an ask, however deep. */
export function requirementsIn(ask: Ask): Requirement[] {
  if (ask.kind === 'people') return [ask.requirement]
  return ask.kind === 'owners' ? ask.groups : ask.of.flatMap(requirementsIn)
}

/** Undefined where the need concerns none of the changes. */
function toAsk(
  need: ApprovalNeed,
  changes: Change[],
  environment: Environment,
  facts: ApprovalFacts,
): Ask | undefined {
  // Whoever changes the rules themselves is asked for everything that they ask.
  const concerned = changes.filter((change) => change.isRule || fits(need.when, change))
  if (concerned.length === 0) return undefined
  if (need.kind === 'people') return toPeople(need, concerned, environment, facts)
  const of = need.of.flatMap((inner) => toAsk(inner, concerned, environment, facts) ?? [])
  return of.length === 0 ? undefined : { kind: need.kind, of }
}

function toPeople(need: PeopleNeed, changes: Change[], environment: Environment, facts: ApprovalFacts): Ask {
  const basics = { environment: environment.name, fourEyes: environment.approvals.fourEyes }
  if (need.from !== 'owners') {
    return {
      kind: 'people',
      requirement: { ...basics, owners: need.from, count: need.count, paths: [], changes },
    }
  }
  const groups = ownerGroups(changes, facts).map((group) => ({ ...basics, ...group, count: 1 }))
  return { kind: 'owners', groups: groups.flatMap((group) => ofEach(group, need.each)), count: need.count }
}

/** Where nobody owns, one of the writers stands for all. */
function ofEach(group: Requirement, each: PeopleNeed['each']): Requirement[] {
  if (each !== 'all') return [{ ...group, count: group.owners.length === 0 ? 1 : each }]
  return group.owners.length === 0 ? [group] : group.owners.map((owner) => ({ ...group, owners: [owner] }))
}

/**
 * One for each group of owners: an approval of one group says nothing about the files of another. Asked are the owners of
 * the files that change, and those of every application that renders differently because of them, for that application.
 */
function ownerGroups(
  changes: Change[],
  facts: ApprovalFacts,
): Pick<Requirement, 'owners' | 'paths' | 'changes'>[] {
  const groups = new Map<string, Pick<Requirement, 'owners' | 'paths' | 'changes'>>()
  const add = (owners: string[], path: string, change: Change) => {
    const key = owners.toSorted().join(' ')
    const group = groups.get(key) ?? { owners, paths: [], changes: [] }
    if (path !== '' && !group.paths.includes(path)) group.paths.push(path)
    if (!group.changes.includes(change)) group.changes.push(change)
    groups.set(key, group)
  }
  const ownersAt = (path: string) => (facts.codeowners && path !== '' ? ownersOf(facts.codeowners, path) : [])
  for (const change of changes) {
    for (const path of change.paths.length > 0 ? change.paths : ['']) add(ownersAt(path), path, change)
    const owners = change.impact === undefined ? [] : ownersAt(change.impact)
    if (owners.length > 0) add(owners, change.impact ?? '', change)
  }
  return [...groups.values()]
}
