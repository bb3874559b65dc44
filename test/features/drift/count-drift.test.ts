import { expect, it } from 'vitest'
import type { ObjectDrift, Release } from '../../../src/domain/release.ts'
import { countDrift } from '../../../src/features/drift/count-drift.ts'

const aDrift = (
  at: number,
  healed: boolean,
  count: number,
  more: Partial<ObjectDrift> = {},
): ObjectDrift => ({
  at,
  object: 'ConfigMap shop/a',
  fields: [],
  manager: 'rival',
  healed,
  count,
  ...more,
})
const aRelease = (drift?: Release['drift']): Release => ({
  target: { application: 'checkout', environment: 'prod', cluster: 'eu' },
  revision: '',
  digest: '',
  phase: 'healthy',
  health: { status: 'Healthy', reason: '' },
  since: 0,
  reason: '',
  ...(drift && { drift }),
})

/*
 * | before               | after                          | seen | healed |
 * | nothing              | healed                         | 1    | 1      |
 * | nothing              | not healed                     | 1    | 0      |
 * | healed               | the same word                  | 0    | 0      |
 * | healed               | held back                      | 1    | 0      |
 * | held back            | the same word                  | 0    | 0      |
 * | held back            | healed                         | 0    | 1      |
 * | healed once          | healed three times             | 2    | 2      |
 * | healed, long ago     | healed, counted anew           | 1    | 1      |
 */
it.each`
  case                        | before                 | after                  | seen | healed
  ${'healed at once'}         | ${undefined}           | ${aDrift(1, true, 1)}  | ${1} | ${1}
  ${'not healed'}             | ${undefined}           | ${aDrift(1, false, 0)} | ${1} | ${0}
  ${'healed, as said before'} | ${aDrift(1, true, 1)}  | ${aDrift(1, true, 1)}  | ${0} | ${0}
  ${'again, and held back'}   | ${aDrift(1, true, 1)}  | ${aDrift(1, false, 1)} | ${1} | ${0}
  ${'held back, still'}       | ${aDrift(1, false, 1)} | ${aDrift(1, false, 1)} | ${0} | ${0}
  ${'healed after a while'}   | ${aDrift(1, false, 1)} | ${aDrift(9, true, 2)}  | ${0} | ${1}
  ${'healed twice meanwhile'} | ${aDrift(1, true, 1)}  | ${aDrift(9, true, 3)}  | ${2} | ${2}
  ${'healed, counted anew'}   | ${aDrift(1, true, 4)}  | ${aDrift(9, true, 1)}  | ${1} | ${1}
`('$case: $seen seen, $healed healed', ({ before, after, seen, healed }) => {
  const counts = countDrift(aRelease(before), aRelease(after))
  expect(counts).toEqual(seen + healed === 0 ? [] : [{ manager: 'rival', seen, healed }])
})

it('counts each object, and nothing where nothing drifted', () => {
  const { manager: _, ...deleted } = aDrift(1, true, 1, { object: 'ConfigMap shop/b' })
  const drift = { ...aDrift(1, true, 1), others: [deleted] }
  expect(countDrift(undefined, aRelease(drift))).toEqual([
    { manager: 'rival', seen: 1, healed: 1 },
    { seen: 1, healed: 1 },
  ])
  expect(countDrift(aRelease(drift), aRelease())).toEqual([])
})
