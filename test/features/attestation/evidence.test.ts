import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../../src/domain/evidence.ts'
import { factsFrom, toEvidence } from '../../../src/features/attestation/evidence.ts'
import { decideReview } from '../../../src/features/review/decide-review.ts'
import type { RenderedFacts, ReviewFacts } from '../../../src/features/review/review-facts.ts'
import {
  aFreeze,
  anActor,
  aPin,
  aPromotion,
  aPull,
  aReview,
  aRevert,
  drawbridge,
  noon,
  reviewFacts,
} from '../../builders.ts'

const sides = { base: 'a'.repeat(40), head: 'b'.repeat(40) }

/** Through JSON, as the rendered ref keeps it. */
function kept(facts: ReviewFacts): Evidence {
  const { verdicts } = decideReview(facts, 'key', noon)
  return JSON.parse(JSON.stringify(toEvidence(facts, sides, verdicts, noon))) as Evidence
}

/** What git gives again: everything but what only GitHub and the rendered ref knew. */
function rendered(facts: ReviewFacts): RenderedFacts {
  const { pull: _pull, approvals, proposal: _proposal, sourceReleases: _releases, ...rest } = facts
  const { freezes: _f, locks: _l, overrides: _o, consents: _c, pins: _p, hotfixes: _h, ...more } = rest
  const {
    signatures: _signatures,
    sourceStates: _states,
    sourceSlos: _slos,
    sourceChecks: _checks,
    ...git
  } = more
  return { ...git, codeowners: approvals.codeowners }
}

/** Nobody approved it: the emergency rule opens its gate. */
function aRuleRevert(): ReviewFacts {
  const restored = { 'prod/prod-eu/checkout': 'd1' }
  const approvals = { ...reviewFacts().approvals, reviews: [], restored }
  return reviewFacts({ pull: aPull({ author: drawbridge }), proposal: aRevert(), approvals })
}

describe('evidence', () => {
  const crowd = Array.from({ length: 500 }, (_, index) => anActor(`person-${index}`))
  const teams = new Map([['@shop/checkout', [anActor('grace'), ...crowd]]])
  it.each<[string, ReviewFacts]>([
    ['an approved change', reviewFacts()],
    ['nobody has approved', reviewFacts({ approvals: { ...reviewFacts().approvals, reviews: [] } })],
    ['a frozen environment', reviewFacts({ freezes: [aFreeze()] })],
    ['a revert by evidence', aRuleRevert()],
    [
      'an owner by team',
      reviewFacts({ approvals: { ...reviewFacts().approvals, teams, reviews: [aReview('grace')] } }),
    ],
  ])('of %s decides the same again', (_, facts) => {
    const evidence = kept(facts)
    const again = decideReview(factsFrom(evidence, rendered(facts)), '', evidence.at)
    expect(again.verdicts).toEqual(evidence.verdicts)
  })

  it('keeps who asked for it in their teams, and nobody else', () => {
    const proposal = { ...aPromotion(), requestedBy: anActor('person-7') }
    const facts = reviewFacts({ proposal, approvals: { ...reviewFacts().approvals, teams } })
    expect(kept(facts).teams).toEqual([['@shop/checkout', [anActor('grace'), anActor('person-7')]]])
  })

  const recorded = [{ id: 'r', sha: sides.head, digests: { 'prod/prod/checkout': 'd' } }]
  const approvals = { ...reviewFacts().approvals, recorded }
  const organisation = { rule: 'shop/.github: .drawbridge.yaml' }
  it.each<[string, ReviewFacts]>([
    ['nothing more than what is always there', reviewFacts({ approvals })],
    ['a proposal, controls', reviewFacts({ proposal: aPromotion(), freezes: [aFreeze()], pins: [aPin()] })],
    [
      'what was attested where it comes from',
      reviewFacts({
        proposal: aPromotion(),
        sourceStates: [{ application: 'checkout', environment: 'staging', targets: [] }],
        sourceSlos: [
          { name: 'answers', application: 'checkout', environment: 'staging', state: 'healthy', reason: '' },
        ],
        sourceChecks: [
          { sha: sides.base, answers: [{ name: 'e2e', kind: 'run', by: 'ci[bot]', says: 'success' }] },
        ],
      }),
    ],
    ['what ran where a revert goes', aRuleRevert()],
    ['what pins it brought back', reviewFacts({ broughtBack: [aPin({ revision: sides.head })] })],
    ['who signed', reviewFacts({ signatures: [{ sha: sides.head } as never] })],
  ])('gives back what it kept: %s', (_, facts) => {
    expect(factsFrom(kept(facts), rendered(facts))).toStrictEqual(facts)
  })

  it('of a promotion is read as it was when it came from one environment', () => {
    const facts = reviewFacts({ proposal: aPromotion({ from: ['staging'] }), freezes: [aFreeze()] })
    const evidence = kept(facts)
    const older = { ...evidence, proposal: { ...evidence.proposal, from: 'staging' } } as unknown as Evidence
    const read = factsFrom(older, rendered(facts))
    expect(read.proposal).toEqual(aPromotion({ from: ['staging'] }))
    expect(decideReview(read, '', older.at).verdicts).toEqual(evidence.verdicts)
  })

  it('of a revert is read as it was before anybody asked what it renders to', () => {
    const { restored: _, ...older } = kept(aRuleRevert())
    const again = decideReview(factsFrom(older, rendered(aRuleRevert())), '', older.at)
    expect(again.verdicts).toEqual(older.verdicts)
  })

  it('is read as it was written before there were hotfixes', () => {
    const { controls, ...rest } = kept(reviewFacts())
    const { hotfixes: _none, ...older } = controls
    expect(factsFrom({ ...rest, controls: older }, rendered(reviewFacts())).hotfixes).toEqual([])
  })

  it('names the organisation whose rules it was judged by', () => {
    const facts = reviewFacts({ approvals, organisation: organisation as never })
    expect(kept(facts)).toMatchObject({ organisation, recorded })
    expect(kept(reviewFacts())).not.toHaveProperty('organisation')
    expect(kept(reviewFacts())).not.toHaveProperty('proposal')
  })

  it('keeps of a team only the people who appear in the decision', () => {
    const facts = reviewFacts({ approvals: { ...reviewFacts().approvals, teams } })
    expect(kept(facts).teams).toEqual([['@shop/checkout', [anActor('grace')]]])
  })
})
