import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { openStore } from '../../src/adapters/store/open-store.ts'
import type { ClusterAccess } from '../../src/domain/configuration.ts'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { objectId } from '../../src/domain/kubernetes-object.ts'
import type { Target } from '../../src/domain/refs.ts'
import { reconcileTarget } from '../../src/journeys/sync/reconcile-target.ts'
import type { ControlPlane } from '../../src/main/control-plane/start-control-plane.ts'
import { createServedClusters, type ServedClusters } from '../../src/main/served-clusters.ts'
import { createServe } from '../../src/main/serving.ts'
import type { Store } from '../../src/ports/store.ts'
import { viewingClusters } from '../../src/reconciler/viewing-clusters.ts'
import { describeWithControlPlane, ownControlPlane } from '../control-plane/real-cluster.ts'
import { machineClock, seededRandom, silentLog } from '../emulator/cluster/start-cluster.ts'
import { fakeLedger, repository } from '../journeys/reconcile-target-doubles.ts'

const patience = { timeout: 20_000, interval: 200 }

describeWithControlPlane('a cluster that Cluster API made, served by the app', () => {
  const target: Target = { application: 'checkout', environment: 'dev', cluster: 'prod-eu' }
  const ledger = fakeLedger()
  let folder: string
  let plane: ControlPlane
  let store: Store
  let clusters: ServedClusters
  const ended = new AbortController()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-capi-'))
    makeAuthority(folder)
    plane = await ownControlPlane({
      clusters: ['fleet', 'prod-eu'],
      without: ['kube-controller-manager', 'kube-scheduler', 'kwok'],
      arguments: [`--client-ca-file=${join(folder, 'ca.crt')}`],
    })
    store = await openStore({ folder, clock: machineClock })
    clusters = openClusters('fleet')
  }, 60_000)
  afterAll(async () => {
    ended.abort()
    await clusters?.close()
    await store?.close()
    await plane?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const fleet = () => plane.clusters[0]!.apiServer
  const made = () => plane.clusters[1]!.apiServer
  /** The first API server under a name, as an app that was just started serves it. */
  const openClusters = (name: string, acceptedIdentities: string[] = []) =>
    createServedClusters({
      kubeconfigs: new Map([[name, () => fleet().kubeconfig]]),
      acceptedIdentities,
      isLoopbackAllowed: true,
      view: viewingClusters({
        ports: { clock: machineClock, log: silentLog, store },
        repositories: () => [repository],
        signal: ended.signal,
      }),
      store,
      clock: machineClock,
      clusterClock: machineClock,
      random: seededRandom(),
      log: silentLog,
    })
  const look = (
    from = clusters,
    access: ClusterAccess = { kind: 'cluster-api', management: 'fleet', namespace: 'team-a' },
  ) => {
    const serve = createServe({
      ...from,
      configuration: async () => ({ clusters: [{ name: 'prod-eu', labels: {}, access }] }),
      streams: { tell: () => undefined },
    })
    return reconcileTarget(
      { clock: machineClock, ledger, log: silentLog, store, serve },
      { repository, target },
    )
  }
  const create = async (server: typeof fleet, path: string, object: KubernetesObject) => {
    const { status } = await server().call('POST', path, object)
    expect(status).toBe(201)
  }
  /** As cluster-api's util/secret and util/kubeconfig write it: YAML with the certificate of an administrator. */
  const secret = async (): Promise<KubernetesObject> => {
    const { cluster } = (JSON.parse(made().kubeconfig) as { clusters: { cluster: Record<string, string> }[] })
      .clusters[0]!
    const text = stringify({
      apiVersion: 'v1',
      clusters: [{ cluster: cluster, name: 'prod-eu' }],
      contexts: [{ context: { cluster: 'prod-eu', user: 'prod-eu-admin' }, name: 'prod-eu-admin@prod-eu' }],
      'current-context': 'prod-eu-admin@prod-eu',
      kind: 'Config',
      preferences: {},
      users: [
        {
          name: 'prod-eu-admin',
          user: {
            'client-certificate-data': await encoded(join(folder, 'admin.crt')),
            'client-key-data': await encoded(join(folder, 'admin.key')),
          },
        },
      ],
    })
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'prod-eu-kubeconfig',
        namespace: 'team-a',
        labels: { 'cluster.x-k8s.io/cluster-name': 'prod-eu' },
      },
      type: 'cluster.x-k8s.io/secret',
      data: { value: Buffer.from(text).toString('base64') },
    }
  }
  const settings = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'default' },
    data: { key: 'value' },
  }

  it('is out of reach until its Secret is there, and then served by what that holds', async () => {
    ledger.attest([settings], target)
    expect((await look()).release).toMatchObject({
      phase: 'unreachable',
      reason: expect.stringContaining('the Secret team-a/prod-eu-kubeconfig on fleet cannot be used'),
    })
    await create(fleet, '/api/v1/namespaces', aNamespace('team-a'))
    await create(fleet, '/api/v1/namespaces/team-a/secrets', await secret())
    await expect.poll(async () => (await look()).release, patience).toMatchObject({ phase: 'healthy' })
    const { group: _, ...id } = objectId(settings)
    const path = `/api/v1/namespaces/${id.namespace}/configmaps/${id.name}`
    expect((await made().call('GET', path)).body).toMatchObject({ data: { key: 'value' } })
    expect((await fleet().call('GET', path)).status).toBe(404)
    expect(clusters.clockSkews().map(({ cluster }) => cluster)).toContain('prod-eu')
  }, 40_000)

  it('is told there what was done', async () => {
    const path = '/apis/events.k8s.io/v1/namespaces/drawbridge-system/events'
    const told = async () => {
      const { items } = (await made().call('GET', path)).body as { items: Record<string, unknown>[] }
      return items.map(({ reason, note, regarding }) => ({ reason, note, regarding }))
    }
    await expect.poll(told, patience).toEqual([
      {
        reason: 'Applied',
        note: 'aaaaaaa: 1 created, 0 configured',
        regarding: expect.objectContaining({ kind: 'ConfigMap', name: 'drawbridge.checkout.dev' }),
      },
    ])
  })

  it('gets nothing written where another cluster answers under its name, until that is accepted', async () => {
    const lookAt = async (served: ServedClusters) =>
      (await look(served, { kind: 'kubeconfig', name: 'prod-eu' })).release
    const isThere = async (path: string) => (await fleet().call('GET', path)).status === 200
    const replaced = openClusters('prod-eu')
    const before = await lookAt(replaced)
    await replaced.close()
    expect(before).toMatchObject({
      phase: 'refused',
      reason: expect.stringContaining('CLUSTER_IDENTITY_CHANGED'),
    })
    expect(await isThere('/api/v1/namespaces/drawbridge-system')).toBe(false)

    const uid = /--accept-identity (\S+)/.exec(before?.reason ?? '')?.[1] ?? ''
    const accepted = openClusters('prod-eu', [uid])
    await expect.poll(() => lookAt(accepted), patience).toMatchObject({ phase: 'healthy' })
    await accepted.close()
    expect(await isThere('/api/v1/namespaces/default/configmaps/settings')).toBe(true)
  }, 40_000)
})

function aNamespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

async function encoded(file: string): Promise<string> {
  return (await readFile(file)).toString('base64')
}

/** A CA for clients, and an administrator's certificate by it, as kubeadm makes them. */
function makeAuthority(folder: string): void {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
  const key = (file: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    file,
  ]
  openssl('req', '-x509', ...key('ca.key'), '-out', 'ca.crt', '-days', '2', '-subj', '/CN=kubernetes')
  const subject = '/O=system:masters/CN=kubernetes-admin'
  openssl(
    'req',
    '-x509',
    ...key('admin.key'),
    '-out',
    'admin.crt',
    '-days',
    '2',
    '-subj',
    subject,
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
  )
}
