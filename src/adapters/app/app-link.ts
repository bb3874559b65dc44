import type { AgentPlace } from '../../domain/agent.ts'
import { type AgentCredential, hashOfBody, signCredential } from '../../features/agents/agent-credential.ts'
import { parseWords } from '../../features/agents/parse-report.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { AppLink, LinkAnswer } from '../../ports/app-link.ts'
import type { Clock } from '../../ports/clock.ts'

export interface AppLinkOptions {
  /** Of the app: `https://drawbridge.example.com`. */
  url: string
  /** GitHub's number of the repository. */
  repository: string
  place: AgentPlace
  /** PEM of the agent's Ed25519 key. */
  key: string
  clock: Clock
  fetch: typeof fetch
}

const answerTimeoutMs = 30_000
/** The app sends something every 25 seconds. */
const silenceMs = 60_000
const mostAnswerBytes = 64 * 1024

/** The app's two addresses for agents, over HTTP. */
export function createAppLink(options: AppLinkOptions): AppLink {
  const { url, repository, place, key, clock } = options
  const origin = url.replace(/\/+$/, '')

  const call = async (
    purpose: AgentCredential['purpose'],
    path: string,
    body: string,
    signal: AbortSignal,
  ) => {
    const credential = { purpose, repository, place, at: clock.now(), body: hashOfBody(body) }
    const isReport = purpose === 'report'
    try {
      return await options.fetch(`${origin}${path}`, {
        method: isReport ? 'POST' : 'GET',
        headers: {
          ...signCredential(credential, key),
          ...(isReport && { 'content-type': 'application/json' }),
        },
        ...(isReport && { body }),
        redirect: 'error',
        signal,
      })
    } catch (error) {
      throw away(path, 'the app cannot be reached', error)
    }
  }
  const away = (operation: string, message: string, cause?: unknown) =>
    new AdapterError({ system: 'app', operation, target: origin, retryable: true, message, cause })

  return {
    async report(report) {
      const over = new AbortController()
      const limit = new AbortController()
      void clock.sleep(answerTimeoutMs, over.signal).then(() => over.signal.aborted || limit.abort())
      try {
        const response = await call('report', '/agents/reports', JSON.stringify(report), limit.signal)
        const text = (await response.text().catch(() => '')).slice(0, mostAnswerBytes)
        if (response.status >= 500 || response.status === 429)
          throw away('/agents/reports', `the app answers ${response.status}`)
        return toAnswer(text, response.status)
      } finally {
        over.abort()
      }
    },
    async follow(onHint, signal) {
      const dead = new AbortController()
      const either = AbortSignal.any([signal, dead.signal])
      let heardAt = clock.now()
      const watch = async () => {
        while (!either.aborted) {
          await clock.sleep(heardAt + silenceMs - clock.now(), either)
          if (clock.now() - heardAt >= silenceMs) dead.abort()
        }
      }
      void watch()
      try {
        const response = await call('hints', '/agents/hints', '', either)
        if (response.status !== 200 || !response.body) {
          const { message } = toAnswer(await response.text(), response.status) as { message?: string }
          throw away('/agents/hints', message ?? `the app answers ${response.status}`)
        }
        const decoder = new TextDecoder()
        let rest = ''
        for await (const chunk of response.body) {
          heardAt = clock.now()
          const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
          rest = (lines.pop() ?? '').slice(-mostAnswerBytes)
          if (lines.includes('event: look')) onHint()
        }
      } catch (error) {
        if (signal.aborted) return
        throw error instanceof AdapterError ? error : away('/agents/hints', 'the stream broke off', error)
      } finally {
        dead.abort()
      }
    },
  }
}

/** Only what is known of an answer is passed on; anything else is a refusal in the app's words. */
function toAnswer(text: string, status: number): LinkAnswer {
  const { kind, message, newest, elsewhere } = parse(text)
  const words = typeof message === 'string' ? message : `the app answers ${status}`
  switch (kind) {
    case 'accepted':
      return elsewhere === undefined ? { kind } : { kind, elsewhere: parseWords(elsewhere) }
    case 'resync':
    case 'identity-changed':
      return { kind, message: words }
    case 'old': {
      const { epoch, sequence } = (newest ?? {}) as { epoch?: unknown; sequence?: unknown }
      if (!Number.isSafeInteger(epoch) || !Number.isSafeInteger(sequence)) break
      return { kind, message: words, newest: { epoch: Number(epoch), sequence: Number(sequence) } }
    }
  }
  return { kind: 'refused', message: words }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
