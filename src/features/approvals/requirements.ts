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
  /** Every group, and different people over all of them: `together` has every owner and file, and how many people. */
  | { kind: 'owners'; groups: Requirement[]; together: Requirement }
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
  const together = {
    ...basics,
    // Where nobody owns something, anybody who may write helps.
    owners: groups.every(({ owners }) => owners.length > 0)
      ? [...new Set(groups.flatMap(({ owners }) => owners))]
      : [],
    count: need.count,
    paths: [...new Set(groups.flatMap(({ paths }) => paths))],
    changes,
  }
  return { kind: 'owners', groups: groups.flatMap((group) => ofEach(group, need.each)), together }
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
  const ownedAt = (path: string) => {
    return { owners: facts.codeowners ? ownersOf(facts.codeowners, path) : [], paths: [path] }
  }
  const owned = changes.flatMap((change) => {
    const files = change.paths.length > 0 ? change.paths.map(ownedAt) : [{ owners: [], paths: [] }]
    const impact = change.impact === undefined ? [] : [ownedAt(change.impact)]
    return [...files, ...impact.filter(({ owners }) => owners.length > 0)].map((part) => ({
      ...part,
      change,
    }))
  })
  const groups = Map.groupBy(owned, ({ owners }) => JSON.stringify(owners.toSorted()))
  return [...groups.values()].map((parts) => ({
    owners: [...new Set(parts.flatMap(({ owners }) => owners))],
    paths: [...new Set(parts.flatMap(({ paths }) => paths))],
    changes: [...new Set(parts.map(({ change }) => change))],
  }))
}
