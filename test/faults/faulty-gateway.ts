import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent, request } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** A request that came through, and what became of it. */
export interface PassedRequest {
  verb: 'GET' | 'WATCH' | 'PATCH' | 'DELETE' | 'POST' | 'PUT'
  /** Without the query. */
  path: string
  /** Milliseconds of the machine: when it came, and when it was answered. */
  at: number
  answeredAt?: number
  /** Of the answer; undefined while there is none. */
  status?: number
  /** Seconds that the answer asks to stay away. */
  retryAfter?: number
  /** `resourceVersion` of the object in the answer to a write. */
  version?: string
}

/** What a watch is answered instead of the API server's answer. */
export type WatchFault =
  | { kind: 'status'; status: number }
  /** A line in a 200 stream, which then ends. */
  | { kind: 'frame'; line: string }

/** What calls are answered instead of the API server's answer: never anything, or this status. */
export type CallFault = 'silence' | { status: number; retryAfter?: number }

/** Stands between an agent and the API server, counts what passes, and can do what networks do. */
export interface FaultyGateway {
  /** For the agent. */
  kubeconfig: string
  requests: PassedRequest[]
  /** Called for every request before it is passed on, and again when the API server has answered, before the agent knows. */
  onPass(hook: (request: PassedRequest) => void | Promise<void>): void
  /** Watches end as the API server ends them, or as a connection that breaks. */
  closeWatches(): void
  cutWatches(): void
  /** What is in the way of watches stays there unread for so long. */
  holdWatches(ms: number): void
  /** The next watches get this, in this order. */
  answerWatches(faults: WatchFault[]): void
  /** The first try of every call to each path gets this; undefined: no further. */
  failFirst(fault: CallFault | undefined): void
  /** Of each list, the answer of now is kept; `old`: from then on that is what comes for it. */
  lists(which: 'kept' | 'old' | 'as they are'): void
  /** Whether new watches also tell a version when nothing happened. */
  tellBookmarks(isTold: boolean): void
  /** Nobody answers on the connections that are open now; `forNew`: nor on others until `heal`. Nothing is closed. */
  silence(options?: { forNew?: boolean }): void
  heal(): void
  openWatches(): number
  close(): Promise<void>
}

interface OpenWatch {
  response: ServerResponse
  upstream: IncomingMessage
}

/** `kubeconfig`: of the API server, as its control plane wrote it. */
export async function startFaultyGateway(kubeconfig: string): Promise<FaultyGateway> {
  const way = readWay(kubeconfig)
  const agent = new Agent({ keepAlive: true, ca: way.authority, maxSockets: 64 })
  const sockets = new Set<Socket>()
  const dead = new WeakSet<Socket>()
  const watches = new Set<OpenWatch>()
  const requests: PassedRequest[] = []
  let faults: WatchFault[] = []
  const tried = new Set<string>()
  const oldLists = new Map<string, Buffer>()
  let failure: CallFault | undefined
  let whichLists: 'kept' | 'old' | 'as they are' = 'as they are'
  let hasBookmarks = true
  let isSilent = false
  let hook: (request: PassedRequest) => void | Promise<void> = () => undefined

  const pass = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { socket, method, url = '/' } = incoming
    if (dead.has(socket)) return
    const isWatch = url.includes('watch=true')
    const verb = (isWatch ? 'WATCH' : method) as PassedRequest['verb']
    const passed: PassedRequest = { verb, path: url.split('?')[0]!, at: performance.now() }
    requests.push(passed)
    const body = await readAll(incoming)
    await hook(passed)
    const fault = isWatch ? faults.shift() : undefined
    if (fault !== undefined) return answerFault(response, fault)
    const key = `${passed.verb} ${passed.path}`
    if (failure !== undefined && !isWatch && !tried.has(key)) {
      tried.add(key)
      if (failure === 'silence') return
      return answerFailure(passed, response, failure)
    }
    const old = whichLists === 'old' && !isWatch ? oldLists.get(url) : undefined
    if (old !== undefined) return void response.end(old)
    const headers = { ...incoming.headers, host: way.server.host }
    const outgoing = request(new URL(url, way.server), { method, headers, agent })
    outgoing.on('error', () => socket.destroy())
    response.on('close', () => outgoing.destroy())
    outgoing.on('response', (upstream) => {
      passed.status = upstream.statusCode!
      if (isWatch) return passWatch({ response, upstream })
      passAnswer(passed, url, response, upstream, socket).catch(() => socket.destroy())
    })
    outgoing.end(body)
  }
  const passWatch = (watch: OpenWatch) => {
    const { response, upstream } = watch
    watches.add(watch)
    response.writeHead(upstream.statusCode!, { 'content-type': 'application/json' })
    response.flushHeaders()
    upstream.on('error', () => response.destroy())
    upstream.on('close', () => watches.delete(watch))
    if (hasBookmarks) upstream.pipe(response)
    else pipeline(upstream, linesWithoutBookmarks, response).catch(() => undefined)
  }
  const passAnswer = async (
    passed: PassedRequest,
    url: string,
    response: ServerResponse,
    upstream: IncomingMessage,
    socket: Socket,
  ) => {
    const text = await readAll(upstream).catch(() => undefined)
    if (text === undefined) return void socket.destroy()
    passed.version = passed.verb === 'GET' ? undefined : versionIn(text)
    passed.answeredAt = performance.now()
    const { 'retry-after': retryAfter } = upstream.headers
    if (retryAfter !== undefined) passed.retryAfter = Number(retryAfter)
    if (whichLists === 'kept' && url.includes('labelSelector')) oldLists.set(url, text)
    await hook(passed)
    if (dead.has(socket)) return
    response.writeHead(passed.status!, {
      'content-type': 'application/json',
      ...(retryAfter && { 'retry-after': retryAfter }),
    })
    response.end(text)
  }

  const server = createServer((incoming, response) => {
    pass(incoming, response).catch(() => incoming.socket.destroy())
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    if (isSilent) dead.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    kubeconfig: kubeconfigFor(`http://127.0.0.1:${port}`, way.token),
    requests,
    onPass: (wanted) => void (hook = wanted),
    closeWatches() {
      for (const { response, upstream } of watches) {
        upstream.unpipe(response)
        response.end()
      }
    },
    cutWatches() {
      for (const { response } of watches) response.socket?.resetAndDestroy()
    },
    holdWatches(ms) {
      const held = [...watches]
      for (const { response, upstream } of held) {
        upstream.unpipe(response)
        upstream.pause()
      }
      setTimeout(() => held.forEach(({ response, upstream }) => upstream.pipe(response)), ms)
    },
    answerWatches: (wanted) => void (faults = wanted),
    failFirst(fault) {
      failure = fault
      tried.clear()
    },
    lists: (which) => void (whichLists = which),
    tellBookmarks: (isTold) => void (hasBookmarks = isTold),
    silence({ forNew = false } = {}) {
      isSilent = forNew
      for (const socket of sockets) dead.add(socket)
      for (const { response, upstream } of watches) {
        upstream.unpipe(response)
        upstream.resume()
      }
    },
    heal: () => void (isSilent = false),
    openWatches: () => watches.size,
    async close() {
      for (const socket of sockets) socket.destroy()
      agent.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function answerFault(response: ServerResponse, fault: WatchFault): void {
  const status = fault.kind === 'status' ? fault.status : 200
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(fault.kind === 'status' ? JSON.stringify({ kind: 'Status', code: status }) : fault.line)
}

function answerFailure(
  passed: PassedRequest,
  response: ServerResponse,
  { status, retryAfter }: Exclude<CallFault, 'silence'>,
): void {
  Object.assign(passed, { status, retryAfter, answeredAt: performance.now() })
  if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter)
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ kind: 'Status', code: status }))
}

/** Of lines that tell an event each. */
async function* linesWithoutBookmarks(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  for await (const line of createInterface({ input: Readable.from(source) }))
    if (!line.startsWith('{"type":"BOOKMARK"')) yield `${line}\n`
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** An API server that is too busy answers with words. */
function versionIn(text: Buffer): string | undefined {
  if (text[0] !== 0x7b) return undefined
  const answer = JSON.parse(text.toString()) as { metadata?: { resourceVersion?: string } }
  return answer.metadata?.resourceVersion
}

function readWay(kubeconfig: string): { server: URL; authority: Buffer; token: string } {
  const { clusters, users } = JSON.parse(kubeconfig) as {
    clusters: { cluster: { server: string; 'certificate-authority-data': string } }[]
    users: { user: { token: string } }[]
  }
  const { server, 'certificate-authority-data': authority } = clusters[0]!.cluster
  return {
    server: new URL(server),
    authority: Buffer.from(authority, 'base64'),
    token: users[0]!.user.token,
  }
}

function kubeconfigFor(server: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'gateway',
    clusters: [{ name: 'gateway', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'agent', user: { token } }],
    contexts: [{ name: 'gateway', context: { cluster: 'gateway', user: 'agent' } }],
  })
}
