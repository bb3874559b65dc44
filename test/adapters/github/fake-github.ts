import { generateKeyPairSync } from 'node:crypto'
import { createGitHub, type GitHubOptions } from '../../../src/adapters/github/github.ts'

export const repository = { id: '42', owner: 'shop', name: 'deploy', installation: '7' }
export const pull = { repository, number: 12 }
export const appId = '99'

export function anAppKey() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { publicKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

const privateKey = anAppKey().pem

export interface Seen {
  method: string
  path: string
  headers: Headers
  body: Record<string, unknown>
}

type Answer = { status?: number; json?: unknown; text?: string; headers?: Record<string, string> } | 'broken'
type Reply = Answer | ((body: Record<string, unknown>) => Answer)

/**
 * A GitHub that says exactly what a test tells it to, on a clock that moves only by sleeping.
 * `replies`: `METHOD /path` → answers in order; the last one stays. Tokens are minted by themselves.
 */
export function fakeGitHub(replies: Record<string, Reply[]>, more: Partial<GitHubOptions> = {}) {
  const left = new Map(Object.entries(replies).map(([route, answers]) => [route, [...answers]]))
  const seen: Seen[] = []
  const time = { now: Date.parse('2026-11-20T16:30:00Z'), slept: [] as number[] }
  let tokens = 0

  const reply = (route: string, body: Record<string, unknown>): Answer => {
    if (route.endsWith('/access_tokens')) {
      tokens += 1
      const expires_at = new Date(time.now + 3_600_000).toISOString()
      return { status: 201, json: { token: `ghs_${tokens}`, expires_at } }
    }
    const answers = left.get(route)
    if (!answers) return { status: 404, json: { message: `no answer for ${route}` } }
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) as Reply
    return typeof answer === 'function' ? answer(body) : answer
  }

  const fetch = async (input: unknown, init?: RequestInit): Promise<Response> => {
    const url = new URL(String(input))
    const method = init?.method ?? 'GET'
    const body = JSON.parse(String(init?.body ?? '{}')) as Record<string, unknown>
    seen.push({ method, path: url.pathname + url.search, headers: new Headers(init?.headers), body })
    const answer = reply(
      `${method} ${url.pathname}${url.searchParams.has('page') ? `?page=${url.searchParams.get('page')}` : ''}`,
      body,
    )
    if (answer === 'broken') throw new TypeError('terminated')
    const { status = 200, json, text, headers } = answer
    const content = text ?? (json === undefined ? null : JSON.stringify(json))
    const response = new Response([204, 304].includes(status) ? null : content, {
      status,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    })
    Object.defineProperty(response, 'url', { value: url.href })
    return response
  }

  const lines: Record<string, unknown>[] = []
  const write = (fields: Record<string, unknown>) => void lines.push(fields)
  const log = { child: () => log, debug: write, info: write, warn: write, error: write }
  const github = createGitHub({
    appId,
    privateKey,
    baseUrl: 'https://api.github.test',
    clock: {
      now: () => time.now,
      sleep: async (ms) => {
        time.slept.push(ms)
        time.now += ms
      },
    },
    random: { number: () => 0, bytes: (length) => new Uint8Array(length), uuid: () => 'uuid' },
    log,
    fetch: fetch,
    ...more,
  })
  const calls = () =>
    seen
      .filter(({ path }) => !path.endsWith('/access_tokens'))
      .map(({ method, path }) => `${method} ${path.split('?')[0]}`)
  return {
    github,
    seen,
    calls,
    time,
    lines,
    mints: () => seen.filter(({ path }) => path.endsWith('/access_tokens')),
  }
}
