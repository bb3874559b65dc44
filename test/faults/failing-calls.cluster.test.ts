import { afterAll, beforeAll, expect, it } from 'vitest'
import { objectId } from '../../src/domain/kubernetes-object.ts'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { type CallFault, type FaultyGateway, startFaultyGateway } from './faulty-gateway.ts'
import { describeVersions, type LiveNamespace, openNamespace } from './live-namespace.ts'
import { changedTwice } from './passed-writes.ts'
import { aSetting, shopObjects } from './shop-objects.ts'
import { createSignedBranch, type SignedBranch } from './signed-branch.ts'
import { type AgentHere, startAgentHere } from './start-agent-here.ts'

const patienceMs = 60_000

/** The agent's time runs so much faster: who is silent for 30 s is given up after 1.5 s. */
const haste = 20

describeOnRealCluster('calls that are answered badly', () => {
  const namespace = `calls-${process.pid}`
  const repository = { id: namespace, owner: 'shop', name: 'gitops', installation: '' }
  const target = { application: namespace, environment: 'prod', cluster: 'real' }
  let branch: SignedBranch
  let gateway: FaultyGateway
  let live: LiveNamespace
  let agent: AgentHere

  beforeAll(async () => {
    const kubeconfig = await sharedKubeconfig()
    branch = await createSignedBranch(repository, 'prod')
    gateway = await startFaultyGateway(kubeconfig)
    live = openNamespace(kubeconfig, namespace)
    await release('0.0.0')
    agent = await startAgentHere({ branch, cluster: 'real', kubeconfig: gateway.kubeconfig, haste })
  })
  afterAll(async () => {
    await agent?.stop()
    await gateway?.close()
    await live?.close()
    await branch?.remove()
  })

  /** Each has an object that the next does not have. */
  const objectsAt = (version: string) => [
    ...shopObjects(namespace, version, 8),
    aSetting(namespace, `only-${version}`, version),
  ]
  const release = (version: string) => branch.release(version, [{ target, objects: objectsAt(version) }])
  const untilAt = async (version: string, others: string[] = []) => {
    const wanted = [...describeVersions(objectsAt(version)), ...others].toSorted()
    await expect.poll(() => live.versions(), { timeout: 40_000, interval: 100 }).toEqual(wanted)
    const revision = version.padEnd(40, '0')
    const phase = () => agent.reports.findLast((report) => report.revision === revision)?.phase
    await expect.poll(phase, { timeout: 40_000, interval: 50 }).toBe('healthy')
  }
  const deletedTwice = () => {
    const deletions = gateway.requests.filter(({ verb, status }) => verb === 'DELETE' && status === 200)
    return deletions.length !== new Set(deletions.map(({ path }) => path)).size
  }

  it.each<{ what: string; fault: CallFault; version: string }>([
    { what: '429', fault: { status: 429, retryAfter: 1 }, version: '1.0.0' },
    { what: '500', fault: { status: 500 }, version: '2.0.0' },
    { what: '503', fault: { status: 503 }, version: '3.0.0' },
    { what: 'silence', fault: 'silence', version: '4.0.0' },
  ])(
    'apply, prune and heal in the end where the first try of every one is answered by $what',
    async ({ fault, version }) => {
      await expect.poll(() => agent.release(namespace)?.phase, { timeout: 40_000 }).toBe('healthy')
      gateway.requests.length = 0
      gateway.failFirst(fault)
      await release(version)
      await untilAt(version)
      expect(changedTwice(gateway.requests)).toEqual([])
      expect(deletedTwice()).toBe(false)
      gateway.failFirst(fault)
      const lost = (await live.find('setting-0'))!
      await live.cluster.delete(objectId(lost), lost.metadata.uid!)
      await untilAt(version)
      gateway.failFirst(undefined)
    },
    patienceMs * 2,
  )

  it(
    'tell an older state, as a server does that has fallen behind: nothing goes back, and nothing of others is deleted',
    async () => {
      const expired = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }
      const readAnew = () => {
        gateway.answerWatches(
          Array.from({ length: 8 }, () => ({ kind: 'frame', line: `${JSON.stringify(expired)}\n` })),
        )
        gateway.cutWatches()
      }
      const lists = () => gateway.requests.filter(({ path }) => path === '/api/v1/configmaps').length
      gateway.lists('kept')
      readAnew()
      await expect.poll(lists, { timeout: 10_000 }).toBeGreaterThan(0)
      await untilAt('4.0.0')
      gateway.lists('as they are')
      await release('5.0.0')
      await untilAt('5.0.0')
      await live.put(aSetting(namespace, 'only-4.0.0', 'not ours'))
      gateway.requests.length = 0
      gateway.lists('old')
      readAnew()
      await expect.poll(lists, { timeout: 10_000 }).toBeGreaterThan(1)
      await untilAt('5.0.0', ['ConfigMap/only-4.0.0 not ours'])
      await live.put(aSetting(namespace, 'setting-1', 'damaged'))
      await untilAt('5.0.0', ['ConfigMap/only-4.0.0 not ours'])
      expect(gateway.requests.filter(({ verb, status }) => verb === 'DELETE' && status === 200)).toEqual([])
      gateway.lists('as they are')
    },
    patienceMs,
  )
})
