import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Agent, startAgent } from '../../bench/reconciler/start-agent.ts'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { changedTwice, isWrite } from './passed-writes.ts'
import { type FaultyGateway, startFaultyGateway } from './faulty-gateway.ts'
import { describeVersions, type LiveNamespace, openNamespace } from './live-namespace.ts'
import { aSetting, shopObjects } from './shop-objects.ts'
import { createSignedBranch, type SignedBranch } from './signed-branch.ts'

const patienceMs = 60_000

describeOnRealCluster('an agent that is killed (kill -9) and started again', () => {
  let branch: SignedBranch | undefined
  let gateway: FaultyGateway
  let live: LiveNamespace | undefined
  let folder: string
  let agent: Agent | undefined

  beforeAll(async () => {
    gateway = await startFaultyGateway(await sharedKubeconfig())
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-killed-'))
  })
  afterAll(async () => {
    await agent?.stop()
    await gateway.close()
    await live?.close()
    await branch?.remove()
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  })

  const repository = { owner: 'shop', name: 'gitops', installation: '' }
  const start = () => {
    const { environment, url, trustedKey } = branch!
    const { kubeconfig } = gateway
    agent = startAgent({
      repository: branch!.repository,
      environment,
      cluster: 'real',
      kubeconfig,
      url,
      trustedKey,
      folder,
      intervalMs: 1_000,
    })
  }
  /** Lets the agent come to its `count`th write, and kills it before or after the API server has seen that. */
  const killAt = async (count: number, moment: 'before' | 'after') => {
    const dead = Promise.withResolvers<void>()
    let seen = 0
    gateway.onPass(async (request) => {
      if (!isWrite(request) || (moment === 'after') !== (request.status !== undefined)) return
      seen += 1
      if (seen < count) return
      await agent?.stop()
      dead.resolve()
      throw new Error('nobody is there any more')
    })
    start()
    await dead.promise
    gateway.onPass(() => undefined)
  }
  const untilHealthy = async (version: string) => {
    const revision = version.padEnd(40, '0')
    const healthy = async () => (await agent?.state())?.versions[revision]?.healthy
    await expect.poll(healthy, { timeout: patienceMs, interval: 50 }).toBe(1)
  }
  const untilQuiet = async () => {
    for (let before = -1; before !== gateway.requests.length; await pause(150))
      before = gateway.requests.length
  }

  it.each([
    { where: 'before it has written anything', write: 1, moment: 'before' as const },
    { where: 'before it knows of its first write', write: 1, moment: 'after' as const },
    { where: 'with some objects applied', write: 5, moment: 'after' as const },
    { where: 'near the end', write: 11, moment: 'after' as const },
  ])(
    'installs, upgrades and prunes though it is killed $where',
    async ({ where, write, moment }) => {
      const namespace = `killed-${process.pid}-${write}-${moment}`
      const target = { application: namespace, environment: 'prod', cluster: 'real' }
      const releases: [string, KubernetesObject[]][] = [
        ['1.0.0', shopObjects(namespace, '1.0.0', 8)],
        ['2.0.0', shopObjects(namespace, '2.0.0', 8)],
        // Never ended: the next release is there before the agent is again.
        ['2.1.0', [...shopObjects(namespace, '2.1.0', 8), aSetting(namespace, 'brief', '2.1.0')]],
        ['3.0.0', [...shopObjects(namespace, '3.0.0', 6), aSetting(namespace, 'late', '3.0.0')]],
      ]
      branch = await createSignedBranch({ ...repository, id: namespace }, 'prod')
      live = openNamespace(await sharedKubeconfig(), namespace)
      const bystander = aSetting(namespace, 'bystander', 'not ours')
      for (const [version, objects] of releases) {
        await branch.release(version, [{ target, objects }])
        gateway.requests.length = 0
        await killAt(write, moment)
        if (version === '2.1.0') continue
        start()
        await untilHealthy(version)
        await untilQuiet()
        await live.put(bystander)
        const wanted = describeVersions([...objects, bystander])
        expect(await live.versions(), `${version} ${where}`).toEqual(wanted)
        expect(changedTwice(gateway.requests), `${version} ${where}`).toEqual([])
        await agent?.stop()
      }
      gateway.requests.length = 0
      start()
      await untilHealthy('3.0.0')
      await untilQuiet()
      expect(gateway.requests.filter(isWrite), 'when nothing is to be done').toEqual([])
      await agent?.stop()
      await live.close()
      live = undefined
      await branch.remove()
    },
    patienceMs * 3,
  )
})
