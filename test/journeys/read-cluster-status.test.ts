import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ObjectNode } from '../../src/features/status/object-tree.ts'
import { readClusterStatus } from '../../src/journeys/sync/read-cluster-status.ts'
import { aConfigMap, aDeployment, openShop, type Shop, target } from './reconcile-target-doubles.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
  shop.ledger.attest([aDeployment(), aConfigMap('settings')])
  await shop.until('healthy')
})
afterEach(() => shop.stop())

const now = () => shop.running.clock.now()
const attested = async () =>
  (await shop.ledger.read({ id: '7', owner: '', name: '', installation: '' }, 'dev'))?.attestations ?? []
const kindsOf = (nodes: ObjectNode[]): unknown[] =>
  nodes.map(({ id, children }) => (children.length > 0 ? [id.kind, kindsOf(children)] : id.kind))

describe('what a cluster says of itself', () => {
  it('is each target with its health, and whether it is what git says', async () => {
    const attestations = await attested()
    const pause = { ...target, application: '*', reason: 'a migration', by: 'ada', at: now() }
    const rendered = { attestations, pauses: [pause] }
    const [found] = await readClusterStatus(shop.cluster, {}, { rendered }, now())
    expect(found).toMatchObject({
      target,
      state: 'current',
      revision: attestations[0]?.revision,
      pause,
      health: { status: 'Healthy' },
    })
    expect(found?.objects.map(({ id }) => id.kind).toSorted()).toEqual(['ConfigMap', 'Deployment'])
  })

  it.each`
    aheadMs       | by
    ${0}          | ${'ada'}
    ${7_200_000}  | ${undefined}
    ${-7_200_000} | ${'ada'}
  `(
    'is paused until the end of the pause by the cluster’s clock, $aheadMs ms ahead: by $by',
    async ({ aheadMs, by }) => {
      shop.aheadMs = aheadMs
      const pause = { ...target, reason: 'a migration', by: 'ada', at: now(), until: now() + 3_600_000 }
      const rendered = { attestations: await attested(), pauses: [pause] }
      const [found] = await readClusterStatus(shop.cluster, {}, { rendered }, now())
      expect(found?.pause?.by).toBe(by)
    },
  )

  it('is behind where git goes on, and gone where it names the target no more', async () => {
    shop.ledger.attest([aDeployment('checkout', 'registry.shop.example/checkout:1.9.0')])
    const states = async () =>
      (
        await readClusterStatus(
          shop.cluster,
          {},
          { rendered: { attestations: await attested(), pauses: [] } },
          now(),
        )
      ).map(({ state }) => state)
    expect(await states()).toEqual(['behind'])
    shop.ledger.withdraw()
    expect(await states()).toEqual(['gone'])
  })

  it('names what is not there', async () => {
    shop.running.emulator.delete({ kind: 'ConfigMap', namespace: 'shop', name: 'settings' })
    const [found] = await readClusterStatus(shop.cluster, {}, {}, now())
    expect(found?.health).toEqual({ status: 'Missing', reason: 'ConfigMap settings is not there' })
    expect(found).not.toHaveProperty('state')
  })

  it('is narrowed to an application and an environment', async () => {
    const count = async (filter: Parameters<typeof readClusterStatus>[1]) =>
      (await readClusterStatus(shop.cluster, filter, {}, now())).length
    expect(await count({ application: 'checkout', environment: 'dev' })).toBe(1)
    expect(await count({ application: 'other' })).toBe(0)
    expect(await count({ environment: 'prod' })).toBe(0)
  })

  it('is a tree down to the pods', async () => {
    const [found] = await readClusterStatus(shop.cluster, {}, { withChildren: true }, now())
    expect(kindsOf(found?.objects ?? [])).toEqual(
      expect.arrayContaining(['ConfigMap', ['Deployment', [['ReplicaSet', ['Pod', 'Pod']]]]]),
    )
  })
})
