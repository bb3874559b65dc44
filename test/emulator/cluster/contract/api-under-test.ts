import { openConnection } from '../../../../src/adapters/kubernetes/connection.ts'
import { splitLines } from '../../../../src/adapters/kubernetes/split-lines.ts'
import type { KubernetesObject } from '../../../../src/domain/kubernetes-object.ts'
import { machineClock } from '../start-cluster.ts'

/** A REST API that every suite of this folder asks the same questions: the emulated one, and a real one. */
export interface ApiUnderTest {
  /** Made for the run, so that a real server can be shared. */
  namespace: string
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  /** Events of a watch, as they come, until the server ends it or `signal` aborts. */
  watch(path: string, onEvent: (event: Event) => void, signal: AbortSignal): Promise<void>
  /** Forgets all history, as a server does that ran for some minutes. */
  compact(): Promise<void>
  /** Gives a user these verbs on ConfigMaps of the namespace, and no others. */
  permit(user: string, verbs: string[]): Promise<void>
  /** Denies objects with this annotation on creation and change; a real server by a policy in CEL. */
  refuse(annotation: string, message: string): Promise<void>
  close(): Promise<void>
}

export interface CallOptions {
  body?: unknown
  contentType?: string
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  // Answers are looked at field by field: whatever is not there fails the expectation.
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are looked into wherever a question needs it
  body: any
  headers: Record<string, unknown>
}

export interface Event {
  type: string
  object: KubernetesObject & { code?: number }
}

/** Requests with a kubeconfig, as they are: nothing is retried or understood. */
export async function openApi(kubeconfig: string): Promise<Pick<ApiUnderTest, 'call' | 'watch' | 'close'>> {
  const connection = await openConnection('contract', kubeconfig, machineClock)
  const ask = async (method: string, path: string, options: CallOptions & { signal?: AbortSignal }) =>
    connection.dispatcher.request({
      method,
      path: connection.prefix + path,
      headers: {
        ...lowerCase(await connection.headers()),
        accept: 'application/json',
        ...(options.body === undefined ? {} : { 'content-type': options.contentType ?? 'application/json' }),
        ...options.headers,
      },
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal,
    })
  return {
    async call(method, path, options = {}) {
      const answer = await ask(method, path, options)
      const text = await answer.body.text()
      const isJson = text.startsWith('{')
      return {
        status: answer.statusCode,
        body: isJson ? JSON.parse(text) : text,
        headers: answer.headers,
      }
    },
    async watch(path, onEvent, signal) {
      const answer = await ask('GET', path, { signal })
      try {
        for await (const line of splitLines(answer.body)) {
          const event = JSON.parse(line) as Event & { kind?: string }
          onEvent(
            event.kind === 'Status'
              ? { type: `HTTP ${answer.statusCode}`, object: event as unknown as Event['object'] }
              : event,
          )
        }
      } catch (error) {
        if (!signal.aborted) throw error
      }
    },
    close: () => connection.close(),
  }
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
