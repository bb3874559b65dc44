import { describe, expect, it } from 'vitest'
import { decideReview } from '../../../src/features/review/decide-review.ts'
import type { ReviewFacts } from '../../../src/features/review/review-facts.ts'
import { uncomparedChanges } from '../../../src/features/review/uncompared-changes.ts'
import { aProblem, aRendering, noon, reviewFacts } from '../../builders.ts'

const [touched] = reviewFacts().affected
const source = touched?.source ?? ''
const place = { target: { application: 'checkout', environment: 'prod', cluster: 'prod-eu' }, source }
const broken = { ...aRendering([], [aProblem({ message: 'it needs a plug-in' })]), unrendered: [place] }
const sound = aRendering([])

function facts(base: ReviewFacts['base'], head: ReviewFacts['head'], overrides: Partial<ReviewFacts> = {}) {
  return reviewFacts({ base, head, ...overrides })
}

// touched | renders before | renders after | → said
// yes     | no             | no            | yes: its difference is not known
// yes     | yes            | no            | no: a new problem says it
// yes     | no             | yes           | no: the diff says it
// no      | no             | no            | no: an old wound elsewhere
describe('what could not be compared', () => {
  it.each<[string, ReviewFacts, number]>([
    ['neither before nor after', facts(broken, broken), 1],
    ['not after', facts(sound, broken), 0],
    ['not before', facts(broken, sound), 0],
    ['untouched', facts(broken, broken, { affected: [] }), 0],
    [
      'new or gone, without a changed file',
      facts(broken, broken, { affected: touched ? [{ ...touched, changedPaths: [] }] : [] }),
      0,
    ],
  ])('%s', (_, given, count) => expect(uncomparedChanges(given)).toHaveLength(count))

  it('is said in the gate, which an old problem does not close, and among the problems', () => {
    const { verdicts, problems } = decideReview(facts(broken, broken), 'key', noon)
    expect(verdicts.find(({ gate }) => gate === 'render')).toMatchObject({
      outcome: 'pass',
      reason: 'nothing renders differently, but 1 source touched here renders neither before nor after',
    })
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'NOT_COMPARED checkout in prod reads what changes, but renders neither before nor after it, so that its difference is not known: it needs a plug-in',
    ])
  })
})
