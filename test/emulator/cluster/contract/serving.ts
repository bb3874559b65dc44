import { describe, expect, it } from 'vitest'
import { type Client, refusal } from './client.ts'
import { aConfigMap, aDeployment, least } from './objects.ts'

const aggregated = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' }

/** Discovery, dry runs, admission and rights. */
export function describeServing(client: () => Client): void {
  describe('discovery', () => {
    it('tells all kinds at once, with verbs, scopes and subresources', async () => {
      const { body, headers } = await client().under.call('GET', '/apis', { headers: aggregated })
      expect(headers['content-type']).toContain('as=APIGroupDiscoveryList')
      const apps = body.items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === 'apps')
      const [version] = apps.versions
      expect([version.version, version.freshness]).toEqual(['v1', 'Current'])
      const deployments = version.resources.find(
        ({ resource }: { resource: string }) => resource === 'deployments',
      )
      expect(deployments).toMatchObject({
        // No group and version: those of the list.
        responseKind: { group: '', version: '', kind: 'Deployment' },
        scope: 'Namespaced',
        singularResource: 'deployment',
        verbs: expect.arrayContaining(['get', 'list', 'patch', 'watch']),
      })
      const subresources = deployments.subresources.map(
        ({ subresource }: { subresource: string }) => subresource,
      )
      expect(subresources).toContain('status')
    })

    it('puts the core group under /api, without a name', async () => {
      const { body } = await client().under.call('GET', '/api', { headers: aggregated })
      expect(body.items).toHaveLength(1)
      expect(body.items[0].versions[0].version).toBe('v1')
      const pods = body.items[0].versions[0].resources.find(
        ({ resource }: { resource: string }) => resource === 'pods',
      )
      expect(pods.responseKind).toEqual({ group: '', version: '', kind: 'Pod' })
    })

    it('tells the versions of one group, and that one is not there', async () => {
      const { body } = await client().under.call('GET', '/apis/apps')
      const v1 = { groupVersion: 'apps/v1', version: 'v1' }
      expect(body).toEqual({
        kind: 'APIGroup',
        apiVersion: 'v1',
        name: 'apps',
        versions: [v1],
        preferredVersion: v1,
      })
      expect((await client().under.call('GET', '/apis/absent.example')).status).toBe(404)
    })

    it('answers 304 to who knows it already', async () => {
      // A definition that has just gone may still change the answer.
      const askAgain = async () => {
        const { headers } = await client().under.call('GET', '/apis', { headers: aggregated })
        const known = { ...aggregated, 'if-none-match': String(headers['etag']) }
        return (await client().under.call('GET', '/apis', { headers: known })).status
      }
      await expect.poll(askAgain, { timeout: 10_000 }).toBe(304)
    })

    it('tells its version and that it is well', async () => {
      expect((await client().under.call('GET', '/version')).body).toMatchObject({
        major: '1',
        minor: expect.stringMatching(/^\d+$/),
      })
      expect((await client().under.call('GET', '/readyz')).body).toBe('ok')
    })
  })

  describe('dry runs', () => {
    it('answer as if, and write nothing', async () => {
      const { body, status } = await client().apply(aConfigMap('dry'), { dryRun: 'All' })
      expect(status).toBe(201)
      expect(body.metadata).toMatchObject({ uid: expect.any(String), creationTimestamp: expect.any(String) })
      expect(body.metadata).not.toHaveProperty('resourceVersion')
      expect((await client().get('ConfigMap', 'dry')).status).toBe(404)
    })

    it('of a change keep the version', async () => {
      const before = (await client().apply(aConfigMap('dry-change'))).body.metadata.resourceVersion
      const { body } = await client().apply(aConfigMap('dry-change', { a: '2' }), { dryRun: 'All' })
      expect([body.data, body.metadata.resourceVersion]).toEqual([{ a: '2' }, before])
      expect((await client().get('ConfigMap', 'dry-change')).body.data).toEqual({ a: '1' })
    })

    it('count the generation that a change would have', async () => {
      await client().apply(aDeployment('dry-spec', { replicas: 0, paused: true }))
      const { body } = await client().apply(aDeployment('dry-spec', { replicas: 0, paused: false }), {
        dryRun: 'All',
      })
      expect(body.metadata.generation).toBe(2)
    })
  })

  describe('names that the server makes', () => {
    it('begin as asked', async () => {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'made-' }, data: {} }
      const { body, status } = await client().create(object as never)
      expect([status, body.metadata.name]).toEqual([201, expect.stringMatching(/^made-[a-z0-9]{5}$/)])
    })
  })

  describe('rights', () => {
    const as = (user: string) => ({ headers: { 'impersonate-user': user } })

    it('who has none is told what is missing', async () => {
      await client().under.permit('nobody', ['get'])
      const reads = async () =>
        (await client().under.call('GET', client().at('ConfigMap', 'none'), as('nobody'))).status
      await expect.poll(reads, { timeout: 10_000 }).toBe(404)
      expect(refusal(client(), await client().list('ConfigMap', {}, as('nobody')))).toMatchInlineSnapshot(`
        {
          "message": "configmaps is forbidden: User "nobody" cannot list resource "configmaps" in API group "" in the namespace "NAMESPACE"",
          "reason": "Forbidden",
          "status": 403,
        }
      `)
      expect(refusal(client(), await client().apply(least['Deployment']!, { dryRun: 'All' }, as('nobody'))))
        .toMatchInlineSnapshot(`
        {
          "message": "deployments.apps "least" is forbidden: User "nobody" cannot patch resource "deployments" in API group "apps" in the namespace "NAMESPACE"",
          "reason": "Forbidden",
          "status": 403,
        }
      `)
    })

    it('to change is not to create', async () => {
      await client().under.permit('keeper', ['get', 'patch'])
      await client().apply(aConfigMap('kept'))
      const change = async () =>
        (await client().apply(aConfigMap('kept', { a: '2' }), { force: 'true' }, as('keeper'))).status
      await expect.poll(change, { timeout: 10_000 }).toBe(200)
      expect(refusal(client(), await client().apply(aConfigMap('kept-new'), {}, as('keeper'))))
        .toMatchInlineSnapshot(`
        {
          "message": "configmaps "kept-new" is forbidden: User "keeper" cannot create resource "configmaps" in API group "" in the namespace "NAMESPACE"",
          "reason": "Forbidden",
          "status": 403,
        }
      `)
    })

    it('who is nobody is asked who they are', async () => {
      const { status, body } = await client().under.call('GET', '/api/v1/namespaces', {
        headers: { authorization: 'Bearer wrong' },
      })
      expect([status, body.reason, body.message]).toEqual([401, 'Unauthorized', 'Unauthorized'])
    })
  })

  describe('admission', () => {
    it('denies in words of its own', async () => {
      await client().under.refuse('contract.drawbridge.dev/refused', 'images come from our registry')
      const refused = aConfigMap('refused')
      refused.metadata['annotations'] = { 'contract.drawbridge.dev/refused': 'yes' }
      const denied = async () => refusal(client(), await client().apply(refused, { dryRun: 'All' }))
      await expect.poll(async () => (await denied()).status, { timeout: 15_000 }).not.toBe(201)
      expect(await denied()).toMatchInlineSnapshot(`
        {
          "causes": [
            ": : ValidatingAdmissionPolicy 'NAMESPACE' with binding 'NAMESPACE' denied request: images come from our registry",
          ],
          "message": "configmaps "refused" is forbidden: ValidatingAdmissionPolicy 'NAMESPACE' with binding 'NAMESPACE' denied request: images come from our registry",
          "reason": "Invalid",
          "status": 422,
        }
      `)
      expect((await client().apply(aConfigMap('allowed'), { dryRun: 'All' })).status).toBe(201)
    })
  })
}
