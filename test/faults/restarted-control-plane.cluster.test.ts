import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ControlPlane } from '../../src/main/control-plane/start-control-plane.ts'
import { describeWithControlPlane, ownControlPlane } from '../control-plane/real-cluster.ts'
import { type FaultyGateway, startFaultyGateway } from './faulty-gateway.ts'
import { describeVersions, type LiveNamespace, openNamespace } from './live-namespace.ts'
import { changedTwice, isWrite } from './passed-writes.ts'
import { aSetting, shopObjects } from './shop-objects.ts'
import { createSignedBranch, type SignedBranch } from './signed-branch.ts'
import { type AgentHere, startAgentHere } from './start-agent-here.ts'

const patienceMs = 60_000

/** The agent's time runs so much faster: after four seconds without an answer it says so. */
const haste = 5

describeWithControlPlane('a control plane that is killed (kill -9) and started again', () => {
  const namespace = 'restarted'
  const repository = { id: namespace, owner: 'shop', name: 'gitops', installation: '' }
  const target = { application: namespace, environment: 'prod', cluster: 'real' }
  let plane: ControlPlane
  let branch: SignedBranch
  let gateway: FaultyGateway
  let live: LiveNamespace
  let agent: AgentHere

  beforeAll(async () => {
    const without = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const
    plane = await ownControlPlane({ without, isDurable: true })
    const { kubeconfig } = plane.clusters[0]!.apiServer
    branch = await createSignedBranch(repository, 'prod')
    gateway = await startFaultyGateway(kubeconfig)
    live = openNamespace(kubeconfig, namespace)
    await release('1.0.0')
    agent = await startAgentHere({ branch, cluster: 'real', kubeconfig: gateway.kubeconfig, haste })
  })
  afterAll(async () => {
    await agent?.stop()
    await gateway?.close()
    await live?.close(false)
    await branch?.remove()
    await plane?.stop()
  })

  const objectsAt = (version: string) => shopObjects(namespace, version, 20)
  const release = (version: string) => branch.release(version, [{ target, objects: objectsAt(version) }])
  const untilPhase = async (phase: string) => {
    await expect.poll(() => agent.release(namespace)?.phase, { timeout: 40_000, interval: 50 }).toBe(phase)
  }
  const untilAt = async (version: string) => {
    await expect
      .poll(() => live.versions().catch(() => []), { timeout: 40_000, interval: 100 })
      .toEqual(describeVersions(objectsAt(version)))
  }
  const deletions = () => gateway.requests.filter(({ verb }) => verb === 'DELETE')

  it.each([
    { what: 'the API server', service: () => plane.clusters[0]!.apiServer, version: '2.0.0' },
    { what: 'etcd', service: () => plane.etcd, version: '3.0.0' },
  ])(
    'ends the release that was being applied when $what was killed, and prunes nothing',
    async ({ service, version }) => {
      await untilPhase('healthy')
      gateway.requests.length = 0
      const killed = Promise.withResolvers<void>()
      let writes = 0
      gateway.onPass(async (request) => {
        if (!isWrite(request) || request.status === undefined || (writes += 1) !== 6) return
        await service().kill()
        killed.resolve()
      })
      await release(version)
      await killed.promise
      await service().start()
      await untilAt(version)
      await untilPhase('healthy')
      expect(changedTwice(gateway.requests)).toEqual([])
      expect(deletions()).toEqual([])
    },
    patienceMs,
  )

  it(
    'says that the cluster is unreachable meanwhile, writes nothing for it, and heals again soon after',
    async () => {
      await untilPhase('healthy')
      const { apiServer } = plane.clusters[0]!
      await apiServer.kill()
      await untilPhase('unreachable')
      gateway.requests.length = 0
      await apiServer.start()
      await untilPhase('healthy')
      expect(gateway.requests.filter(isWrite)).toEqual([])
      await live.put(aSetting(namespace, 'setting-7', 'damaged'))
      await untilAt('3.0.0')
    },
    patienceMs,
  )

  it(
    'reads everything anew where the API server has forgotten what happened since',
    async () => {
      await untilPhase('healthy')
      const { apiServer } = plane.clusters[0]!
      gateway.silence({ forNew: true })
      await live.put(aSetting(namespace, 'setting-8', 'damaged'))
      await live.cluster.delete(idOf('setting-9'), (await live.find('setting-9'))!.metadata.uid!)
      await compact(plane.etcd.address)
      await apiServer.kill()
      await apiServer.start()
      gateway.requests.length = 0
      gateway.heal()
      await untilAt('3.0.0')
      expect(deletions()).toEqual([])
    },
    patienceMs,
  )

  it(
    'applies only the newest of ten releases after a long absence, and heals all drift',
    async () => {
      await agent.stop()
      for (let minor = 1; minor <= 10; minor += 1) await release(`4.${minor}.0`)
      const changed = (await live.find('setting-1'))!
      await live.put(aSetting(namespace, 'setting-0', 'damaged'))
      await live.cluster.delete(idOf('setting-1'), changed.metadata.uid!)
      const strip = [{ op: 'replace' as const, path: '/metadata/managedFields', value: [{}] }]
      await live.cluster.patch(idOf('setting-2'), strip, { fieldManager: 'somebody' })
      const takeOff = [{ op: 'remove' as const, path: '/metadata/labels' }]
      await live.cluster.patch(idOf('setting-3'), takeOff, { fieldManager: 'somebody' })
      await compact(plane.etcd.address)
      gateway.requests.length = 0
      const { kubeconfig } = gateway
      agent = await startAgentHere({ branch, cluster: 'real', kubeconfig, haste })
      await untilAt('4.10.0')
      await untilPhase('healthy')
      expect(new Set(agent.reports.map(({ revision }) => revision))).toEqual(
        new Set(['4.10.0'.padEnd(40, '0')]),
      )
      expect(deletions()).toEqual([])
      expect((await live.find('setting-3'))!.metadata.labels).toMatchObject({
        'drawbridge.dev/application': namespace,
      })
    },
    patienceMs,
  )

  const idOf = (name: string) => ({ group: '', version: 'v1', kind: 'ConfigMap', namespace, name })
})

/** etcd forgets all revisions but the newest. */
async function compact(etcd: string): Promise<void> {
  const ask = async (path: string, body: object) =>
    (await fetch(`${etcd}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) })).json()
  const { header } = (await ask('range', { key: 'AA==' })) as { header: { revision: string } }
  await ask('compaction', { revision: header.revision, physical: true })
}
