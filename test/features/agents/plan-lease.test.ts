import { expect, it } from 'vitest'
import { leaseId, planLease, seeLease, toLease } from '../../../src/features/agents/plan-lease.ts'

const now = 1_000_000
const seen = { holder: 'b', resourceVersion: '5', transitions: 2, seenAt: now }

it.each`
  case                                     | lease                       | plan
  ${'nobody holds it'}                     | ${{ holder: '' }}           | ${{ kind: 'take', transitions: 3 }}
  ${'we hold it'}                          | ${{ holder: 'a' }}          | ${{ kind: 'renew' }}
  ${'another has just given a sign'}       | ${{}}                       | ${{ kind: 'wait', holder: 'b' }}
  ${'another, just before the end'}        | ${{ seenAt: now - 29_999 }} | ${{ kind: 'wait', holder: 'b' }}
  ${'another gave no sign for its length'} | ${{ seenAt: now - 30_000 }} | ${{ kind: 'take', transitions: 3 }}
`('$case', ({ lease, plan }) => expect(planLease({ ...seen, ...lease }, 'a', now)).toEqual(plan))

it('counts from when a change was seen by our own clock, whatever time it says', () => {
  const id = leaseId({ environment: 'prod', cluster: 'eu' })
  const object = toLease(id, { holder: 'b', transitions: 0, acquiredAt: 0 }, now * 9)
  const at = (resourceVersion: string) => ({ ...object, metadata: { ...object.metadata, resourceVersion } })
  const first = seeLease(at('1'), undefined, now)
  expect(seeLease(at('1'), first, now + 20_000).seenAt).toBe(now)
  expect(seeLease(at('2'), first, now + 20_000).seenAt).toBe(now + 20_000)
})

it('has one Lease for each slice', () => {
  const place = { environment: 'Prod_1', cluster: 'eu' }
  expect(leaseId(place).name).toBe('drawbridge.prod-1')
  expect(leaseId({ ...place, slice: { index: 2, of: 8 } }).name).toBe('drawbridge.prod-1.2-of-8')
})
