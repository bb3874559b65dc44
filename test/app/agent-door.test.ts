import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAppLink } from '../../src/adapters/app/app-link.ts'
import { createAgentDoor } from '../../src/app/agent-door.ts'
import { createAgentKeys } from '../../src/app/agent-keys.ts'
import { createHintStreams, type HintStreams } from '../../src/app/hint-streams.ts'
import type { AgentPlace, Report } from '../../src/domain/agent.ts'
import { createEmulatedClock, type EmulatedClock } from '../../src/emulator/clock.ts'
import {
  type AgentCredential,
  hashOfBody,
  signCredential,
} from '../../src/features/agents/agent-credential.ts'
import type { ReportAnswer } from '../../src/features/agents/judge-report.ts'
import { publicKeyLine } from '../../src/features/attestation/ssh-key.ts'
import { aLog } from './worker-fakes.ts'

const aKey = () =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const key = aKey()
const place: AgentPlace = { environment: 'prod', cluster: 'eu' }
const repository = { id: '7', owner: 'shop', name: 'config', installation: '1' }
const snapshot: Report = { kind: 'snapshot', epoch: 1, sequence: 1, identity: 'uid', releases: [] }

let clock: EmulatedClock
let server: Server
let streams: HintStreams
let url: string
let taken: { place: AgentPlace; report: Report }[]
let answer: ReportAnswer
let declared: string[]

beforeEach(async () => {
  clock = createEmulatedClock(Date.parse('2026-11-20T16:30:00Z'))
  streams = createHintStreams(clock)
  taken = []
  answer = { kind: 'accepted' }
  declared = [publicKeyLine(key)]
  const door = createAgentDoor({
    repository: (id) => (id === '7' ? repository : undefined),
    keys: createAgentKeys(
      async () => ({
        environments: [
          {
            name: 'prod',
            waves: [['eu', 'us']],
            isProtected: true,
            approvals: { fourEyes: true },
            windows: [],
          },
        ],
        clusters: [
          { name: 'eu', labels: {}, access: { kind: 'agent', keys: declared } },
          { name: 'us', labels: {}, access: { kind: 'agent', keys: [publicKeyLine(aKey())] } },
          { name: 'spare', labels: {}, access: { kind: 'agent', keys: declared } },
        ],
      }),
      clock,
    ),
    async take(agent, report) {
      taken.push({ place: agent.place, report })
      return answer
    },
    streams,
    clock,
    log: aLog(),
    maxBytes: 5_000,
  })
  server = createServer((request, response) =>
    (request.url === '/agents/hints' ? door.hints : door.reports)(request, response),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  streams.close()
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const link = (different: Partial<Parameters<typeof createAppLink>[0]> = {}) =>
  createAppLink({ url, repository: '7', place, key, clock, fetch, ...different })

/** A request with a body of one's choice, signed for as one likes. */
async function send(
  body: string,
  credential: Partial<AgentCredential> = {},
  headers = {},
): Promise<Response> {
  const whole = {
    purpose: 'report' as const,
    repository: '7',
    place,
    at: clock.now(),
    body: hashOfBody(body),
    ...credential,
  }
  return fetch(`${url}/agents/reports`, {
    method: 'POST',
    body,
    headers: { ...signCredential(whole, key), ...headers },
  })
}
const refusalOf = async (response: Response) => [
  response.status,
  ((await response.json()) as { code: string }).code,
]

describe('a report', () => {
  it('of a declared key is taken', async () => {
    expect(await link().report(snapshot)).toEqual({ kind: 'accepted' })
    expect(taken).toEqual([{ place, report: snapshot }])
  })

  it('is answered as it was judged', async () => {
    answer = { kind: 'old', message: 'old', newest: { epoch: 3, sequence: 4 } }
    expect(await link().report(snapshot)).toEqual(answer)
    answer = { kind: 'resync', message: 'a gap' }
    expect(await link().report(snapshot)).toEqual(answer)
  })

  it.each([
    ['by another key', { key: aKey() }],
    ['about another cluster', { place: { environment: 'prod', cluster: 'us' } }],
    ['about another environment', { place: { environment: 'dev', cluster: 'eu' } }],
    ['about a cluster that nothing is rolled out to', { place: { environment: 'prod', cluster: 'spare' } }],
    ['for another repository', { repository: '8' }],
  ])('%s is refused', async (_, different) => {
    expect(await link(different).report(snapshot)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('no key that is declared'),
    })
    expect(taken).toEqual([])
  })

  it('of a key that was taken out is refused within seconds', async () => {
    await link().report(snapshot)
    declared = []
    await clock.advance(10_000)
    expect(await link().report(snapshot)).toMatchObject({ kind: 'refused' })
  })

  it.each([
    [-5 * 60_000, 'accepted'],
    [5 * 60_000, 'accepted'],
    [-5 * 60_000 - 1_000, 'refused'],
    [5 * 60_000 + 1_000, 'refused'],
  ])('with a clock that is %d ms off is %s', async (skew, kind) => {
    const skewed = { now: () => clock.now() + skew, sleep: clock.sleep }
    expect((await link({ clock: skewed }).report(snapshot)).kind).toBe(kind)
  })

  it('whose body was exchanged is refused', async () => {
    const response = await send(JSON.stringify({ ...snapshot, identity: 'other' }), {
      body: hashOfBody(JSON.stringify(snapshot)),
    })
    expect(await refusalOf(response)).toEqual([401, 'AGENT_UNKNOWN'])
  })

  it('with a signature for hints is refused', async () => {
    expect(await refusalOf(await send('{}', { purpose: 'hints' }))).toEqual([401, 'AGENT_UNKNOWN'])
  })

  it('without a signature, or with a wrong one, is refused', async () => {
    const none = { 'drawbridge-signature': '' }
    expect(await refusalOf(await send('{}', {}, none))).toEqual([401, 'AGENT_UNKNOWN'])
    expect(await refusalOf(await send('{}', {}, { 'drawbridge-agent': 'e30' }))).toEqual([
      401,
      'AGENT_UNKNOWN',
    ])
    expect(await refusalOf(await send('{}', {}, { 'drawbridge-agent': 'x'.repeat(5_000) }))).toEqual([
      401,
      'AGENT_UNKNOWN',
    ])
  })

  it('that is huge is refused, and the way out is said', async () => {
    const response = await send(JSON.stringify({ ...snapshot, releases: ['x'.repeat(9_000)] }))
    expect(response.status).toBe(413)
    expect(await response.text()).toContain('--slice 1/4')
  })

  it.each(['', 'null', '[]', '{"kind":"snapshot"}', `${'['.repeat(100)}${']'.repeat(100)}`])(
    'that is %s is refused',
    async (body) => expect(await refusalOf(await send(body))).toEqual([400, 'REPORT_UNREADABLE']),
  )

  it('by another method is refused', async () => {
    expect((await fetch(`${url}/agents/reports`)).status).toBe(405)
  })
})

describe('hints', () => {
  it('reach the agent of the cluster that is meant, until it goes', async () => {
    const hints: string[] = []
    const stop = new AbortController()
    const following = link().follow(() => hints.push('look'), stop.signal)
    await expect.poll(() => streams.followed()).toEqual([{ repositoryId: '7', environment: 'prod' }])
    streams.tell('7', 'prod', 'us')
    streams.tell('8', 'prod')
    streams.tell('7', 'prod', 'eu')
    await expect.poll(() => hints).toEqual(['look'])
    streams.tell('7', 'prod')
    await expect.poll(() => hints).toEqual(['look', 'look'])
    stop.abort()
    await following
    await expect.poll(() => streams.followed()).toEqual([])
  })

  it('are for declared keys only', async () => {
    await expect(link({ key: aKey() }).follow(() => undefined, new AbortController().signal)).rejects.toThrow(
      'no key that is declared',
    )
  })

  it('are not given to who repeats an asking', async () => {
    const stop = new AbortController()
    void link().follow(() => undefined, stop.signal)
    await expect.poll(() => streams.followed()).toHaveLength(1)
    await expect(link().follow(() => undefined, stop.signal)).rejects.toThrow('not newer than the one before')
    stop.abort()
  })

  it('end the older stream of an agent that asks again', async () => {
    const stop = new AbortController()
    const first = link().follow(() => undefined, stop.signal)
    await expect.poll(() => streams.followed()).toHaveLength(1)
    await clock.advance(1_000)
    void link().follow(() => undefined, stop.signal)
    await first
    expect(streams.followed()).toHaveLength(1)
    stop.abort()
  })
})

it('an app that is away is an AdapterError', async () => {
  await expect(link({ url: 'http://127.0.0.1:1' }).report(snapshot)).rejects.toMatchObject({
    name: 'AdapterError',
    system: 'app',
    retryable: true,
  })
})
