import type { ServerResponse } from 'node:http'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Clock } from '../../ports/clock.ts'
import { apiVersionOf, type Kind } from './kinds.ts'
import { StatusError } from './status-error.ts'
import { storageKind } from './served-kinds.ts'
import type { Storage, StorageEvent } from './storage.ts'

/** A real server sends one about once a minute. */
const bookmarkIntervalMs = 60_000

export interface WatchRequest {
  kind: Kind
  matches(object: KubernetesObject): boolean
  resourceVersion: string | undefined
  timeoutSeconds: number
  allowsBookmarks: boolean
  /** The list comes as events, and a bookmark that says where it ends. */
  sendsInitialEvents: boolean
  /** The representation asked for: the object, or its metadata only. */
  represent(object: KubernetesObject): unknown
}

/** A watch that ends by its timeout says where it was so long before. */
const bookmarkBeforeEndMs = 2000

/** An open watch, for chaos. */
export interface WatchStream {
  close(): void
  cut(): void
  stall(): void
  expire(): void
}

/** Streams changes as JSON lines until the client goes, the timeout passes, or chaos ends it. */
export function openWatch(
  response: ServerResponse,
  request: WatchRequest,
  storage: Storage,
  clock: Clock,
  onEnd: () => void,
): WatchStream {
  const from = request.resourceVersion
  const isFromNow = from === undefined || from === '' || from === '0' || request.sendsInitialEvents
  const backlog = isFromNow ? currentState(storage, request) : eventsSince(storage, Number(from))
  let isStalled = false
  const ended = new AbortController()
  const send = (type: string, object: unknown) => {
    if (!isStalled && !response.writableEnded) response.write(`${JSON.stringify({ type, object })}\n`)
  }
  const tell = (event: StorageEvent) => {
    if (event.kind !== storageKind(request.kind)) return
    const type = seenType(event, request)
    if (type !== undefined) send(type, request.represent(event.object))
  }
  const unsubscribe = storage.subscribe(tell)
  const end = (last: () => void) => {
    if (ended.signal.aborted) return
    ended.abort()
    unsubscribe()
    last()
    onEnd()
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  response.on('close', () => end(() => undefined))
  const bookmark = (annotations?: Record<string, string>) =>
    send('BOOKMARK', {
      apiVersion: apiVersionOf(request.kind),
      kind: request.kind.kind,
      metadata: {
        resourceVersion: String(storage.revision()),
        creationTimestamp: null,
        ...(annotations && { annotations }),
      },
    })
  const bookmarks = async () => {
    while (request.allowsBookmarks && !ended.signal.aborted) {
      await clock.sleep(bookmarkIntervalMs, ended.signal)
      if (!ended.signal.aborted) bookmark()
    }
  }
  const stream: WatchStream = {
    close: () => end(() => response.end()),
    cut: () =>
      end(() => void response.write('{"type":"MODIFIED","object":{"apiVersi', () => response.destroy())),
    stall() {
      isStalled = true
    },
    expire() {
      send('ERROR', new StatusError(410, 'Expired', 'too old resource version').toStatus())
      end(() => response.end())
    },
  }
  if (backlog === undefined) {
    stream.expire()
    return stream
  }
  for (const event of backlog) tell(event)
  if (request.sendsInitialEvents) bookmark({ 'k8s.io/initial-events-end': 'true' })
  void bookmarks()
  const lastMs = Math.max(0, request.timeoutSeconds * 1000 - bookmarkBeforeEndMs)
  const finish = async () => {
    await clock.sleep(lastMs, ended.signal)
    if (request.allowsBookmarks && !ended.signal.aborted && lastMs > 0) bookmark()
    await clock.sleep(bookmarkBeforeEndMs, ended.signal)
    if (!isStalled) end(() => response.end())
  }
  void finish()
  return stream
}

/** Undefined where the history no longer reaches back so far: the stream says so, in its first event. */
function eventsSince(storage: Storage, revision: number): StorageEvent[] | undefined {
  try {
    return storage.since(revision)
  } catch (error) {
    if (error instanceof StatusError) return undefined
    throw error
  }
}

function currentState(storage: Storage, request: WatchRequest): StorageEvent[] {
  const kind = storageKind(request.kind)
  return storage.list(kind).map((object) => ({ type: 'ADDED', kind, revision: storage.revision(), object }))
}

/** What a watcher with a selector sees: objects come and go as they begin and cease to match. */
function seenType(event: StorageEvent, request: WatchRequest): StorageEvent['type'] | undefined {
  const isMatch = request.matches(event.object)
  const wasMatch = event.previous !== undefined && request.matches(event.previous)
  if (event.type === 'DELETED') return isMatch || wasMatch ? 'DELETED' : undefined
  if (isMatch) return wasMatch ? 'MODIFIED' : 'ADDED'
  return wasMatch ? 'DELETED' : undefined
}
