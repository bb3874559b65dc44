import { expect, it } from 'vitest'
import type { Proposal } from '../../../src/domain/proposal.ts'
import { holdsOfPromotions } from '../../../src/features/promotion/holds-of-promotions.ts'
import { aHold, anActor, anAttestation, aPromotion, aPull, aRevert, noon } from '../../builders.ts'

const release = anAttestation({ revision: 'c'.repeat(40) })
const stepBack = aPromotion({ holds: true, requestedBy: anActor('radia') })

/*
 * | what landed                                   | held already | held       |
 * | a promotion of what is newest                 | –            | –          |
 * | of less than that, as a person wanted         | no           | by them    |
 * | the same                                      | yes          | as it was  |
 * | anything else, or what released nothing there | –            | –          |
 */
it.each<[string, Proposal | undefined, ReturnType<typeof aHold>[], string[]]>([
  ['the newest', aPromotion({ requestedBy: anActor('radia') }), [], []],
  ['an older one', stepBack, [], ['radia: #12 brought an older version on purpose']],
  ['an older one, and is held', stepBack, [aHold({ application: 'checkout' })], []],
  [
    'an older one, and another is held',
    stepBack,
    [aHold({ application: 'cart' })],
    ['radia: #12 brought an older version on purpose'],
  ],
  ['a revert', aRevert(), [], []],
  ['an ordinary change', undefined, [], []],
])('%s', (_, proposal, holds, expected) => {
  const commits = [{ sha: release.revision, proposal, pull: aPull() }]
  const regions = [release, { ...release, target: { ...release.target, cluster: 'prod-us' } }]
  const found = holdsOfPromotions({ holds, releases: regions, commits }, noon)
  expect(found.map(({ by, reason }) => `${by}: ${reason}`)).toEqual(expected)
})

it('holds nothing that was not released', () => {
  const commits = [{ sha: 'd'.repeat(40), proposal: stepBack, pull: aPull() }]
  expect(holdsOfPromotions({ holds: [], releases: [release], commits }, noon)).toEqual([])
})
