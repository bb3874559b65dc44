import type { Actor } from '../../domain/refs.ts'
import type { ApprovalFacts } from './approval-facts.ts'
import type { Judged } from './judge-review.ts'
import type { Ask, Requirement } from './requirements.ts'
import { exclusionOf, isTeam, membersOf } from './reviewers.ts'
import { namesPerson } from '../config/person-name.ts'

export interface Unmet {
  /** What an approval would help with, and whose there is already. */
  requirements: { requirement: Requirement; approvedBy: Actor[] }[]
  words: string
  /** The same without the files. */
  who: string
  details: string[]
  canBeMet: boolean
}

/** What is still open of an ask; nothing where it is met. */
export function unmet(ask: Ask, judged: readonly Judged[], facts: ApprovalFacts): Unmet[] {
  switch (ask.kind) {
    case 'people':
      return unmetBy(ask.requirement, judged, facts)
    case 'owners':
      return unmetByOwners(ask, judged, facts)
    case 'all':
      return ask.of.flatMap((inner) => unmet(inner, judged, facts))
    case 'any': {
      const ways = ask.of.map((inner) => unmet(inner, judged, facts))
      return ways.some((way) => way.length === 0) ? [] : [oneOf(ways)]
    }
  }
}

function unmetBy(requirement: Requirement, judged: readonly Judged[], facts: ApprovalFacts): Unmet[] {
  const approvers = judged.filter(({ met }) => met.includes(requirement))
  return approvers.length < requirement.count ? [toUnmet(requirement, approvers, facts)] : []
}

/** Groups without enough approvers; and where all together are still too few, that. */
function unmetByOwners(
  { groups, together }: Extract<Ask, { kind: 'owners' }>,
  judged: readonly Judged[],
  facts: ApprovalFacts,
): Unmet[] {
  const open = groups.flatMap((group) => unmetBy(group, judged, facts))
  const approvers = judged.filter(({ met }) => met.some((requirement) => groups.includes(requirement)))
  const count = together.count - open.length
  return approvers.length < count ? [...open, toUnmet({ ...together, count }, approvers, facts)] : open
}

/** Several ways, each of which would do. */
function oneOf(ways: readonly Unmet[][]): Unmet {
  return {
    requirements: ways.flat().flatMap(({ requirements }) => requirements),
    words: inOr(ways.map((way) => way.map(({ words }) => words))),
    who: inOr(ways.map((way) => way.map(({ who }) => who))),
    details: ways.flat().flatMap(({ details }) => details),
    canBeMet: ways.some((way) => way.every(({ canBeMet }) => canBeMet)),
  }
}

function inOr(ways: readonly string[][]): string {
  return [...new Set(ways.map((way) => way.join(' and ')))].join(', or ')
}

function toUnmet(requirement: Requirement, approvers: readonly Judged[], facts: ApprovalFacts): Unmet {
  const { owners, paths, environment } = requirement
  const lacking = requirement.count - approvers.length
  const more = lacking > 1 ? `${lacking} of ` : approvers.length > 0 ? 'one more of ' : ''
  const where = paths.length > 0 ? shortened(paths) : environment
  const unknown = owners.filter((owner) => isTeam(owner) && membersOf(owner, facts) === undefined)
  const mails = owners.filter((owner) => !owner.startsWith('@'))
  const excluded = excludedOwners(requirement, facts)
  const isUnreadable = facts.codeowners?.isUnreadable === true && paths.length > 0
  const who = isUnreadable
    ? 'a CODEOWNERS that can be read'
    : owners.join(' or ') || 'anybody with write permission'
  const hasCandidate = owners.length === 0 || owners.length > unknown.length + mails.length + excluded.length
  return {
    requirements: [{ requirement, approvedBy: approvers.map(({ actor }) => actor) }],
    words: `${more}${who} (${where})`,
    who: `${more}${who}`,
    details: [
      ...(isUnreadable ? ['CODEOWNERS cannot be read, so nobody is known to own anything'] : []),
      ...unknown.map((team) => `${team} is not a known team, so nobody can approve for it`),
      ...mails.map((mail) => `${mail} is an e-mail address; nobody can be matched with it`),
      ...excluded.map(
        (owner) =>
          `${owner} cannot approve this change: nobody there but its author, requester or contributors`,
      ),
    ],
    canBeMet: hasCandidate && !isUnreadable,
  }
}

/** Owners whom four eyes keeps out: people, and teams in which nobody else is. */
export function excludedOwners(requirement: Requirement, facts: ApprovalFacts): string[] {
  const people = [facts.pull.author, ...facts.contributors]
  if (facts.proposal?.requestedBy) people.push(facts.proposal.requestedBy)
  const isOut = (person: Actor) => exclusionOf(person, facts, requirement.fourEyes) !== undefined
  const out = people.filter(isOut)
  return requirement.owners.filter((owner) =>
    isTeam(owner) ? membersOf(owner, facts)?.every(isOut) : out.some((person) => namesPerson(owner, person)),
  )
}

function shortened([first, ...rest]: readonly string[]): string {
  return rest.length === 0 ? `${first}` : `${first} and ${rest.length} more`
}
