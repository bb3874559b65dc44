import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCluster } from '../../../src/adapters/kubernetes/create-cluster.ts'
import {
  type RunningCluster,
  seededRandom,
  silentLog,
  startCluster,
} from '../../emulator/cluster/start-cluster.ts'

let running: RunningCluster
let closing: (() => Promise<void>)[]
let reads: number

beforeEach(async () => {
  running = await startCluster()
  closing = [() => running.stop()]
  reads = 0
})
afterEach(async () => {
  for (const close of closing) await close()
})

const kubeconfig = (server: string, token: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'c', user: { token } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
  })

/** Each reading gives the next of the texts; the last one stays. */
function clusterOf(...texts: string[]) {
  const read = () => texts[Math.min(reads++, texts.length - 1)] ?? ''
  const { clock } = running
  const cluster = createCluster({
    name: 'dev',
    kubeconfig: read,
    clock,
    random: seededRandom(3),
    log: silentLog,
  })
  closing.unshift(() => cluster.close())
  return cluster
}
const old = () => kubeconfig(running.url, 'expired')
const fresh = () => kubeconfig(running.url, running.token)

describe('a token that was rotated', () => {
  it('is read anew once it is refused', async () => {
    expect(await clusterOf(old(), fresh()).identity()).toMatch(/^[0-9a-f-]{36}$/)
    // Requests that were under way together may each have been refused.
    expect(reads).toBeLessThanOrEqual(4)
  })

  it('is read anew by a watch, too', async () => {
    const stop = new AbortController()
    const cluster = clusterOf(fresh(), old(), fresh())
    await cluster.identity()
    await running.clock.advance(6 * 60_000)
    const synced = new Promise<void>((resolve) => {
      void cluster.watch(
        { group: '', kind: 'Namespace' },
        {},
        { onEvent: () => undefined, onSynced: resolve },
        stop.signal,
      )
    })
    await synced
    stop.abort()
    expect(reads).toBe(3)
  })

  it('is asked for again where there was none at first', async () => {
    const cluster = clusterOf('', fresh())
    await expect(cluster.identity()).rejects.toThrow('kubernetes connect')
    expect(await cluster.identity()).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('is not asked for again and again where it stays refused: the cluster is out of reach', async () => {
    await expect(clusterOf(old()).identity()).rejects.toMatchObject({
      name: 'AdapterError',
      system: 'kubernetes',
      retryable: true,
      message: expect.stringContaining('the credentials are not accepted'),
    })
    expect(reads).toBeLessThanOrEqual(3)
  })
})

it('an API server that moved is found where the kubeconfig says now', async () => {
  const other = await startCluster('dev')
  closing.push(() => other.stop())
  const cluster = clusterOf(fresh(), kubeconfig(other.url, other.token))
  await cluster.identity()
  await running.clock.advance(6 * 60_000)
  const before = other.emulator.requests.length
  await cluster.identity()
  expect(other.emulator.requests.length).toBe(before + 1)
})
