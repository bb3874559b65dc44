import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../../src/domain/kubernetes-object.ts'
import { type Client, createClient, refusal } from './client.ts'
import { aConfigMap, aDeployment } from './objects.ts'

/** How objects end: at once, held by finalizers, with their owner, with their namespace. */
export function describeLifecycle(client: () => Client): void {
  const withMetadata = (object: KubernetesObject, metadata: object): KubernetesObject => ({
    ...object,
    metadata: { ...object.metadata, ...metadata },
  })
  const status = async (kind: string, name: string) => (await client().get(kind, name)).status

  describe('deletion', () => {
    it('answers what was deleted, or what stays until its end', async () => {
      await client().apply(aConfigMap('doomed'))
      expect((await client().remove('ConfigMap', 'doomed')).body).toMatchObject({
        kind: 'Status',
        status: 'Success',
      })
      expect(await status('ConfigMap', 'doomed')).toBe(404)
    })

    it('asks for the uid and the version that are meant', async () => {
      const { body } = await client().apply(aConfigMap('meant'))
      const uid = '00000000-0000-4000-8000-000000000000'
      expect(refusal(client(), await client().remove('ConfigMap', 'meant', { preconditions: { uid } })))
        .toMatchInlineSnapshot(`
          {
            "message": "Operation cannot be fulfilled on ConfigMap "meant": the UID in the precondition (UID) does not match the UID in record (UID). The object might have been deleted and then recreated",
            "reason": "Conflict",
            "status": 409,
          }
        `)
      const wrongVersion = await client().remove('ConfigMap', 'meant', {
        preconditions: { resourceVersion: '1' },
      })
      expect(refusal(client(), wrongVersion).status).toBe(409)
      const meant = { uid: body.metadata.uid, resourceVersion: body.metadata.resourceVersion }
      expect((await client().remove('ConfigMap', 'meant', { preconditions: meant })).status).toBe(200)
    })

    it('deletes nothing on a dry run', async () => {
      await client().apply(aConfigMap('tried'))
      expect((await client().remove('ConfigMap', 'tried', { dryRun: ['All'] })).status).toBe(200)
      expect(await status('ConfigMap', 'tried')).toBe(200)
      // Who sends options in the body asks for nothing by the address.
      await client().remove('ConfigMap', 'tried', {}, { dryRun: 'All' })
      expect(await status('ConfigMap', 'tried')).toBe(404)
    })

    it('waits for finalizers, and takes no new ones meanwhile', async () => {
      const finalizers = ['example.com/hold']
      await client().apply(withMetadata(aConfigMap('held'), { finalizers }))
      const { status: code, body } = await client().remove('ConfigMap', 'held')
      expect([code, body.metadata.finalizers]).toEqual([200, finalizers])
      expect(body.metadata).toMatchObject({
        deletionTimestamp: expect.any(String),
        deletionGracePeriodSeconds: 0,
      })
      const again = await client().remove('ConfigMap', 'held')
      expect([again.status, again.body.metadata.deletionTimestamp]).toEqual([
        200,
        body.metadata.deletionTimestamp,
      ])
      const more = await client().merge('ConfigMap', 'held', {
        metadata: { finalizers: [...finalizers, 'example.com/more'] },
      })
      expect(refusal(client(), more)).toMatchInlineSnapshot(`
        {
          "causes": [
            "metadata.finalizers: FieldValueForbidden: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}",
            "metadata.finalizers: FieldValueForbidden: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}",
          ],
          "message": "ConfigMap "held" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}",
          "reason": "Invalid",
          "status": 422,
        }
      `)
      const applied = await client().apply(withMetadata(aConfigMap('held', { a: '2' }), { finalizers }))
      expect([applied.status, applied.body.data, applied.body.metadata.deletionTimestamp]).toEqual([
        200,
        { a: '2' },
        body.metadata.deletionTimestamp,
      ])
      const freed = await client().merge('ConfigMap', 'held', { metadata: { finalizers: null } })
      expect(freed.status).toBe(200)
      expect(await status('ConfigMap', 'held')).toBe(404)
    })

    it('a new object under the same name has another uid', async () => {
      const first = await client().apply(aConfigMap('reborn'))
      await client().remove('ConfigMap', 'reborn')
      const second = await client().apply(aConfigMap('reborn'))
      expect(second.body.metadata.uid).not.toBe(first.body.metadata.uid)
    })
  })

  describe('owners', () => {
    const ownedBy = (owner: KubernetesObject, fields: object = {}) => ({
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          name: owner.metadata.name,
          uid: owner.metadata.uid,
          ...fields,
        },
      ],
    })
    const gone = async (name: string) => (await status('ConfigMap', name)) === 404

    it('what an object owned goes with it', async () => {
      const { body: owner } = await client().apply(aConfigMap('owner'))
      await client().apply(withMetadata(aConfigMap('owned'), ownedBy(owner)))
      await client().remove('ConfigMap', 'owner', { propagationPolicy: 'Background' })
      await expect.poll(() => gone('owned'), { timeout: 10_000 }).toBe(true)
    })

    it('or stays as an orphan', async () => {
      const { body: owner } = await client().apply(aConfigMap('parent'))
      await client().apply(withMetadata(aConfigMap('orphan'), ownedBy(owner)))
      await client().remove('ConfigMap', 'parent', { propagationPolicy: 'Orphan' })
      await expect.poll(() => gone('parent'), { timeout: 10_000 }).toBe(true)
      const references = async () => (await client().get('ConfigMap', 'orphan')).body.metadata.ownerReferences
      await expect.poll(references, { timeout: 10_000 }).toBeUndefined()
    })

    it('the owner waits for what it owns where that is wished', async () => {
      const { body: owner } = await client().apply(aConfigMap('waiting'))
      const owned = ownedBy(owner, { blockOwnerDeletion: true })
      await client().apply(
        withMetadata(aConfigMap('blocking'), { ...owned, finalizers: ['example.com/hold'] }),
      )
      const { body } = await client().remove('ConfigMap', 'waiting', { propagationPolicy: 'Foreground' })
      expect(body.metadata.finalizers).toEqual(['foregroundDeletion'])
      const isEnding = async () =>
        'deletionTimestamp' in (await client().get('ConfigMap', 'blocking')).body.metadata
      await expect.poll(isEnding, { timeout: 10_000 }).toBe(true)
      expect(await gone('waiting')).toBe(false)
      await client().merge('ConfigMap', 'blocking', { metadata: { finalizers: null } })
      await expect.poll(() => gone('waiting'), { timeout: 10_000 }).toBe(true)
    })

    it('an owner that never was takes what it owns away', async () => {
      const stranger = {
        ...aConfigMap('stranger'),
        metadata: { name: 'stranger', uid: '00000000-0000-4000-8000-000000000000' },
      }
      await client().apply(withMetadata(aConfigMap('lost'), ownedBy(stranger)))
      await expect.poll(() => gone('lost'), { timeout: 10_000 }).toBe(true)
    })

    it('a Deployment takes its pods along', async () => {
      await client().apply(aDeployment('family', { replicas: 1 }))
      const pods = async () =>
        (await client().list('Pod', { labelSelector: 'app=contract' })).body.items.length
      await expect.poll(pods, { timeout: 10_000 }).toBeGreaterThan(0)
      await client().remove('Deployment', 'family', { propagationPolicy: 'Background' })
      const sets = async () =>
        (await client().list('ReplicaSet')).body.items.filter(({ metadata }: KubernetesObject) =>
          metadata.name.startsWith('family'),
        ).length
      await expect.poll(sets, { timeout: 10_000 }).toBe(0)
    })
  })

  describe('namespaces', () => {
    it('take what is in them along, and nothing new in', async () => {
      const name = `${client().namespace}-ending`
      const namespace: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
      const created = await client().apply(namespace)
      expect(created.body.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': name })
      const within = createClient({ ...client().under, namespace: name })
      await within.apply(withMetadata(aConfigMap('held'), { finalizers: ['example.com/hold'] }))
      await within.apply(aConfigMap('free'))
      const deleted = await client().remove('Namespace', name)
      expect(deleted.body).toMatchObject({ status: { phase: 'Terminating' } })
      expect(refusal(within, await within.apply(aConfigMap('late')))).toMatchInlineSnapshot(`
        {
          "causes": [
            "metadata.namespace: NamespaceTerminating: namespace NAMESPACE is being terminated",
          ],
          "message": "configmaps "late" is forbidden: unable to create new content in namespace NAMESPACE because it is being terminated",
          "reason": "Forbidden",
          "status": 403,
        }
      `)
      const stillThere = await within.apply(
        withMetadata(aConfigMap('held', { a: '2' }), { finalizers: ['example.com/hold'] }),
      )
      expect(stillThere.status).toBe(200)
      await expect
        .poll(async () => (await within.get('ConfigMap', 'free')).status, { timeout: 10_000 })
        .toBe(404)
      const conditions = async () =>
        ((await client().get('Namespace', name)).body.status?.conditions ?? []).map(
          ({ type }: { type: string }) => type,
        )
      await expect.poll(conditions, { timeout: 10_000 }).toContain('NamespaceFinalizersRemaining')
      await within.merge('ConfigMap', 'held', { metadata: { finalizers: null } })
      await expect
        .poll(async () => (await client().get('Namespace', name)).status, { timeout: 20_000 })
        .toBe(404)
    })
  })
}
