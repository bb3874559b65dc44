import { createCluster } from '../../../src/adapters/kubernetes/create-cluster.ts'
import { createEmulatedClock, type EmulatedClock } from '../../../src/emulator/clock.ts'
import {
  type ClusterEmulator,
  createClusterEmulator,
} from '../../../src/emulator/cluster/create-cluster-emulator.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { Cluster } from '../../../src/ports/cluster.ts'
import type { Log } from '../../../src/ports/log.ts'
import type { Random } from '../../../src/ports/random.ts'

export const startOfTime = Date.parse('2026-11-20T16:30:00Z')

/** The machine's own time, for tests in which things must move by themselves. */
export const machineClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const timer = setTimeout(resolve, Math.min(ms, 2 ** 30))
      timer.unref()
      signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    }),
}

/** A sequence that is the same in every run. */
export function seededRandom(seed = 1): Random {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(next() * 256))
  return {
    number: next,
    bytes,
    uuid() {
      const hex = Buffer.from(bytes(16)).toString('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
    },
  }
}

export const silentLog: Log = {
  child: () => silentLog,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

export interface RunningCluster {
  emulator: ClusterEmulator
  cluster: Cluster
  clock: EmulatedClock
  url: string
  token: string
  kubeconfig: string
  stop(): Promise<void>
}

/** An emulated cluster and our adapter for it; `clock` stands still unless it is given the machine's. */
export async function startCluster(name = 'dev', real?: Clock): Promise<RunningCluster> {
  const clock = createEmulatedClock(startOfTime, real)
  const emulator = createClusterEmulator({ name, clock, random: seededRandom() })
  const { url, token, kubeconfig, close } = await emulator.listen()
  const cluster = createCluster({ name, kubeconfig, clock, random: seededRandom(2), log: silentLog })
  return {
    emulator,
    cluster,
    clock,
    url,
    token,
    kubeconfig,
    async stop() {
      await cluster.close()
      await close()
    },
  }
}
