import { afterEach, beforeEach, expect, it } from 'vitest'
import { aCoupon, couponDefinition } from '../../emulator/cluster/coupons.ts'
import { type RunningCluster, startCluster } from '../../emulator/cluster/start-cluster.ts'

let running: RunningCluster

beforeEach(async () => {
  running = await startCluster()
})
afterEach(() => running.stop())

const definition = couponDefinition('Cluster')
const coupon = aCoupon()

it('asks only for the group of a kind that it does not know yet', async () => {
  const { cluster, emulator, clock } = running
  const options = { fieldManager: 'drawbridge', force: false }
  await cluster.apply(definition, options)
  emulator.requests.length = 0
  const tries = async () => {
    await clock.advance(1000)
    return (await cluster.apply(coupon, options)).kind
  }
  await expect.poll(tries).toBe('applied')
  const asked = emulator.requests.filter(({ method, path }) => method === 'GET' && path.startsWith('/api'))
  expect(new Set(asked.map(({ path }) => path))).toEqual(
    new Set(['/apis/shop.example', '/apis/shop.example/v1']),
  )
  expect((await cluster.resources()).some(({ kind }) => kind === 'Deployment')).toBe(true)
})
