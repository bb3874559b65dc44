import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canonicalQuantity } from '../../../src/emulator/cluster/canonical-quantity.ts'
import { type KubernetesObject, objectId } from '../../../src/domain/kubernetes-object.ts'
import { aDeployment } from '../../journeys/reconcile-target-doubles.ts'
import { type RunningCluster, startCluster } from './start-cluster.ts'

type DeploymentSpec = Record<string, unknown> & { template: object }

interface DiscoveryAnswer {
  [field: string]: unknown
  groups: { name: string }[]
  resources: { name: string }[]
}

const apply = { fieldManager: 'drawbridge', force: false }

describe('emulated cluster', () => {
  let running: RunningCluster

  beforeEach(async () => {
    running = await startCluster()
    running.emulator.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  })
  afterEach(() => running.stop())

  const applied = async (object: KubernetesObject) => {
    const result = await running.cluster.apply(object, apply)
    if (result.kind !== 'applied') throw new Error(JSON.stringify(result))
    return result.object
  }
  const entryOf = (object: KubernetesObject, manager: string) =>
    (object.metadata['managedFields'] as { manager: string; fieldsV1: unknown }[]).find(
      (entry) => entry.manager === manager,
    )?.fieldsV1

  it('keeps managedFields as the API server does', async () => {
    const live = await applied(aDeployment())
    expect(entryOf(live, 'drawbridge')).toEqual({
      'f:spec': {
        'f:replicas': {},
        'f:selector': {},
        'f:template': {
          'f:metadata': { 'f:labels': { 'f:app': {} } },
          'f:spec': {
            'f:containers': {
              'k:{"name":"app"}': {
                '.': {},
                'f:image': {},
                'f:name': {},
                'f:ports': {
                  'k:{"containerPort":8080,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
                },
                'f:resources': { 'f:limits': { 'f:cpu': {}, 'f:memory': {} } },
              },
            },
          },
        },
      },
    })
  })

  it('fills in defaults and writes quantities its own way', async () => {
    const live = await applied(aDeployment())
    expect(live).toMatchObject({
      metadata: { generation: 1 },
      spec: {
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
        template: { spec: { containers: [{ resources: { limits: { cpu: '1', memory: '1Gi' } } }] } },
      },
    })
    expect((await applied(aDeployment())).metadata.resourceVersion).toBe(live.metadata.resourceVersion)
  })

  it('counts generations for the spec, not for labels or status', async () => {
    await applied(aDeployment())
    await running.clock.advance(3000)
    const labelled = aDeployment()
    labelled.metadata.labels = { team: 'a' }
    expect((await applied(labelled)).metadata.generation).toBe(1)
    expect((await applied(aDeployment('checkout', 'x:2'))).metadata.generation).toBe(2)
  })

  it('rolls out: the new version comes up before the old one goes', async () => {
    await applied(aDeployment())
    await running.clock.advance(3000)
    const versions = () =>
      running.emulator.workloads().map(({ version, readyReplicas }) => [version, readyReplicas])
    expect(versions()).toEqual([['1.8.0', 2]])
    await applied(aDeployment('checkout', 'registry.shop.example/checkout:1.9.0'))
    await running.clock.advance(1000)
    expect(versions()).toEqual([['1.8.0', 2]])
    await running.clock.advance(2000)
    expect(versions()).toEqual([['1.9.0', 2]])
  })

  it('keeps the old version while the new one does not start', async () => {
    await applied(aDeployment())
    await running.clock.advance(3000)
    await applied(aDeployment('checkout', 'registry.shop.example/checkout:2-broken'))
    await running.clock.advance(60_000)
    expect(running.emulator.workloads()).toMatchObject([{ version: '1.8.0', readyReplicas: 2 }])
  })

  it.each`
    case                          | change                                                                                                                                                  | fields
    ${'another selector'}         | ${(spec: DeploymentSpec) => ({ ...spec, selector: { matchLabels: { app: 'y' } }, template: { ...spec.template, metadata: { labels: { app: 'y' } } } })} | ${['spec.selector']}
    ${'labels that do not match'} | ${(spec: DeploymentSpec) => ({ ...spec, template: { ...spec.template, metadata: { labels: { app: 'y' } } } })}                                          | ${['spec.template.metadata.labels']}
    ${'a field that is not one'}  | ${(spec: DeploymentSpec) => ({ ...spec, replica: 1 })}                                                                                                  | ${['spec.replica']}
    ${'no containers'}            | ${(spec: DeploymentSpec) => ({ ...spec, template: { ...spec.template, spec: { containers: [] } } })}                                                    | ${['spec.template.spec.containers']}
  `('refuses a Deployment with $case', async ({ change, fields }) => {
    await applied(aDeployment())
    const object = aDeployment()
    const result = await running.cluster.apply({ ...object, spec: change(object['spec']) }, apply)
    expect(result).toMatchObject({ kind: 'invalid', fields })
  })

  it('refuses list items with the same key', async () => {
    const object = aDeployment()
    const text = JSON.stringify(object).replace('"ports":[', '"ports":[{"containerPort":8080},')
    const result = await running.cluster.apply(JSON.parse(text) as KubernetesObject, apply)
    expect(result).toMatchObject({ kind: 'invalid', reason: expect.stringContaining('duplicate entries') })
  })

  it('runs sets, daemons and jobs to their end', async () => {
    const { spec } = aDeployment() as { spec: Record<string, unknown> } & KubernetesObject
    const { replicas: _, ...daemon } = spec
    const metadata = (name: string) => ({ name, namespace: 'shop' })
    await applied({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadata('set'),
      spec: { ...spec, serviceName: 'x' },
    })
    await applied({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: metadata('daemon'), spec: daemon })
    await applied({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: metadata('job'),
      spec: { template: { spec: { containers: [{ name: 'a', image: 'x:1' }] } } },
    })
    await running.clock.advance(10_000)
    const statusOf = (kind: string, name: string) =>
      running.emulator.get({ kind, namespace: 'shop', name })?.['status']
    expect(statusOf('StatefulSet', 'set')).toMatchObject({ readyReplicas: 2, currentReplicas: 2 })
    expect(statusOf('DaemonSet', 'daemon')).toMatchObject({ numberReady: 1 })
    expect(statusOf('Job', 'job')).toMatchObject({
      succeeded: 1,
      conditions: [{ type: 'Complete', status: 'True' }],
    })
  })

  it('keeps what has finalizers until they are gone', async () => {
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace: 'shop', finalizers: ['shop.example/wait'] },
    }
    const live = await applied(object)
    expect(await running.cluster.delete(objectId(live), live.metadata.uid!)).toBe('deleted')
    expect((await running.cluster.get(objectId(live)))?.metadata.deletionTimestamp).toBeDefined()
    running.emulator.edit(objectId(live), { metadata: { finalizers: null } })
    expect(await running.cluster.get(objectId(live))).toBeUndefined()
  })

  it('empties a namespace that is deleted, and takes nothing new into it', async () => {
    const namespace = await running.cluster.get({
      group: '',
      version: 'v1',
      kind: 'Namespace',
      namespace: '',
      name: 'shop',
    })
    await applied(aDeployment())
    await running.cluster.delete(objectId(namespace!), namespace!.metadata.uid!)
    expect(await running.cluster.apply(aDeployment('late'), apply)).toMatchObject({ kind: 'denied' })
    await running.clock.advance(2000)
    expect(running.emulator.list('Pod')).toEqual([])
    expect(running.emulator.get({ kind: 'Namespace', name: 'shop' })).toBeUndefined()
  })

  it('answers metadata only, and plain discovery, where asked', async () => {
    await applied(aDeployment())
    const ask = async (path: string, accept: string) => {
      const answer = await fetch(running.url + path, {
        headers: { accept, authorization: `Bearer ${running.token}` },
      })
      return answer.json() as Promise<DiscoveryAnswer>
    }
    const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
    const object = await ask('/apis/apps/v1/namespaces/shop/deployments/checkout', partial)
    expect(object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'checkout' } })
    expect(object['spec']).toBeUndefined()
    expect((await ask('/apis', 'application/json')).groups.map(({ name }) => name)).toContain('apps')
    expect((await ask('/apis/apps/v1', 'application/json')).resources[0]).toMatchObject({
      name: 'deployments',
      kind: 'Deployment',
    })
  })
})

describe('quantities', () => {
  it.each([
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['2000M', '2G'],
    ['100', '100'],
    [1, '1'],
    ['0', '0'],
    ['-1000m', '-1'],
    ['much', 'much'],
  ])('%s is written as %s', (given, expected) => {
    expect(canonicalQuantity(given)).toBe(expected)
  })
})
