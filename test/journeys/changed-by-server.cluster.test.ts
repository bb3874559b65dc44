import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KubernetesObject, objectId } from '../../src/domain/kubernetes-object.ts'
import { describeOnRealCluster } from '../control-plane/real-cluster.ts'
import { openRealTarget, type RealTarget } from './open-real-target.ts'

const patienceMs = 60_000

describeOnRealCluster('what a real API server changes of what is applied', () => {
  const namespace = `changed-${process.pid}`
  const target = { application: namespace, environment: 'dev', cluster: 'real' }
  const made: KubernetesObject[] = []
  let real: RealTarget

  const install = async (object: KubernetesObject) => {
    const result = await real.cluster.apply(object, { fieldManager: 'operator', force: true })
    if (result.kind !== 'applied') throw new Error(`${object.kind}: ${JSON.stringify(result)}`)
    made.push(result.object)
  }

  beforeAll(async () => {
    real = await openRealTarget(target)
    await install({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  })
  afterAll(async () => {
    for (const object of made) await real.cluster.delete(objectId(object), object.metadata.uid!)
    await real.close()
  })

  /** Healthy, and then left alone by every further look. */
  const isAtRest = async () => {
    await expect
      .poll(async () => (await real.look()).release?.phase, { timeout: 30_000, interval: 200 })
      .toBe('healthy')
    await expect.poll(async () => (await real.look()).actions, { timeout: 10_000, interval: 300 }).toBe(0)
    const { actions, release } = await real.look()
    expect([actions, release?.drift]).toEqual([0, undefined])
  }

  it(
    'by admission is no drift, though the value is ours',
    async () => {
      const name = namespace
      await install({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingAdmissionPolicy',
        metadata: { name },
        spec: {
          matchConstraints: {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
            resourceRules: [
              {
                apiGroups: [''],
                apiVersions: ['v1'],
                operations: ['CREATE', 'UPDATE'],
                resources: ['configmaps'],
              },
            ],
          },
          failurePolicy: 'Fail',
          reinvocationPolicy: 'Never',
          mutations: [
            {
              patchType: 'JSONPatch',
              jsonPatch: { expression: '[JSONPatch{op: "replace", path: "/data/key", value: "admitted"}]' },
            },
          ],
        },
      })
      await install({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name },
        spec: { policyName: name },
      })
      const settings = (key: string): KubernetesObject => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings', namespace },
        data: { key },
      })
      const probe = { ...settings('ours'), metadata: { name: 'probe', namespace } }
      const admitted = async () => {
        const result = await real.cluster.apply(probe, { fieldManager: 'probe', force: true, dryRun: true })
        return result.kind === 'applied' && result.object['data']
      }
      await expect.poll(admitted, { timeout: 20_000, interval: 300 }).toEqual({ key: 'admitted' })
      real.ledger.attest([settings('ours')], target)
      await isAtRest()
      expect((await real.cluster.get(objectId(settings(''))))?.['data']).toEqual({ key: 'admitted' })
    },
    patienceMs,
  )

  it.each([
    ['leaves its rules out', {}],
    ['says that it has no rules of its own', { rules: [] }],
  ])(
    'by putting a ClusterRole together of others is no drift where it %s',
    async (_, own) => {
      const label = { [`rbac.example/${namespace}`]: 'true' }
      const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
      const role = (name: string, more: object): KubernetesObject => ({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: `${namespace}-${name}` },
        ...more,
      })
      await install({ ...role('part', { rules }), metadata: { name: `${namespace}-part`, labels: label } })
      const aggregationRule = { clusterRoleSelectors: [{ matchLabels: label }] }
      const whole = role('whole', { aggregationRule, ...own })
      real.ledger.attest([whole], target)
      await real.look()
      await expect
        .poll(async () => (await real.cluster.get(objectId(whole)))?.['rules'], {
          timeout: 20_000,
          interval: 300,
        })
        .toEqual(rules)
      await isAtRest()
    },
    patienceMs,
  )
})
