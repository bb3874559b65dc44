import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KubernetesObject, objectId } from '../../src/domain/kubernetes-object.ts'
import { describeOnRealCluster } from '../control-plane/real-cluster.ts'
import { hastyClock, openRealTarget, type RealTarget } from './open-real-target.ts'
import { aConfigMap } from './reconcile-target-doubles.ts'

const patienceMs = 120_000
const patience = { timeout: 60_000, interval: 200 }

/** Nobody listens there. */
const nowhere = { url: 'https://127.0.0.1:1/' }

describeOnRealCluster('where a webhook of a real cluster is down', () => {
  const namespace = `webhooks-${process.pid}`
  const group = `${namespace}.example`
  const home: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
  const definition = (versions: string[], conversion: object): KubernetesObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `coupons.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'coupons', singular: 'coupon', kind: 'Coupon' },
      versions: versions.map((name) => ({ name, served: true, storage: name === 'v1', schema })),
      conversion,
    },
  })
  const admission: KubernetesObject = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [
      {
        name: `settings.${group}`,
        clientConfig: nowhere,
        timeoutSeconds: 1,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['configmaps'] }],
      },
    ],
  }
  const place = { environment: 'dev', cluster: 'real' }
  let shop: RealTarget
  let search: RealTarget

  beforeAll(async () => {
    shop = await openRealTarget({ ...place, application: namespace }, undefined, undefined, hastyClock)
    search = await openRealTarget({ ...place, application: `${namespace}-search` }, shop.ledger)
    await install(home)
  })
  afterAll(async () => {
    for (const object of [admission, definition([], {}), home]) await remove(object)
    await shop.close()
    await search.close()
  })

  const live = (object: KubernetesObject) => shop.cluster.get(objectId(object))
  const install = async (object: KubernetesObject) => {
    const result = await shop.cluster.apply(object, { fieldManager: 'operator', force: true })
    expect(result.kind).toBe('applied')
  }
  const remove = async (object: KubernetesObject) => {
    const uid = (await live(object))?.metadata.uid
    if (uid !== undefined) await shop.cluster.delete(objectId(object), uid)
  }
  const here = (object: KubernetesObject): KubernetesObject => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  })
  const until = async ({ look }: RealTarget, phase: string) => {
    await expect.poll(async () => (await look()).release?.phase, patience).toBe(phase)
  }

  it(
    'that admits: it is tried again, and is no fault of the release',
    async () => {
      shop.ledger.attest([here(aConfigMap('settings'))], shop.target)
      await until(shop, 'healthy')
      await install(admission)
      const wanted = here(aConfigMap('settings', { key: 'new' }))
      const isClosed = async () =>
        shop.cluster.apply(wanted, { fieldManager: 'probe', force: true, dryRun: true }).then(
          () => 'open',
          () => 'down',
        )
      await expect.poll(isClosed, patience).toBe('down')
      shop.ledger.attest([wanted], shop.target)
      await until(shop, 'unreachable')
      await remove(admission)
      await until(shop, 'healthy')
      expect(await live(wanted)).toMatchObject({ data: { key: 'new' } })
    },
    patienceMs,
  )

  it(
    'that converts one kind: what has none of it goes on, and of what has it nothing is made anew or deleted',
    async () => {
      const coupon: KubernetesObject = {
        apiVersion: `${group}/v1`,
        kind: 'Coupon',
        metadata: { name: 'ten', namespace },
        spec: { percent: 10 },
      }
      await install(definition(['v1'], { strategy: 'None' }))
      shop.ledger.attest([here(aConfigMap('settings')), coupon], shop.target)
      await expect.poll(async () => (await shop.look(), await live(coupon)), patience).toBeDefined()
      shop.ledger.attest([here(aConfigMap('found'))], search.target)
      await until(search, 'healthy')
      const uid = (await live(coupon))?.metadata.uid
      const webhook = { clientConfig: nowhere, conversionReviewVersions: ['v1'] }
      await install(definition(['v1', 'v2'], { strategy: 'Webhook', webhook }))
      const isServed = async () => {
        const served = await shop.cluster.resources({ refresh: true })
        return served.some(({ kind, version }) => kind === 'Coupon' && version === 'v2')
      }
      await expect.poll(isServed, patience).toBe(true)
      await shop.close()
      shop = await openRealTarget(shop.target, shop.ledger, undefined, hastyClock)
      const second = { ...coupon, apiVersion: `${group}/v2` }
      const answer = () =>
        live(second).then(
          () => 'up',
          () => 'down',
        )
      await expect.poll(answer, patience).toBe('down')
      shop.ledger.attest([here(aConfigMap('settings'))], shop.target)
      const waiting = shop.look()
      const found = here(aConfigMap('found', { key: 'new' }))
      shop.ledger.attest([found], search.target)
      await until(search, 'healthy')
      expect((await live(found))?.['data']).toEqual({ key: 'new' })
      expect((await waiting).release).toMatchObject({ phase: 'unreachable' })
      await install(definition(['v1', 'v2'], { strategy: 'None' }))
      expect((await live(coupon))?.metadata.uid).toBe(uid)
      await until(shop, 'healthy')
      expect(await live(coupon)).toBeUndefined()
    },
    patienceMs,
  )
})
