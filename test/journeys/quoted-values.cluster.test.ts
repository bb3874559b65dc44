import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KubernetesObject, objectId } from '../../src/domain/kubernetes-object.ts'
import { describeOnRealCluster } from '../control-plane/real-cluster.ts'
import { openRealTarget, type RealTarget } from './open-real-target.ts'

const patienceMs = 60_000

/** Nobody may ever read it; the API server quotes it wherever it refuses it. */
const canary = 'hunter2canary'
const encoded = (text: string) => Buffer.from(text).toString('base64')

describeOnRealCluster('what a real API server refuses', () => {
  const namespace = `quoted-${process.pid}`
  const target = { application: namespace, environment: 'dev', cluster: 'real' }
  const home: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  const named = (name: string, more: object = {}) => ({ metadata: { name, namespace, ...more } })
  const secret = (name: string, more: object) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    ...named(name),
    ...more,
  })
  const workload = (name: string, container: object, more: object = {}) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    ...named(name),
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image: 'a', ...container }] },
      },
      ...more,
    },
  })
  const timed = (name: string, renewTime: string) => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    ...named(name),
    spec: { renewTime },
  })
  const revision = (name: string, bytes: number) => ({
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    ...named(name),
    revision: 1,
    data: { text: canary.repeat(bytes / canary.length) },
  })
  let real: RealTarget

  beforeAll(async () => {
    real = await openRealTarget(target)
  })
  afterAll(async () => {
    const uid = (await real.cluster.get(objectId(home)))?.metadata.uid
    if (uid !== undefined) await real.cluster.delete(objectId(home), uid)
    await real.close()
  })

  it.each<[string, KubernetesObject]>([
    ['no base64', secret('no-base64', { data: { password: `${canary}!` } })],
    [
      'a pull secret that is no JSON',
      secret('pull', {
        type: 'kubernetes.io/dockerconfigjson',
        data: { '.dockerconfigjson': encoded(`{"auths": ${canary}`) },
      }),
    ],
    [
      'a certificate without its key',
      secret('tls', { type: 'kubernetes.io/tls', data: { 'tls.crt': encoded(canary) } }),
    ],
    ['a list as data', secret('list', { data: { password: [canary] } })],
    ['a name of a variable', workload('variable', { env: [{ name: `${canary} =`, value: 'x' }] })],
    ['a text as number', workload('text', {}, { replicas: canary })],
    ['a quantity', workload('quantity', { resources: { limits: { cpu: canary } } })],
    ['a time', timed('time', canary)],
    ['more than etcd takes', revision('large', 1_600_000)],
    ['more than gets to etcd', revision('larger', 2_200_000)],
    ['more than the API server takes', revision('largest', 3_500_000)],
    ['a policy that there is not', workload('policy', { imagePullPolicy: canary })],
    ['a label', { apiVersion: 'v1', kind: 'ConfigMap', ...named('label', { labels: { a: `${canary}!` } }) }],
  ])(
    'is told without what it quotes of it: %s',
    async (_, object) => {
      real.ledger.attest([home, object], target)
      const look = async () => JSON.stringify((await real.look()).release)
      await expect.poll(look, { timeout: 30_000 }).toContain('"phase":"degraded"')
      const told = await look()
      expect(told).toContain(`${object.kind} ${namespace}/${object.metadata.name}`)
      for (const words of [canary, encoded(canary).slice(0, 12)]) expect(told).not.toContain(words)
    },
    patienceMs,
  )

  it(
    'is told without what it quotes of it: a sealed Secret that changes',
    async () => {
      const sealed = (text: string) =>
        secret('sealed', { immutable: true, data: { password: encoded(text) } })
      real.ledger.attest([home, sealed('first')], target)
      const look = async () => JSON.stringify((await real.look()).release)
      await expect.poll(look, { timeout: 30_000 }).toContain('"phase":"healthy"')
      real.ledger.attest([home, sealed(canary)], target)
      await expect.poll(look, { timeout: 30_000 }).toContain('"phase":"degraded"')
      for (const words of [canary, encoded(canary).slice(0, 12)]) expect(await look()).not.toContain(words)
    },
    patienceMs,
  )
})
