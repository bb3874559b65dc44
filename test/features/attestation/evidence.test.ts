import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../../src/domain/evidence.ts'
import { factsFrom, toEvidence } from '../../../src/features/attestation/evidence.ts'
import { decideReview } from '../../../src/features/review/decide-review.ts'
import type { ReviewFacts } from '../../../src/features/review/review-facts.ts'
import { aFreeze, anActor, aReview, aRevert, noon, reviewFacts } from '../../builders.ts'

const sides = { base: 'a'.repeat(40), head: 'b'.repeat(40) }

/** Through JSON, as the rendered ref keeps it. */
function kept(facts: ReviewFacts): Evidence {
  const { verdicts } = decideReview(facts, 'key', noon)
  return JSON.parse(JSON.stringify(toEvidence(facts, sides, verdicts, noon))) as Evidence
}

/** What git gives again: everything but what only GitHub and the rendered ref knew. */
function rendered(facts: ReviewFacts) {
  return { ...facts, codeowners: facts.approvals.codeowners }
}

describe('evidence', () => {
  const crowd = Array.from({ length: 500 }, (_, index) => anActor(`person-${index}`))
  const teams = new Map([['@shop/checkout', [anActor('grace'), ...crowd]]])
  it.each<[string, ReviewFacts]>([
    ['an approved change', reviewFacts()],
    ['nobody has approved', reviewFacts({ approvals: { ...reviewFacts().approvals, reviews: [] } })],
    ['a frozen environment', reviewFacts({ freezes: [aFreeze()] })],
    ['a revert by evidence', reviewFacts({ proposal: aRevert() })],
    [
      'an owner by team',
      reviewFacts({ approvals: { ...reviewFacts().approvals, teams, reviews: [aReview('grace')] } }),
    ],
  ])('of %s decides the same again', (_, facts) => {
    const evidence = kept(facts)
    const again = decideReview(factsFrom(evidence, rendered(facts)), '', evidence.at)
    expect(again.verdicts).toEqual(evidence.verdicts)
  })

  it('keeps of a team only the people who appear in the decision', () => {
    const facts = reviewFacts({ approvals: { ...reviewFacts().approvals, teams } })
    expect(kept(facts).teams).toEqual([['@shop/checkout', [anActor('grace')]]])
  })
})
