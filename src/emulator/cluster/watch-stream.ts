import type { ServerResponse } from 'node:http'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Clock } from '../../ports/clock.ts'
import type { LabelMatcher } from './label-selector.ts'
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
  /** The representation asked for: the object, or its metadata only. */
  represent(object: KubernetesObject): unknown
}

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
  const isFromNow = from === undefined || from === '' || from === '0'
  const backlog = isFromNow ? currentState(storage, request) : storage.since(Number(from))
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
  for (const event of backlog) tell(event)
  const bookmark = () =>
    send('BOOKMARK', {
      apiVersion: apiVersionOf(request.kind),
      kind: request.kind.kind,
      metadata: { resourceVersion: String(storage.revision()), creationTimestamp: null },
    })
  const bookmarks = async () => {
    while (request.allowsBookmarks && !ended.signal.aborted) {
      await clock.sleep(bookmarkIntervalMs, ended.signal)
      if (!ended.signal.aborted) bookmark()
    }
  }
  void bookmarks()
  void clock.sleep(request.timeoutSeconds * 1000, ended.signal).then(() => end(() => response.end()))
  return {
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

export function matcherOf(labels: LabelMatcher, namespace: string): (object: KubernetesObject) => boolean {
  return (object) =>
    (namespace === '' || object.metadata.namespace === namespace) && labels(object.metadata.labels)
}
