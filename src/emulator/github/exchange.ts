import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Hub } from './hub.ts'

/** One HTTP request, read whole, and the way to answer it. */
export interface Exchange {
  method: string
  url: URL
  /** Lower-case names. */
  headers: Map<string, string>
  body: Buffer
  send(status: number, headers: Record<string, string>, body: string | Uint8Array): void
  /** Closes the connection without an answer. */
  hangUp(): void
}

export async function readExchange(
  hub: Hub,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Exchange> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return {
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', hub.url),
    headers,
    body: Buffer.concat(chunks),
    send(status, extra, body) {
      // Clients set their clocks right by this header.
      response.setHeader('date', new Date(hub.clock.now()).toUTCString())
      response.setHeader('x-github-request-id', hub.random.uuid())
      response.writeHead(status, extra)
      response.end(body)
    },
    hangUp: () => void request.socket.destroy(),
  }
}
