import { afterAll, beforeAll, expect, it } from 'vitest'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { objectId } from '../../src/domain/kubernetes-object.ts'
import type { Release } from '../../src/domain/release.ts'
import { openApi } from '../emulator/cluster/contract/api-under-test.ts'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { openRealTarget, type RealTarget } from './open-real-target.ts'
import { aConfigMap, aDeployment } from './reconcile-target-doubles.ts'

/** Controllers of a real cluster take their time, more so on a busy machine. */
const patienceMs = 120_000

describeOnRealCluster('a release on a real API server', () => {
  const namespace = `apply-${process.pid}`
  const target = { application: namespace, environment: 'dev', cluster: 'real' }
  let real: RealTarget

  beforeAll(async () => {
    real = await openRealTarget(target)
  })
  afterAll(async () => {
    const home = await real.cluster.get(objectId(theNamespace))
    if (home?.metadata.uid) await real.cluster.delete(objectId(home), home.metadata.uid)
    await real.close()
  })

  const theNamespace: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  }
  const here = (object: KubernetesObject, annotations?: Record<string, string>): KubernetesObject => ({
    ...object,
    metadata: { ...object.metadata, namespace, ...(annotations && { annotations }) },
  })
  const until = async (phase: Release['phase']) => {
    let release: Release | undefined
    await expect
      .poll(async () => (release = (await real.look()).release)?.phase, { timeout: 50_000, interval: 200 })
      .toBe(phase)
      .catch((error: unknown) => {
        throw new Error(`never ${phase}: ${release?.phase}, ${release?.reason}`, { cause: error })
      })
    return release!
  }
  const live = (object: KubernetesObject) => real.cluster.get(objectId(here(object)))

  const definition = (kind: string): KubernetesObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.toLowerCase()}s.${namespace}.example` },
    spec: {
      group: `${namespace}.example`,
      scope: 'Namespaced',
      names: { plural: `${kind.toLowerCase()}s`, singular: kind.toLowerCase(), kind },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  })

  it(
    'goes through its layers: namespace, definition, custom resource, configuration',
    async () => {
      const coupon = here({
        apiVersion: `${namespace}.example/v1`,
        kind: 'Coupon',
        metadata: { name: 'ten' },
        spec: { percent: 10 },
      })
      real.ledger.attest([coupon, here(aConfigMap('settings')), definition('Coupon'), theNamespace], target)
      await until('healthy')
      expect(await real.cluster.get(objectId(coupon))).toMatchObject({ spec: { percent: 10 } })
    },
    patienceMs,
  )

  it(
    'takes over from kubectl, Helm, Argo CD and Flux what git no longer has, and a workload while controllers write it',
    async () => {
      const managers = ['kubectl', 'before-first-apply', 'helm', 'argocd-controller', 'kustomize-controller']
      const workload = here(aDeployment('adopted'))
      const paused = { ...(workload['spec'] as object), replicas: 1, paused: true }
      const before: [string, KubernetesObject][] = [
        ...managers.map((name): [string, KubernetesObject] => [
          name,
          here(aConfigMap(name, { key: 'old', gone: 'x' })),
        ]),
        ['kubectl', { ...workload, spec: paused }],
      ]
      for (const [fieldManager, object] of before) {
        const result = await real.cluster.apply(object, { fieldManager, force: false })
        expect(result.kind).toBe('applied')
      }
      const wanted = managers.map((name) => here(aConfigMap(name)))
      real.ledger.attest([theNamespace, definition('Coupon'), ...wanted, workload], target)
      await until('healthy')
      for (const [manager, object] of before) {
        const now = await live(object)
        expect(JSON.stringify(now?.metadata['managedFields'])).not.toContain(`"${manager}"`)
        expect(JSON.stringify(now)).not.toMatch(/"gone":|"paused":/)
      }
    },
    patienceMs,
  )

  it(
    'deletes nothing for a field that cannot be changed, unless somebody consents',
    async () => {
      const rest = [theNamespace, definition('Coupon')]
      const deployment = here(aDeployment())
      const other = structuredClone(deployment)
      const spec = other['spec'] as { selector: object; template: { metadata: { labels: object } } }
      spec.selector = { matchLabels: { app: 'other' } }
      spec.template.metadata.labels = { app: 'other' }
      real.ledger.attest([...rest, deployment], target)
      await until('healthy')
      const uid = (await live(deployment))?.metadata.uid
      real.ledger.attest([...rest, other], target)
      expect((await until('degraded')).reason).toContain('spec.selector cannot be changed')
      expect((await live(deployment))?.metadata.uid).toBe(uid)
      real.ledger.attest([...rest, here(other, { 'drawbridge.dev/recreate': 'yes' })], target)
      await until('healthy')
      expect((await live(deployment))?.metadata.uid).not.toBe(uid)
    },
    patienceMs,
  )

  it(
    'is at rest where the server writes values its own way, fills in others, and takes no status; text of a Secret goes with its key',
    async () => {
      const rest = [theNamespace, definition('Coupon')]
      const deployment = { ...here(aDeployment('resting')), status: { replicas: 7 } }
      const secret = (stringData: object) =>
        here({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'resting' }, stringData })
      real.ledger.attest([...rest, deployment, secret({ a: 'x', b: 'y' })], target)
      await until('healthy')
      await expect.poll(async () => (await real.look()).actions, { timeout: 10_000 }).toBe(0)
      expect((await real.look()).release?.drift).toBeUndefined()
      expect(await live(deployment)).toMatchObject({
        spec: {
          revisionHistoryLimit: 10,
          template: { spec: { containers: [{ resources: { limits: { cpu: '1', memory: '1Gi' } } }] } },
        },
        status: { replicas: 2 },
      })
      real.ledger.attest([...rest, deployment, secret({ a: 'x' })], target)
      await until('healthy')
      expect((await live(secret({})))?.['data']).toEqual({ a: 'eA==' })
    },
    patienceMs,
  )

  it(
    'keeps as many replicas as there are when an autoscaler begins to decide them, and then as many as that says',
    async () => {
      const rest = [theNamespace, definition('Coupon')]
      const deployment = here(aDeployment('scaled'))
      const replicas = async () => (await live(deployment))?.['spec'] as { replicas: number }
      const autoscaler = here({
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'scaled' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' },
          minReplicas: 1,
          maxReplicas: 5,
        },
      })
      const isApplied = async (image: string) => {
        await real.look()
        await expect.poll(async () => JSON.stringify(await live(deployment))).toContain(image)
      }
      real.ledger.attest([...rest, deployment], target)
      await until('healthy')
      expect(await replicas()).toMatchObject({ replicas: 2 })
      const next = here(aDeployment('scaled', 'registry.shop.example/checkout:2.0.0'))
      real.ledger.attest([...rest, next, autoscaler], target)
      await isApplied('checkout:2.0.0')
      expect(await replicas()).toMatchObject({ replicas: 2 })

      const api = await openApi(await sharedKubeconfig())
      const scale = `/apis/apps/v1/namespaces/${namespace}/deployments/scaled/scale`
      await api.call('PATCH', `${scale}?fieldManager=kube-controller-manager`, {
        body: { spec: { replicas: 4 } },
        contentType: 'application/merge-patch+json',
      })
      await api.close()
      const last = here(aDeployment('scaled', 'registry.shop.example/checkout:3.0.0'))
      real.ledger.attest([...rest, last, autoscaler], target)
      await isApplied('checkout:3.0.0')
      await real.look()
      expect(await replicas()).toMatchObject({ replicas: 4 })
      expect((await real.look()).release?.drift).toBeUndefined()
    },
    patienceMs,
  )

  it(
    'runs a Job once, though it is cleaned up as soon as it has completed, also for an agent that was not there then',
    async () => {
      const container = { name: 'run', image: 'registry.shop.example/seed:1' }
      const seed = here({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'seed' },
        spec: {
          ttlSecondsAfterFinished: 0,
          template: { spec: { restartPolicy: 'Never', containers: [container] } },
        },
      })
      real.ledger.attest([theNamespace, definition('Coupon'), seed], target)
      await expect
        .poll(async () => (await real.look(), await live(seed)), { timeout: 20_000, interval: 50 })
        .toBeDefined()
      await expect.poll(() => live(seed), { timeout: 30_000, interval: 200 }).toBeUndefined()
      await real.look()
      expect(await live(seed), 'after the look that found it gone').toBeUndefined()
      await until('healthy')
      await expect.poll(async () => (await real.look()).actions, { timeout: 10_000 }).toBe(0)
      await real.close()
      real = await openRealTarget(target, real.ledger)
      expect((await real.look()).release).toMatchObject({ phase: 'healthy' })
      expect(await live(seed)).toBeUndefined()
    },
    patienceMs,
  )

  it(
    'runs a hook before, and stops where it fails',
    async () => {
      const job = (command: string) =>
        here(
          {
            apiVersion: 'batch/v1',
            kind: 'Job',
            metadata: { name: 'migrate' },
            spec: {
              backoffLimit: 0,
              activeDeadlineSeconds: command === 'fail' ? 1 : 60,
              template: {
                spec: {
                  restartPolicy: 'Never',
                  nodeSelector: command === 'fail' ? { nowhere: 'yes' } : {},
                  containers: [{ name: 'run', image: `registry.shop.example/migrate:${command}` }],
                },
              },
            },
          },
          { 'drawbridge.dev/hook': 'before' },
        )
      const rest = [theNamespace, definition('Coupon')]
      real.ledger.attest([...rest, job('fail'), here(aConfigMap('late'))], target)
      expect((await until('degraded')).reason).toContain('hook before the release Job')
      expect(await live(aConfigMap('late'))).toBeUndefined()
      real.ledger.attest([...rest, job('work'), here(aConfigMap('late'))], target)
      await until('healthy')
      expect(await live(aConfigMap('late'))).toBeDefined()
    },
    patienceMs,
  )
})
