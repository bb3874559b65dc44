// Reads numbers with the pure features of rendering, so that what lives and what is wanted compare alike.
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { objectId, objectKey } from '../../domain/kubernetes-object.ts'
import { parseExactJson } from '../../features/rendering/exact-integers.ts'
import type { Clock } from '../../ports/clock.ts'
import type { WatchEvent, WatchHandlers } from '../../ports/cluster.ts'
import type { Log } from '../../ports/log.ts'
import type { Random } from '../../ports/random.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import { backoff, type HttpClient, type Status } from './http-client.ts'
import { splitLines } from './split-lines.ts'

export interface WatchWork {
  /** Path and query of the collection, without watch parameters. */
  path(): Promise<string>
  list(): Promise<{ objects: KubernetesObject[]; resourceVersion: string }>
  handlers: WatchHandlers
  signal: AbortSignal
}

/**
 * The server ends a watch after this long, with some spread, so that not all end together; two seconds before, it tells the
 * version from which the next one goes on. Kubernetes sends nothing else for a minute where nothing happens.
 */
const shortestWatchSeconds = 40
const spreadSeconds = 10

/** Longer than any watch: silence means a dead connection. */
const idleMs = 55_000

/** A watch that lost something unseen would never tell: everything is listed again after this long. */
const relistMs = 60 * 60_000

/** A list that is forgotten before this is soon forgotten again. */
const calmMs = 60_000

/** How a watch ended: resume where it was, or read everything again. */
type End = 'resume' | 'relist'

/** Lists, then watches, for ever: resumes at the last resourceVersion, starts over where the server forgot it. */
export async function watchObjects(
  work: WatchWork,
  http: HttpClient,
  clock: Clock,
  random: Random,
  log: Log,
): Promise<void> {
  const { handlers, signal } = work
  const known = new Map<string, KubernetesObject>()
  let resourceVersion: string | undefined
  let listedAt = 0
  let isSynced = false
  let failures = 0
  let relists = 0
  let isUp = true
  const answered = () => {
    if (!isUp) handlers.onConnection?.(true)
    isUp = true
  }
  while (!signal.aborted) {
    try {
      if (resourceVersion === undefined) {
        const list = await work.list()
        if (signal.aborted) return
        answered()
        tellDifferences(known, list.objects, (event) => handlers.onEvent(event))
        resourceVersion = list.resourceVersion
        listedAt = clock.now()
        if (!isSynced) handlers.onSynced?.()
        isSynced = true
      }
      const track = (event: WatchEvent) => {
        const key = objectKey(objectId(event.object))
        if (event.type === 'DELETED') known.delete(key)
        else known.set(key, metadataOf(event.object))
        handlers.onEvent(event)
      }
      const move = (version: string) => {
        resourceVersion = version
        failures = 0
      }
      const told = { answered, track, move }
      const end = await watchOnce(work, resourceVersion, told, http, clock, random)
      if (end === 'resume') failures = 0
      const age = clock.now() - listedAt
      if (end === 'relist' || age > relistMs) resourceVersion = undefined
      relists = end === 'relist' && age < calmMs ? relists + 1 : 0
      // A server that forgets at once what it has just listed is not asked for lists without a pause.
      if (end === 'resume' || relists > 1) await clock.sleep(backoff(relists, random), signal)
    } catch (error) {
      if (signal.aborted) return
      failures += 1
      if (isUp) handlers.onConnection?.(false)
      isUp = false
      if (error instanceof ServerFault) resourceVersion = undefined
      log.debug({ failures, error: error instanceof Error ? error.name : 'unknown' }, 'watch was interrupted')
      const asked = error instanceof AdapterError ? (error.retryAfterMs ?? 0) : 0
      await clock.sleep(Math.max(backoff(failures, random), Math.min(asked, longestPauseMs)), signal)
    }
  }
}

/** A server may ask us to stay away for so long. */
const longestPauseMs = 60_000

/** What a watch comes to, step by step. */
interface WatchSteps {
  answered(): void
  track(event: WatchEvent): void
  move(resourceVersion: string): void
}

/** The server says that it cannot go on from here: what it told may not be all, and everything is read again. */
class ServerFault extends Error {}

/** All that is told of an object that is gone. */
function metadataOf({ apiVersion, kind, metadata }: KubernetesObject): KubernetesObject {
  const { name, namespace, uid, resourceVersion, labels } = metadata
  return { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion, labels } }
}

/** After a list: what is new or different since, and what is gone. */
function tellDifferences(
  known: Map<string, KubernetesObject>,
  objects: KubernetesObject[],
  onEvent: (event: WatchEvent) => void,
): void {
  const gone = new Map(known)
  for (const object of objects) {
    const key = objectKey(objectId(object))
    const before = known.get(key)
    gone.delete(key)
    known.set(key, metadataOf(object))
    if (before === undefined) onEvent({ type: 'ADDED', object })
    else if (before.metadata.resourceVersion !== object.metadata.resourceVersion)
      onEvent({ type: 'MODIFIED', object })
  }
  for (const [key, object] of gone) {
    known.delete(key)
    onEvent({ type: 'DELETED', object })
  }
}

async function watchOnce(
  work: WatchWork,
  from: string,
  { answered, track, move }: WatchSteps,
  http: HttpClient,
  clock: Clock,
  random: Random,
): Promise<End> {
  const timeoutSeconds = shortestWatchSeconds + Math.floor(random.number() * spreadSeconds)
  const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=${timeoutSeconds}&resourceVersion=${encodeURIComponent(from)}`
  const path = await work.path()
  const stop = new AbortController()
  const abort = () => stop.abort()
  work.signal.addEventListener('abort', abort, { once: true })
  const idle = idleTimer(clock, abort)
  try {
    const { status, body, retryAfterMs } = await http.stream(
      `${path}${path.includes('?') ? '&' : '?'}${query}`,
      stop.signal,
    )
    if (status === 410) return 'relist'
    // Served no longer, or in another version: the list finds out.
    if (status === 404) throw new ServerFault('watch of what is not served')
    if (status !== 200) {
      body.resume()
      throw new AdapterError({
        system: 'kubernetes',
        operation: 'watch',
        target: path,
        retryable: true,
        message: `the API server answers ${status}`,
        retryAfterMs,
      })
    }
    // Where nothing happens the first line comes after a minute.
    answered()
    for await (const line of splitLines(touching(body, () => idle.touch()))) {
      const frame = parseExactJson(line) as {
        type: string
        object: KubernetesObject & Status & { code?: number }
      }
      if (frame.type === 'ERROR') {
        if (frame.object.code === 410) return 'relist'
        throw new ServerFault('watch ended with an error')
      }
      const version = frame.object.metadata.resourceVersion
      if (version !== undefined) move(version)
      if (frame.type !== 'BOOKMARK') track({ type: frame.type as WatchEvent['type'], object: frame.object })
    }
    return 'resume'
  } finally {
    idle.stop()
    stop.abort()
    work.signal.removeEventListener('abort', abort)
  }
}

async function* touching(body: AsyncIterable<unknown>, touch: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    touch()
    yield chunk as Uint8Array
  }
}

/** Calls `onIdle` once nothing was touched for `idleMs`. */
function idleTimer(clock: Clock, onIdle: () => void): { touch(): void; stop(): void } {
  const stopped = new AbortController()
  let touchedAt = clock.now()
  const wait = async () => {
    while (!stopped.signal.aborted) {
      const left = touchedAt + idleMs - clock.now()
      if (left <= 0) return onIdle()
      await clock.sleep(left, stopped.signal)
    }
  }
  void wait()
  return {
    touch() {
      touchedAt = clock.now()
    },
    stop: () => stopped.abort(),
  }
}
