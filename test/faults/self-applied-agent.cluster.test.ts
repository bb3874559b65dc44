import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type KubernetesObject, objectId } from '../../src/domain/kubernetes-object.ts'
import { leaseId } from '../../src/features/agents/plan-lease.ts'
import { inventoryId } from '../../src/features/sync/inventory.ts'
import { aTenant } from '../builders.ts'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { type FaultyGateway, startFaultyGateway } from './faulty-gateway.ts'
import { describeVersions, type LiveNamespace, openNamespace } from './live-namespace.ts'
import { isWrite } from './passed-writes.ts'
import { aSetting, shopObjects } from './shop-objects.ts'
import { createSignedBranch, type SignedBranch } from './signed-branch.ts'

const patienceMs = 90_000
const script = fileURLToPath(new URL('../../bin/drawbridge.js', import.meta.url))

describeOnRealCluster('an agent that applies its own Deployment', () => {
  const namespace = `self-${process.pid}`
  const environment = namespace
  const target = { application: namespace, environment, cluster: 'real' }
  const tenant = aTenant({
    name: 'platform',
    applications: ['*'],
    namespaces: ['drawbridge-system', namespace],
    clusterKinds: ['Namespace'],
    deniedKinds: [],
  })
  let branch: SignedBranch
  let gateway: FaultyGateway
  let live: LiveNamespace
  let folder: string
  let pod: ChildProcess | undefined

  beforeAll(async () => {
    const kubeconfig = await sharedKubeconfig()
    gateway = await startFaultyGateway(kubeconfig)
    live = openNamespace(kubeconfig, namespace)
    branch = await createSignedBranch(
      { id: namespace, owner: 'shop', name: 'gitops', installation: '' },
      environment,
    )
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-self-'))
    await writeFile(join(folder, 'kubeconfig'), gateway.kubeconfig)
    await writeFile(join(folder, 'signers'), `drawbridge ${branch.trustedKey}\n`)
  })
  afterEach(() => end('SIGTERM'))
  afterAll(async () => {
    await gateway?.close()
    for (const object of installation('1.0.0')) {
      const uid = (await live.cluster.get(objectId(object)))?.metadata.uid
      if (uid) await live.cluster.delete(objectId(object), uid)
    }
    await live?.close()
    await branch?.remove()
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  })

  /** What a kubelet would do: one pod at a time. */
  const start = () => {
    const options = { repo: branch.url, 'repository-id': namespace, environment, cluster: 'real' }
    const files = {
      kubeconfig: join(folder, 'kubeconfig'),
      'allowed-signers': join(folder, 'signers'),
      folder: join(folder, 'data'),
    }
    const given = Object.entries({ ...options, ...files, interval: '1' })
    const words = given.map(([name, value]) => `--${name}=${value}`)
    pod = spawn(process.execPath, [script, 'agent', ...words], { stdio: 'ignore' })
  }
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const running = pod
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const exited = once(running, 'exit')
    running.kill(signal)
    await exited
  }
  const applied = async () =>
    ((await live.cluster.get(inventoryId(target)))?.['data'] ?? {}) as {
      revision?: string
      sequence?: string
    }
  const untilApplied = async (version: string) => {
    const revision = async () => (await applied()).revision
    await expect.poll(revision, { timeout: patienceMs, interval: 100 }).toBe(version.padEnd(40, '0'))
  }
  const lease = async () => {
    const found = await live.cluster.get(leaseId({ environment, cluster: 'real' }))
    return found?.['spec'] as { holderIdentity: string; leaseTransitions: number }
  }
  const own = () => live.cluster.get(objectId(installation('')[1]!))

  /** Without pods, so that the Deployment is healthy where no kubelet is. */
  const installation = (version: string): KubernetesObject[] => {
    const metadata = { name: namespace, namespace: 'drawbridge-system' }
    const matchLabels = { 'app.kubernetes.io/name': namespace }
    const containers = [{ name: 'agent', image: `drawbridge:${version || '0'}` }]
    const template = {
      metadata: { labels: matchLabels },
      spec: { serviceAccountName: namespace, containers },
    }
    return [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        // Asks to be applied before everything else, and to be deleted with the release: neither is done to an agent.
        metadata: {
          ...metadata,
          annotations: { 'drawbridge.dev/wave': '-1', 'drawbridge.dev/prune': 'yes' },
        },
        spec: { replicas: 0, selector: { matchLabels }, template },
      },
    ]
  }
  const release = (version: string, objects: KubernetesObject[]) =>
    branch.release(version, [{ target, objects, tenants: [tenant] }])

  it.each([
    { how: 'is asked to stop', signal: 'SIGTERM' as const, before: '1.0.0', version: '2.0.0' },
    { how: 'is killed', signal: 'SIGKILL' as const, before: '3.0.0', version: '4.0.0' },
  ])(
    'applies itself last, and $how by that: the next one takes over the lease, ends the release and prunes',
    async ({ signal, before, version }) => {
      const shop = (at: string) => shopObjects(namespace, at, 3)
      await release(before, [...shop(before), aSetting(namespace, 'old', before), ...installation(before)])
      start()
      await untilApplied(before)
      const first = { lease: await lease(), generation: (await own())?.metadata.generation ?? 0 }

      const recorded = Promise.withResolvers<unknown>()
      gateway.onPass(async ({ verb, path, status }) => {
        if (verb !== 'PATCH' || !path.endsWith(`/deployments/${namespace}`) || status === undefined) return
        gateway.onPass(() => undefined)
        recorded.resolve({ ...(await applied()) })
        if (signal === 'SIGTERM') void end(signal).then(start)
        else {
          await end(signal)
          start()
          throw new Error('nobody is there any more')
        }
      })
      gateway.requests.length = 0
      const mark = await release(version, [...shop(version), ...installation(version)])
      await untilApplied(version)

      const writes = gateway.requests.filter(isWrite).filter(({ path }) => !path.includes('/leases/'))
      const objects = writes.filter(({ path }) => !path.includes('/configmaps/drawbridge.'))
      const itself = objects.findIndex(({ path }) => path.endsWith(`/deployments/${namespace}`))
      expect(objects.slice(0, itself).map(({ verb }) => verb)).not.toContain('DELETE')
      expect(objects.slice(itself + 1).filter(({ path }) => path.includes(`/${namespace}/`))).toEqual([
        expect.objectContaining({ verb: 'DELETE', path: expect.stringContaining('/configmaps/old') }),
      ])
      expect(await recorded.promise).toMatchObject({ sequence: String(mark.sequence) })
      expect((await own())?.metadata.generation).toBe(first.generation + 1)
      expect(await live.versions()).toEqual(describeVersions(shop(version)))
      const transitions = async () => (await lease()).leaseTransitions
      await expect.poll(transitions, { timeout: 10_000 }).toBe(first.lease.leaseTransitions + 1)
      expect((await lease()).holderIdentity).not.toBe(first.lease.holderIdentity)
    },
    patienceMs * 2,
  )

  it(
    'deletes nothing that it runs on, whatever the release asks for',
    async () => {
      const shop = shopObjects(namespace, '5.0.0', 3)
      await release('5.0.0', shop)
      start()
      await untilApplied('5.0.0')
      expect(await live.versions()).toEqual(describeVersions(shop))
      expect((await own())?.metadata.deletionTimestamp).toBeUndefined()
      const account = await live.cluster.get(objectId(installation('')[0]!))
      expect(account?.metadata.deletionTimestamp).toBeUndefined()
      expect(pod?.exitCode).toBeNull()
    },
    patienceMs,
  )
})
