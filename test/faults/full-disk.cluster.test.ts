import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AgentSettings, AgentState } from '../../bench/reconciler/start-agent.ts'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { describeVersions, type LiveNamespace, openNamespace } from './live-namespace.ts'
import { aSetting, shopObjects } from './shop-objects.ts'
import { createSignedBranch, type SignedBranch } from './signed-branch.ts'
import { hasSmallDisks, type OnSmallDisk, startOnSmallDisk, whereThere } from './small-disk.ts'

const patienceMs = 60_000
const diskBytes = 2 * 1024 * 1024

const describeHere = hasSmallDisks ? describeOnRealCluster : describe.skip

describeHere(`an agent whose disk is full${whereThere}`, () => {
  const namespace = `full-${process.pid}`
  const repository = { id: namespace, owner: 'shop', name: 'gitops', installation: '' }
  const target = { application: namespace, environment: 'prod', cluster: 'real' }
  let branch: SignedBranch
  let live: LiveNamespace
  let folder: string
  let agent: OnSmallDisk
  const output: string[] = []

  beforeAll(async () => {
    const kubeconfig = await sharedKubeconfig()
    branch = await createSignedBranch(repository, 'prod')
    live = openNamespace(kubeconfig, namespace)
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-full-'))
    await release('1.0.0')
    const { url, trustedKey } = branch
    const settings: AgentSettings = {
      repository,
      environment: 'prod',
      cluster: 'real',
      kubeconfig,
      url,
      trustedKey,
      folder,
      intervalMs: 1_000,
    }
    const script = fileURLToPath(new URL('../../bench/reconciler/agent-process.ts', import.meta.url))
    agent = startOnSmallDisk(script, [JSON.stringify(settings)], folder, diskBytes)
    for (const stream of [agent.child.stdout, agent.child.stderr])
      stream?.on('data', (chunk) => output.push(String(chunk)))
  })
  afterAll(async () => {
    await agent?.stop()
    await live?.close()
    await branch?.remove()
    await rm(folder, { recursive: true, force: true })
  })

  const objectsAt = (version: string) => shopObjects(namespace, version, 4)
  /** With something that takes room in every clone. */
  const release = (version: string) => {
    const bulk = { ...aSetting(namespace, 'bulk', version), binaryData: { bulk: someBytes(200_000) } }
    return branch.release(version, [{ target, objects: [...objectsAt(version), bulk] }])
  }
  const state = async (): Promise<AgentState> => {
    agent.child.send('state')
    return ((await once(agent.child, 'message')) as [AgentState])[0]
  }
  const untilAt = async (version: string) => {
    const wanted = describeVersions([...objectsAt(version), aSetting(namespace, 'bulk', version)])
    await expect.poll(() => live.versions(), { timeout: 30_000, interval: 100 }).toEqual(wanted)
    const healthy = async () => (await state()).versions[version.padEnd(40, '0')]?.healthy
    await expect.poll(healthy, { timeout: 30_000 }).toBe(1)
  }

  it(
    'says so, goes on healing what it has, loses nothing, and takes the newest release once there is room',
    async () => {
      await untilAt('1.0.0')
      await agent.fill()
      await release('2.0.0')
      await expect.poll(() => output.join(''), { timeout: 20_000 }).toContain('no space is left')
      await live.put(aSetting(namespace, 'setting-1', 'damaged'))
      await untilAt('1.0.0')
      await release('3.0.0')
      await agent.free()
      await untilAt('3.0.0')
      expect(agent.child.exitCode).toBeNull()
    },
    patienceMs * 2,
  )
})

function someBytes(count: number): string {
  return randomBytes(count).toString('base64')
}
