import { expect, it } from 'vitest'
import { clockSkew } from '../../../src/adapters/kubernetes/clock-skew.ts'
import { createCluster } from '../../../src/adapters/kubernetes/create-cluster.ts'
import { seededRandom, silentLog, startCluster } from '../../emulator/cluster/start-cluster.ts'

const noon = Date.parse('2026-11-19T12:00:00Z')
const date = 'Thu, 19 Nov 2026 12:00:00 GMT'

it.each`
  case                         | asked            | answered         | skew
  ${'at the same time'}        | ${noon}          | ${noon + 20}     | ${0}
  ${'late in the same second'} | ${noon + 980}    | ${noon + 999}    | ${0}
  ${'within a slow answer'}    | ${noon - 9_000}  | ${noon + 9_000}  | ${0}
  ${'we are behind'}           | ${noon - 42_000} | ${noon - 41_000} | ${41_000}
  ${'we are ahead'}            | ${noon + 42_999} | ${noon + 43_500} | ${-42_000}
`('$case → $skew ms', ({ asked, answered, skew }) => {
  expect(clockSkew(date, asked, answered)).toBe(skew)
})

it.each([undefined, 'soon', ['a', 'b']])('is not known from %s', (header) => {
  expect(clockSkew(header, noon, noon)).toBeUndefined()
})

it('is measured with every answer of the API server', async () => {
  const { kubeconfig, clock, stop } = await startCluster()
  const ours = { ...clock, now: () => clock.now() - 60_000 }
  const options = { name: 'dev', kubeconfig, clock: ours, random: seededRandom(), log: silentLog }
  const cluster = createCluster(options)
  expect(cluster.clockSkew()).toBeUndefined()
  await cluster.identity()
  expect(cluster.clockSkew()).toBe(60_000)
  await cluster.close()
  await stop()
})
