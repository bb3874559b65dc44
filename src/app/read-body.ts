import type { IncomingMessage } from 'node:http'
import type { Clock } from '../ports/clock.ts'

export type BodyAnswer =
  | { kind: 'body'; chunks: Buffer[] }
  /** More than the limit; the rest is being thrown away. */
  | { kind: 'too-large' }
  | { kind: 'too-slow' }
  /** The other side went away. */
  | { kind: 'aborted' }

export interface BodyReader {
  clock: Clock
  maxBytes: number
  timeoutMs: number
  /** False: the bytes are counted and not kept, because nothing will be done with them. */
  keep: boolean
  onChunk?: (chunk: Buffer) => void
}

/** Reads a request's body up to the limits. A body that is not over by the time-out closes its connection. */
export function readBody(request: IncomingMessage, reader: BodyReader): Promise<BodyAnswer> {
  const { clock, maxBytes, timeoutMs, keep, onChunk } = reader
  const over = new AbortController()
  request.once('close', () => over.abort())
  request.once('end', () => over.abort())
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    let isAnswered = false
    const end = (answer: BodyAnswer) => {
      isAnswered = true
      resolve(answer)
    }
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) end({ kind: 'too-large' })
    request.on('data', (chunk: Buffer) => {
      // Flows on without being looked at, so that the other side gets to read the answer.
      if (isAnswered) return
      size += chunk.length
      if (size > maxBytes) return end({ kind: 'too-large' })
      onChunk?.(chunk)
      if (keep) chunks.push(chunk)
    })
    request.on('end', () => end({ kind: 'body', chunks }))
    request.on('close', () => end({ kind: 'aborted' }))
    request.on('error', () => end({ kind: 'aborted' }))
    void closeWhenSlow()

    async function closeWhenSlow(): Promise<void> {
      await clock.sleep(timeoutMs, over.signal)
      if (over.signal.aborted) return
      end({ kind: 'too-slow' })
      // Long enough for the answer to leave; then the connection is worth nothing.
      setImmediate(() => request.destroy())
    }
  })
}
