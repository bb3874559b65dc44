import type { Review } from '../../domain/pull.ts'
import { type Actor, targetKey } from '../../domain/refs.ts'
import type { ApprovalFacts } from './approval-facts.ts'
import type { Requirement } from './requirements.ts'
import { canWrite, exclusionOf, ownerNameOf } from './reviewers.ts'

/** One person's newest approval, and the requirements it satisfies. */
export interface Judged {
  actor: Actor
  login: string
  met: Requirement[]
  for: string[]
  /** Why it does not satisfy the others. */
  because?: string
}

/** Which requirements an approving review satisfies; where some are not, the most telling reason. */
export function judgeReview(
  review: Review,
  requirements: readonly Requirement[],
  facts: ApprovalFacts,
): Judged {
  const met: Requirement[] = []
  const names = new Set<string>()
  const reasons = new Set<string>()
  for (const requirement of requirements) {
    const answer = meets(review, requirement, facts)
    if ('because' in answer) reasons.add(answer.because)
    else {
      met.push(requirement)
      names.add(answer.as)
    }
  }
  if (met.length > 0) reasons.delete(notAsked)
  const because = mostTelling([...reasons])
  return {
    actor: review.author,
    login: review.author.login,
    met,
    for: [...names],
    ...(because && { because }),
  }
}

/** Approvals by comment add up; a person still counts once. */
export function onePerPerson(judged: readonly Judged[]): Judged[] {
  const people = new Map<string, Judged>()
  for (const entry of judged) {
    const known = people.get(entry.actor.id)
    if (known === undefined) people.set(entry.actor.id, entry)
    else {
      const { because, ...rest } = known
      const met = [...new Set([...known.met, ...entry.met])]
      const names = [...new Set([...known.for, ...entry.for])]
      people.set(entry.actor.id, {
        ...rest,
        met,
        for: names,
        ...(met.length === 0 && because && { because }),
      })
    }
  }
  return [...people.values()]
}

const notAsked = 'is not asked for this change'

function mostTelling(reasons: string[]): string | undefined {
  return reasons.find((reason) => reason !== notAsked) ?? reasons[0]
}

function meets(
  review: Review,
  requirement: Requirement,
  facts: ApprovalFacts,
): { as: string } | { because: string } {
  const { author } = review
  const excluded = exclusionOf(author, facts, requirement.fourEyes)
  if (excluded !== undefined) return { because: excluded }
  if (review.environments && !review.environments.includes(requirement.environment)) {
    return { because: `approved for ${review.environments.join(', ')} only` }
  }
  if (facts.codeowners?.isUnreadable && requirement.paths.length > 0) {
    return { because: 'CODEOWNERS cannot be read, so nobody is known to own this' }
  }
  const as =
    requirement.owners.length > 0
      ? ownerNameOf(author, requirement.owners, facts)
      : canWrite(author, facts)
        ? requirement.environment
        : undefined
  if (as === undefined)
    return { because: canWrite(author, facts) ? notAsked : 'has no write permission here' }
  const changed = changedSince(review, requirement, facts)
  if (changed.length === 0) return { as }
  const verb = changed.length === 1 ? 'renders' : 'render'
  return { because: `approved an earlier state: ${listed(changed)} ${verb} differently now` }
}

/** What renders otherwise than the reviewer saw it, as `application/environment`; empty where nothing does. */
function changedSince(review: Review, requirement: Requirement, facts: ApprovalFacts): string[] {
  const record = facts.recorded.find(({ id }) => id === review.id)
  // GitHub may move its own note of the commit along with a later push; ours was taken when the review came in.
  // The head alone says too little: what it renders to changes with the base that it is merged into.
  if (!record && review.sha === facts.pull.headSha) return []
  const digests = new Map(Object.entries(record?.digests ?? {}))
  const changed = requirement.changes.filter((change) => digests.get(targetKey(change)) !== change.digest)
  return [...new Set(changed.map(({ application, environment }) => `${application}/${environment}`))]
}

/** `a, b and 3 more` */
function listed(names: readonly string[]): string {
  const rest = names.length - 3
  return rest > 0 ? `${names.slice(0, 3).join(', ')} and ${rest} more` : names.join(', ')
}
