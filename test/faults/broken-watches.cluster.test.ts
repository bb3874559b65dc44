import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { type FaultyGateway, startFaultyGateway, type WatchFault } from './faulty-gateway.ts'
import { describeVersions, type LiveNamespace, openNamespace } from './live-namespace.ts'
import { isWrite } from './passed-writes.ts'
import { aSetting, shopObjects } from './shop-objects.ts'
import { createSignedBranch, type SignedBranch } from './signed-branch.ts'
import { type AgentHere, startAgentHere } from './start-agent-here.ts'

const patienceMs = 60_000

/** The agent's time runs so much faster: a connection that is silent for 55 s is given up after 5.5 s. */
const haste = 10

describeOnRealCluster('watches that break', () => {
  const namespace = `watches-${process.pid}`
  const repository = {
    id: namespace,
    owner: 'shop',
    name: 'gitops',
    installation: '',
  }
  const target = {
    application: namespace,
    environment: 'prod',
    cluster: 'real',
  }
  const objects = shopObjects(namespace, '1.0.0', 24)
  let branch: SignedBranch
  let gateway: FaultyGateway
  let live: LiveNamespace
  let agent: AgentHere

  beforeAll(async () => {
    const kubeconfig = await sharedKubeconfig()
    branch = await createSignedBranch(repository, 'prod')
    gateway = await startFaultyGateway(kubeconfig)
    live = openNamespace(kubeconfig, namespace)
    await branch.release('1.0.0', [{ target, objects }])
    agent = await startAgentHere({
      branch,
      cluster: 'real',
      kubeconfig: gateway.kubeconfig,
      haste,
    })
  })
  afterAll(async () => {
    await agent?.stop()
    await gateway?.close()
    await live?.close()
    await branch?.remove()
  })
  beforeEach(async () => {
    await untilPhase('healthy')
    await untilHealed()
  })

  const untilPhase = async (phase: string) => {
    await expect
      .poll(() => agent.release(namespace)?.phase, {
        timeout: 30_000,
        interval: 50,
      })
      .toBe(phase)
  }
  const untilHealed = async () => {
    await expect
      .poll(() => live.versions(), { timeout: 30_000, interval: 100 })
      .toEqual(describeVersions(objects))
  }
  let damaged = 0
  /** Another one each time: what somebody keeps changing is healed later and later. */
  const damage = () => live.put(aSetting(namespace, `setting-${(damaged += 1)}`, 'damaged'))
  const lists = () =>
    gateway.requests.filter(({ verb, path }) => verb === 'GET' && path === '/api/v1/configmaps').length

  it.each([
    { what: 'ended by the API server', fault: () => gateway.closeWatches() },
    { what: 'cut in the middle', fault: () => gateway.cutWatches() },
    {
      what: 'that nobody reads for two seconds',
      fault: () => gateway.holdWatches(2_000),
    },
  ])(
    'sees what happened during watches $what, without a list',
    async ({ fault }) => {
      const before = lists()
      fault()
      await damage()
      await untilHealed()
      expect(lists()).toBe(before)
    },
    patienceMs,
  )

  const gone = {
    type: 'ERROR',
    object: { kind: 'Status', code: 410, reason: 'Expired' },
  }
  const broken = {
    type: 'ERROR',
    object: { kind: 'Status', code: 500, reason: 'InternalError' },
  }
  const frame = (line: string): WatchFault[] => Array.from({ length: 8 }, () => ({ kind: 'frame', line }))
  const status = (code: number): WatchFault[] =>
    Array.from({ length: 8 }, () => ({ kind: 'status', status: code }))

  it.each([
    { what: '410 as a status', faults: status(410) },
    { what: '410 as an event', faults: frame(`${JSON.stringify(gone)}\n`) },
    {
      what: 'an error as an event',
      faults: frame(`${JSON.stringify(broken)}\n`),
    },
    { what: 'half a line', faults: frame('{"type":"MODIFIED","obj') },
    { what: 'a page of a proxy', faults: frame('<html>\n') },
    { what: '429', faults: status(429) },
    { what: '503', faults: status(503) },
  ])(
    'heals what was damaged while watches are answered $what',
    async ({ faults }) => {
      gateway.answerWatches(faults)
      gateway.cutWatches()
      await damage()
      const other = `setting-${(damaged += 1)}`
      await live.cluster.delete(idOf(other), (await live.find(other))!.metadata.uid!)
      await untilHealed()
      await expect.poll(() => agent.release(namespace)?.drift?.healed, { timeout: 10_000 }).toBe(true)
    },
    patienceMs,
  )

  const idOf = (name: string) => ({
    group: '',
    version: 'v1',
    kind: 'ConfigMap',
    namespace,
    name,
  })

  it(
    'goes on from the last event where no bookmarks come, without a list',
    async () => {
      gateway.tellBookmarks(false)
      gateway.closeWatches()
      // For some lives of a watch nothing happens but to others.
      await live.put({ ...aSetting(namespace, 'somebody-else', ''), data: {} })
      const ended = gateway.requests.filter(({ verb }) => verb === 'WATCH').length
      const watches = () => gateway.requests.filter(({ verb }) => verb === 'WATCH').length
      await expect.poll(watches, { timeout: 30_000 }).toBeGreaterThan(ended + 8)
      const before = lists()
      await damage()
      await untilHealed()
      expect(lists()).toBe(before)
      gateway.tellBookmarks(true)
    },
    patienceMs,
  )

  it(
    'gives up connections that have become silent, and heals what they did not tell',
    async () => {
      gateway.silence()
      await damage()
      await untilHealed()
      await expect.poll(() => agent.release(namespace)?.drift?.healed, { timeout: 10_000 }).toBe(true)
    },
    patienceMs,
  )

  it(
    'says that the cluster is unreachable while nobody answers, writes nothing then, and comes back',
    async () => {
      gateway.silence({ forNew: true })
      await untilPhase('unreachable')
      await damage()
      gateway.heal()
      gateway.requests.length = 0
      await untilPhase('healthy')
      await untilHealed()
      expect(gateway.requests.filter(isWrite).every(({ verb }) => verb === 'PATCH' || verb === 'PUT')).toBe(
        true,
      )
    },
    patienceMs,
  )
})
