import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KubernetesObject, objectId, objectKey } from '../../src/domain/kubernetes-object.ts'
import {
  type Inventory,
  type InventoryEntry,
  inventoryId,
  inventoryObjects,
  parseInventory,
} from '../../src/features/sync/inventory.ts'
import { ownershipLabels } from '../../src/features/sync/ownership.ts'
import { openInventoryWriter } from '../../src/journeys/sync/write-inventory.ts'
import { describeOnRealCluster } from '../control-plane/real-cluster.ts'
import { openRealTarget, type RealTarget } from './open-real-target.ts'
import { aConfigMap, repository } from './reconcile-target-doubles.ts'

const patienceMs = 120_000

describeOnRealCluster('what was applied is found again', () => {
  const namespace = `lost-${process.pid}`
  const target = { application: namespace, environment: 'dev', cluster: 'real' }
  const home: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  const here = (object: KubernetesObject): KubernetesObject => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  })
  const settings = here(aConfigMap('settings'))
  const service = here({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, protocol: 'TCP' }] },
  })
  /** Kinds that the releases after the loss do not have any more. */
  const dropped = [
    here({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    }),
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: namespace }, value: 10 },
  ]
  let real: RealTarget

  beforeAll(async () => {
    real = await openRealTarget(target)
  })
  afterAll(async () => {
    for (const object of [...dropped, home]) {
      const uid = (await live(object))?.metadata.uid
      if (uid !== undefined) await real.cluster.delete(objectId(object), uid)
    }
    await real.close()
  })

  const live = (object: KubernetesObject) => real.cluster.get(objectId(object))
  const reason = async () => (await real.look()).release?.reason
  const phase = async () => (await real.look()).release?.phase

  it(
    'after its record is lost, whatever its kind, and nothing of controllers is taken for it',
    async () => {
      real.ledger.attest([home, settings, service, ...dropped], target)
      await expect.poll(phase, { timeout: 50_000, interval: 200 }).toBe('healthy')
      const endpoints: KubernetesObject = { ...service, kind: 'Endpoints' }
      const labels = ownershipLabels(repository, target)
      const labelsOfEndpoints = async () => (await live(endpoints))?.metadata.labels
      await expect.poll(labelsOfEndpoints, { timeout: 30_000 }).toMatchObject(labels)
      const uid = (await live(endpoints))?.metadata.uid

      const record = await real.cluster.get(inventoryId(target))
      await real.cluster.delete(inventoryId(target), record?.metadata.uid ?? '')
      await real.close()
      const { ledger } = real
      real = await openRealTarget(target, ledger)
      ledger.attest([home, settings, service], target)
      expect(await reason()).toContain('deleted once it was seen twice')
      for (const object of dropped) expect(await live(object)).toBeDefined()
      await expect.poll(reason, { timeout: 30_000, interval: 200 }).toBe('')
      for (const object of dropped) expect(await live(object)).toBeUndefined()
      expect((await live(endpoints))?.metadata.uid).toBe(uid)
    },
    patienceMs,
  )

  it(
    'by its record, also where that is larger than an object may be',
    async () => {
      const other = { ...target, application: `${namespace}-large` }
      const objects = Array.from({ length: 7_000 }, (_, index) => here(aConfigMap(`settings-${index}`)))
      const entries = objects.map((object): [string, InventoryEntry] => {
        const id = objectId(object)
        const hash = 'f'.repeat(16)
        const uid = '0b8f5c4e-2d1c-4b6e-9a57-3f2e1d0c9b8a'
        return [objectKey(id), { id, uid, applied: hash, fields: hash, meta: hash, version: '4711', at: 0 }]
      })
      const inventory: Inventory = { revision: 'r', digest: 'd', sequence: 1, entries: new Map(entries) }
      const { cluster, view } = real
      const writer = openInventoryWriter(cluster, view, repository, other, [])
      await writer.write(inventory)
      expect(writer.writes()).toBeGreaterThan(1)
      const stored = await cluster.list({ group: '', kind: 'ConfigMap' }, ownershipLabels(repository, other))
      const parts = inventoryObjects(other, (id) =>
        stored.objects.find(({ metadata }) => metadata.name === id.name),
      )
      expect(parts).toHaveLength(stored.objects.length)
      expect(parseInventory(parts)).toEqual(inventory)
      inventory.entries = new Map(entries.slice(0, 10))
      await openInventoryWriter(cluster, view, repository, other, parts).write(inventory)
      expect(await Promise.all(parts.slice(1).map(live))).toEqual(parts.slice(1).map(() => undefined))
    },
    patienceMs,
  )
})
