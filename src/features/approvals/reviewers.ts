import type { Permission, Review } from '../../domain/pull.ts'
import type { Actor } from '../../domain/refs.ts'
import { namesPerson } from '../config/person-name.ts'
import type { ApprovalFacts } from './approval-facts.ts'

/**
 * The newest review of each person, by time and then by id, and their later approvals by comment, each of which may be for
 * another environment. Comments say nothing. A dismissed review stays the newest: dismissing it does not bring an older
 * approval back; an approval by comment is over, too, when its author asks for changes later.
 */
export function newestReviews(reviews: readonly Review[]): Review[] {
  const ordered = reviews.toSorted(
    (a, b) => a.at - b.at || a.id.length - b.id.length || a.id.localeCompare(b.id),
  )
  const newest = new Map(
    ordered
      .filter(({ state, isByComment }) => state !== 'commented' && !isByComment)
      .map((review) => [review.author.id, review]),
  )
  return ordered.filter((review) => {
    const known = newest.get(review.author.id)
    if (!review.isByComment) return review === known
    return known === undefined || known.state === 'approved' || review.at > known.at
  })
}

/** Why a person's approval can never count for this change, in words that follow the login; undefined where it can. */
export function exclusionOf(actor: Actor, facts: ApprovalFacts, fourEyes: boolean): string | undefined {
  if (actor.isBot || actor.id === facts.self.id) return 'a bot never counts'
  if (!fourEyes) return undefined
  if (actor.id === facts.proposal?.requestedBy?.id) return 'asked for this change (four eyes)'
  if (actor.id === facts.pull.author.id) return 'is the author (four eyes)'
  if (facts.contributors.some(({ id }) => id === actor.id)) return 'has commits in it (four eyes)'
  return undefined
}

const writers: ReadonlySet<Permission | undefined> = new Set(['write', 'maintain', 'admin'])

export function canWrite(actor: Actor, facts: ApprovalFacts): boolean {
  return writers.has(facts.permissions.get(actor.id))
}

/** Whether one of `owners` is this person or a team of theirs, as `@login` or `@organisation/team`. */
export function ownerNameOf(
  actor: Actor,
  owners: readonly string[],
  facts: ApprovalFacts,
): string | undefined {
  return owners.find((owner) => {
    if (isTeam(owner)) return membersOf(owner, facts)?.some(({ id }) => id === actor.id)
    return namesPerson(owner, actor) && canWrite(actor, facts)
  })
}

export function isTeam(owner: string): boolean {
  return owner.startsWith('@') && owner.includes('/')
}

/** Undefined: no such team is known. Names of teams are compared without regard to case, as GitHub does. */
export function membersOf(team: string, facts: ApprovalFacts): Actor[] | undefined {
  const wanted = team.toLowerCase()
  for (const [name, members] of facts.teams) if (name.toLowerCase() === wanted) return members
  return undefined
}
