import { describe, expect, it } from 'vitest'
import type { Release } from '../../../src/domain/release.ts'
import { workKey } from '../../../src/domain/work.ts'
import { followUp } from '../../../src/features/work/follow-up.ts'
import { aRelease, noon, shop } from '../../builders.ts'

const drift = {
  at: noon,
  object: 'Deployment shop/checkout',
  fields: ['spec.replicas'],
  healed: false,
  count: 1,
}
const always = [
  'advance-rollouts/101/prod',
  'promote-releases/101',
  'guard-slo/101/prod/checkout',
  'publish-deployments/101/prod',
]

function keysOf(before: Release | undefined, after: Release): string[] {
  return followUp(shop, before, after).map(workKey)
}

/**
 * | before → after                     | due                               |
 * | ---------------------------------- | --------------------------------- |
 * | the same                           | nothing                           |
 * | only times differ                  | nothing                           |
 * | first word, or anything else       | waves, promotions, SLO            |
 * | degraded now                       | its health too                    |
 * | of a pull request                  | its board first                   |
 * | of a pull request after another    | both boards first                 |
 */
describe('followUp', () => {
  it.each<[string, Release | undefined, Release, string[]]>([
    ['the same', aRelease({ pull: 12 }), aRelease({ pull: 12 }), []],
    ['only times differ', aRelease(), aRelease({ since: noon + 1, healthyAt: noon }), []],
    ['the first word', undefined, aRelease(), always],
    ['another phase', aRelease(), aRelease({ phase: 'progressing' }), always],
    [
      'it is degraded',
      aRelease(),
      aRelease({ phase: 'degraded' }),
      always.toSpliced(3, 0, 'guard-health/101/prod/checkout'),
    ],
    ['another health', aRelease(), aRelease({ health: { status: 'Suspended', reason: '' } }), always],
    ['another digest', aRelease(), aRelease({ digest: 'd2' }), always],
    ['another revision of the same digest', aRelease(), aRelease({ revision: 'e'.repeat(40) }), always],
    ['another reason', aRelease(), aRelease({ reason: 'web is not ready' }), always],
    ['drift is found', aRelease(), aRelease({ drift }), always],
    ['drift is found again', aRelease({ drift }), aRelease({ drift: { ...drift, count: 2 } }), always],
    ['drift is healed', aRelease({ drift }), aRelease({ drift: { ...drift, healed: true } }), always],
    ['of a pull request', undefined, aRelease({ pull: 12 }), ['review-pull/101#12', ...always]],
    [
      'of another pull request',
      aRelease({ pull: 12 }),
      aRelease({ pull: 13, digest: 'd2' }),
      ['review-pull/101#13', 'review-pull/101#12', ...always],
    ],
  ])('%s', (_, before, after, due) => {
    expect(keysOf(before, after)).toEqual(due)
  })
})
