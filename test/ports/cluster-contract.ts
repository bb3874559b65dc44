import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { objectId } from '../../src/domain/kubernetes-object.ts'
import { fieldManager } from '../../src/features/sync/ownership.ts'
import { planAdoption } from '../../src/features/sync/plan-adoption.ts'
import type { Cluster, WatchEvent } from '../../src/ports/cluster.ts'

export interface ClusterUnderTest {
  cluster: Cluster
  /** Writes as somebody else: merges `patch` into the object under the manager's name. */
  edit(object: KubernetesObject, patch: object, manager: string): Promise<void>
  stop(): Promise<void>
}

const manager = 'drawbridge-contract'
const apply = { fieldManager: manager, force: false }

/** What every implementation of the port must do; `namespace` is made for the run, so that a real server can be used. */
export function describeCluster(
  name: string,
  start: () => Promise<ClusterUnderTest>,
  namespace: string,
): void {
  describe(`Cluster port on ${name}`, () => {
    let under: ClusterUnderTest
    let cluster: Cluster
    const labels = { 'drawbridge.dev/contract': namespace }

    beforeAll(async () => {
      under = await start()
      cluster = under.cluster
      await cluster.apply(
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
        apply,
      )
    })
    afterAll(async () => {
      const object = await cluster.get(objectId(aNamespace(namespace)))
      if (object) await cluster.delete(objectId(object), object.metadata.uid!)
      await under.stop()
    })

    const aConfigMap = (name: string, data: Record<string, string>): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace, labels },
      data,
    })
    const applied = async (object: KubernetesObject, options = apply) => {
      const result = await cluster.apply(object, options)
      if (result.kind !== 'applied') throw new Error(`expected applied, got ${JSON.stringify(result)}`)
      return result.object
    }

    it('tells the cluster apart by the uid of kube-system', async () => {
      expect(await cluster.identity()).toMatch(/^[0-9a-f-]{36}$/)
      expect(await cluster.identity()).toBe(await cluster.identity())
    })

    it('tells how far the clocks are apart', async () => {
      await cluster.get(objectId(aNamespace(namespace)))
      expect(Math.abs(cluster.clockSkew() ?? Infinity)).toBeLessThan(2_000)
    })

    it('knows what the server serves', async () => {
      const resources = await cluster.resources()
      expect(resources).toContainEqual({
        group: 'apps',
        version: 'v1',
        kind: 'Deployment',
        plural: 'deployments',
        isNamespaced: true,
      })
      expect(resources.find(({ kind }) => kind === 'Namespace')?.isNamespaced).toBe(false)
    })

    it('applies, reads back, and applies again without a new version', async () => {
      const object = aConfigMap('again', { a: '1' })
      const first = await applied(object)
      expect(await cluster.get(objectId(object))).toMatchObject({ data: { a: '1' } })
      expect((await applied(object)).metadata.resourceVersion).toBe(first.metadata.resourceVersion)
    })

    it('gives undefined for what is not there', async () => {
      expect(await cluster.get(objectId(aConfigMap('nobody', {})))).toBeUndefined()
    })

    it('removes what is no longer applied and keeps what others own', async () => {
      const object = aConfigMap('owned', { a: '1', b: '2' })
      await applied(object)
      await under.edit(object, { data: { theirs: 'x' } }, 'somebody')
      const live = await applied(aConfigMap('owned', { a: '1' }))
      expect(live['data']).toEqual({ a: '1', theirs: 'x' })
    })

    it('answers a conflict with manager and field, and takes over by force', async () => {
      const object = aConfigMap('contested', { a: '1' })
      await applied(object)
      await under.edit(object, { data: { a: 'theirs' } }, 'somebody')
      expect(await cluster.apply(object, apply)).toEqual({
        kind: 'conflict',
        conflicts: [{ manager: 'somebody', field: '.data.a' }],
      })
      expect((await applied(object, { ...apply, force: true }))['data']).toEqual({ a: '1' })
    })

    it('applies only to the version that is named', async () => {
      const first = await applied(aConfigMap('swapped', { a: '1' }))
      const { resourceVersion } = first.metadata
      const swap = { ...apply, force: true, resourceVersion }
      await applied(aConfigMap('swapped', { a: '2' }), swap)
      expect(await cluster.apply(aConfigMap('swapped', { a: '3' }), swap)).toEqual({
        kind: 'conflict',
        conflicts: [],
      })
      expect(await cluster.get(objectId(first))).toMatchObject({ data: { a: '2' } })
    })

    it('writes nothing on a dry run', async () => {
      const object = aConfigMap('dry', { a: '1' })
      expect(await cluster.apply(object, { ...apply, dryRun: true })).toMatchObject({ kind: 'applied' })
      expect(await cluster.get(objectId(object))).toBeUndefined()
    })

    it('refuses unknown fields by name', async () => {
      const object = { ...aConfigMap('typo', {}), dta: {} }
      expect(await cluster.apply(object, apply)).toMatchObject({ kind: 'invalid' })
    })

    it('refuses an immutable change by field, without quoting a value', async () => {
      const service = (clusterIP: string): KubernetesObject => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'fixed', namespace, labels },
        spec: { clusterIP, selector: { app: 'x' }, ports: [{ port: 80 }] },
      })
      await applied(service('None'))
      const result = await cluster.apply(service('10.96.77.1'), apply)
      expect(result).toMatchObject({ kind: 'invalid' })
      expect(JSON.stringify(result)).not.toContain('10.96.77.1')
    })

    it('says that a kind is not served', async () => {
      const object = { apiVersion: 'nowhere.example/v1', kind: 'Nothing', metadata: { name: 'x', namespace } }
      expect(await cluster.apply(object, apply)).toEqual({ kind: 'unknown-kind' })
    })

    it('is denied in a namespace that is not there', async () => {
      const object = aConfigMap('lost', {})
      object.metadata.namespace = `${namespace}-none`
      expect(await cluster.apply(object, apply)).toMatchObject({ kind: 'denied' })
    })

    it('lists by label across namespaces', async () => {
      await applied(aConfigMap('listed', {}))
      const { objects, resourceVersion } = await cluster.list({ group: '', kind: 'ConfigMap' }, labels)
      expect(objects.map((object) => object.metadata.name)).toContain('listed')
      expect(
        objects.every((object) => object.metadata.labels?.['drawbridge.dev/contract'] === namespace),
      ).toBe(true)
      expect(objects[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' })
      expect(resourceVersion).not.toBe('')
    })

    it('finds what a query selects in one namespace, events by the uid of what they are about', async () => {
      const about = await applied(aConfigMap('told-of', {}))
      const event = (name: string, uid: string): KubernetesObject => ({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace },
        involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'told-of', uid },
        type: 'Warning',
        reason: 'Failed',
        message: 'it is told of',
      })
      const { uid } = about.metadata
      await applied(event('told', uid!))
      await applied(event('of-another', '00000000-0000-4000-8000-000000000000'))
      const events = await cluster.find(
        { group: '', kind: 'Event' },
        { namespace, fieldSelector: `involvedObject.uid=${uid}` },
      )
      expect(events).toMatchObject([{ apiVersion: 'v1', kind: 'Event', metadata: { name: 'told' } }])
      const labelSelector = 'drawbridge.dev/contract,!absent,drawbridge.dev/contract notin (other)'
      const maps = await cluster.find({ group: '', kind: 'ConfigMap' }, { namespace, labelSelector })
      expect(maps).toContainEqual(expect.objectContaining({ metadata: about.metadata }))
      expect(await cluster.find({ group: 'nowhere.example', kind: 'Nothing' }, { namespace })).toEqual([])
    })

    it('deletes only the object with the uid', async () => {
      const live = await applied(aConfigMap('doomed', {}))
      expect(await cluster.delete(objectId(live), '00000000-0000-4000-8000-000000000000')).toBe('replaced')
      expect(await cluster.delete(objectId(live), live.metadata.uid!)).toBe('deleted')
      expect(await cluster.delete(objectId(live), live.metadata.uid!)).toBe('gone')
    })

    it('hands what another manager owns over by a patch, and only of the version that was looked at', async () => {
      const object = aConfigMap('handed-over', { key: 'value' })
      await applied({ ...object, data: { key: 'old', gone: 'x' } }, { ...apply, fieldManager: 'kubectl' })
      const live = (await cluster.get(objectId(object)))!
      const operations = planAdoption(live, object)!
      const stale = [{ op: 'test' as const, path: '/metadata/resourceVersion', value: '1' }, ...operations]
      expect(await cluster.patch(objectId(object), stale, { fieldManager })).toBe('stale')
      expect(await cluster.patch(objectId(object), operations, { fieldManager })).toBe('patched')
      const now = await applied(object, { fieldManager, force: false })
      expect(now['data']).toEqual({ key: 'value' })
      expect(await cluster.patch(objectId(aConfigMap('nobody', {})), operations, { fieldManager })).toBe(
        'gone',
      )
    })

    it('says which fields cannot be changed', async () => {
      const claim = (size: string, storageClassName: string): KubernetesObject => ({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'fixed', namespace },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName,
          resources: { requests: { storage: size } },
        },
      })
      await applied(claim('1Gi', 'slow'))
      const changed = await cluster.apply(claim('1Gi', 'fast'), apply)
      expect(changed).toMatchObject({ kind: 'invalid', immutable: [expect.stringContaining('spec')] })
      const seal = { ...aConfigMap('sealed', { a: '1' }), immutable: true }
      await applied(seal)
      const opened = await cluster.apply({ ...seal, data: { a: '2' } }, apply)
      expect(opened).toMatchObject({ kind: 'invalid', immutable: ['data'] })
    })

    it('watches: first what is there, then what happens', async () => {
      await applied(aConfigMap('watched', { a: '1' }))
      const events: WatchEvent[] = []
      const stop = new AbortController()
      const synced = new Promise<void>((resolve) => {
        const handlers = { onEvent: (event: WatchEvent) => void events.push(event), onSynced: resolve }
        void cluster.watch({ group: '', kind: 'ConfigMap' }, labels, handlers, stop.signal)
      })
      await synced
      const seen = () =>
        events.filter(({ object }) => object.metadata.name === 'watched').map(({ type }) => type)
      expect(seen()).toEqual(['ADDED'])
      const live = await applied(aConfigMap('watched', { a: '2' }))
      await expect.poll(seen).toEqual(['ADDED', 'MODIFIED'])
      await cluster.delete(objectId(live), live.metadata.uid!)
      await expect.poll(seen).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
      stop.abort()
    })

    it('serves a custom kind once its definition is established', async () => {
      const kind = `Widget${namespace.replaceAll('-', '')}`
      const plural = `${kind.toLowerCase()}s`
      const definition = aDefinition(plural, kind)
      const live = await applied(definition)
      const isEstablished = async () =>
        JSON.stringify((await cluster.get(objectId(live)))?.['status'] ?? '').includes('Established')
      await expect.poll(isEstablished, { timeout: 5000 }).toBe(true)
      await cluster.resources({ refresh: true })
      const widget = {
        apiVersion: 'contract.drawbridge.dev/v1',
        kind,
        metadata: { name: 'one', namespace, labels },
        spec: { size: 3 },
      }
      await expect
        .poll(async () => (await cluster.apply(widget, apply)).kind, { timeout: 5000 })
        .toBe('applied')
      await cluster.delete(objectId(live), live.metadata.uid!)
    })
  })
}

function aNamespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

function aDefinition(plural: string, kind: string): KubernetesObject {
  const group = 'contract.drawbridge.dev'
  const schema = {
    type: 'object',
    properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  }
}
