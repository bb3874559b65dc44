import type { Sha } from '../../domain/refs.ts'
import type { ReviewFacts } from '../../features/review/review-facts.ts'
import { approvedThen } from './approved-then.ts'
import type { Ports } from '../ports.ts'

/**
 * Keeps what each review of the present head approved, the first time it is seen, in the store and in the facts: GitHub may
 * re-bind it to another head later. `base` is the commit of the base branch that the facts are about.
 */
export async function recordReviews(
  ports: Ports,
  facts: ReviewFacts,
  base: Sha,
  signal?: AbortSignal,
): Promise<void> {
  const { pull, approvals } = facts
  const known = new Set(approvals.recorded.map(({ id }) => id))
  for (const { id, sha, at } of approvals.reviews) {
    if (sha !== pull.headSha || known.has(id)) continue
    const digests = await approvedThen(ports, facts, base, at, signal)
    await ports.store.reviews.record(pull.ref, { id, sha, digests, at })
    approvals.recorded.push({ id, sha, digests })
  }
}
