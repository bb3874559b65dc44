import { setTimeout as sleep } from 'node:timers/promises'
import { createCluster } from '../../src/adapters/kubernetes/create-cluster.ts'
import { createLog } from '../../src/adapters/log/pino-log.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { systemRandom } from '../../src/adapters/system/system-random.ts'
import type { WatchEvent } from '../../src/ports/cluster.ts'
import type { ApiServer } from '../../src/main/control-plane/start-api-server.ts'
import { applicationName } from './fleet.ts'

/** The storm: so many edits and deletions at once, and a pause before the next. */
const clientConnections = 10
const pauseMs = 100

/** As fast as one client with so many connections sends: it does not wait until what it did is mended. */
export async function together(count: number, one: (index: number) => Promise<unknown>): Promise<void> {
  const healing: Promise<unknown>[] = []
  for (let index = 0; index < count; index += clientConnections) {
    const some = Array.from({ length: Math.min(clientConnections, count - index) }, (_, next) => index + next)
    healing.push(...some.map(one))
    await sleep(pauseMs)
  }
  await Promise.all(healing)
}

/** Milliseconds from the answer to the edit until the watch shows the object as it should be. */
export async function disturb(apiServer: ApiServer, seen: Watcher, index: number): Promise<number> {
  const kind = index % 2 === 0 ? 'Deployment' : 'Service'
  const [namespace, name] = [`team-${index % 20}`, applicationName(index)]
  const group = kind === 'Deployment' ? 'apis/apps/v1' : 'api/v1'
  const path = `/${group}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`
  const isEdit = index % 4 < 2
  const found = (await apiServer.call('GET', path)).body as Live
  const isHealed = (live: Live) =>
    isEdit
      ? live.spec.replicas === 1 || live.spec.ports?.[0]?.targetPort === 'http'
      : live.metadata.uid !== found.metadata.uid && live.metadata.deletionTimestamp === undefined
  const healed = seen.wait(`${kind}/${namespace}/${name}`, isHealed)
  if (isEdit) {
    const { spec } = found
    if (spec.replicas !== undefined) spec.replicas = 5
    else spec.ports![0]!.targetPort = 1234
    await apiServer.call('PUT', path, found)
  } else await apiServer.call('DELETE', path)
  const begun = performance.now()
  return Math.max(0, (await healed) - begun)
}

export interface Watcher {
  /** When an object was first seen so, after it was seen otherwise. */
  wait(key: string, isAsWanted: (live: Live) => boolean): Promise<number>
}

/** Sees what happens to Deployments and Services as any client would. */
export function watchObjects({ kubeconfig }: ApiServer, signal: AbortSignal): Watcher {
  const log = createLog({ level: 'silent', clock: systemClock })
  const options = { name: 'watcher', kubeconfig, clock: systemClock, random: systemRandom, log }
  const cluster = createCluster(options)
  type Waiting = { isAsWanted(live: Live): boolean; wasOther: boolean; done(at: number): void }
  const waiting = new Map<string, Waiting>()
  const onEvent = ({ type, object }: WatchEvent) => {
    const key = `${object.kind}/${object.metadata.namespace}/${object.metadata.name}`
    const one = waiting.get(key)
    if (one === undefined) return
    const isSo = type !== 'DELETED' && one.isAsWanted(object as unknown as Live)
    if (!isSo) one.wasOther = true
    else if (one.wasOther) {
      waiting.delete(key)
      one.done(performance.now())
    }
  }
  for (const [group, kind] of [
    ['apps', 'Deployment'],
    ['', 'Service'],
  ] as const)
    void cluster.watch({ group, kind }, {}, { onEvent }, signal)
  return {
    wait: (key, isAsWanted) => new Promise((done) => waiting.set(key, { isAsWanted, wasOther: false, done })),
  }
}

interface Live {
  metadata: { uid: string; deletionTimestamp?: string }
  spec: { replicas?: number; ports?: { targetPort: string | number }[] }
}
