import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInbox, webhookPath } from '../../src/app/inbox.ts'
import { createEmulatedClock, type EmulatedClock } from '../../src/emulator/clock.ts'
import type { Delivery, Inbox } from '../../src/ports/store.ts'

const secret = 'a secret of thirty-two characters'
const oldSecret = 'the secret before it was replaced'
const guid = '72d3162e-cc78-11e3-81ab-4c9367dc0958'
const maxBytes = 1000

let clock: EmulatedClock
let server: Server
let rows: Delivery[]
let woken: number
let isDown: boolean
let port: number

beforeEach(async () => {
  clock = createEmulatedClock(Date.parse('2026-11-20T16:30:00Z'))
  rows = []
  woken = 0
  isDown = false
  const accept: Inbox['accept'] = async (delivery) => {
    if (isDown) throw new Error('connection refused')
    if (rows.some((row) => row.id === delivery.id)) return 'duplicate'
    rows.push(delivery)
    return 'stored'
  }
  const inbox = { accept } as Inbox
  const onStored = () => woken++
  server = createServer(
    createInbox({ store: { inbox }, secrets: [secret, oldSecret], clock, maxBytes, onStored }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const sign = (body: Uint8Array | string, key = secret) =>
  `sha256=${createHmac('sha256', key).update(body).digest('hex')}`

interface Post {
  body?: Uint8Array | string
  method?: string
  path?: string
  headers?: Record<string, string>
}

function post({
  body = '{}',
  method = 'POST',
  path = webhookPath,
  headers = {},
}: Post = {}): Promise<Response> {
  const signed = { 'x-hub-signature-256': sign(body), 'x-github-event': 'push', 'x-github-delivery': guid }
  return fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    body: method === 'POST' ? Buffer.from(body) : undefined,
    headers: { 'content-type': 'application/json', ...signed, ...headers },
  })
}

/** Sends raw bytes and keeps the connection; for what no client would send. */
async function send(...lines: string[]): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const answer = new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += String(chunk)
      resolve(text)
    })
    socket.on('close', () => resolve(text))
    socket.on('error', () => {})
  })
  socket.write(lines.join('\r\n'))
  return { socket, answer }
}

const requestLines = [
  `POST ${webhookPath} HTTP/1.1`,
  'host: x',
  'content-type: application/json',
  `x-github-event: push`,
  `x-github-delivery: ${guid}`,
]

describe('a delivery that is signed', () => {
  it('is stored as it came, acknowledged with 202, and the worker is woken', async () => {
    const body = '{ "a" : 9007199254740993, "é": "\\u0000" }'
    expect((await post({ body })).status).toBe(202)
    expect(rows).toEqual([{ id: guid, event: 'push', body, receivedAt: clock.now() }])
    expect(woken).toBe(1)
  })

  it('is one row when it comes five times', async () => {
    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await post()).status))
    expect(statuses).toEqual([202, 202, 202, 202, 202])
    expect(rows).toHaveLength(1)
    expect(woken).toBe(1)
  })

  it('may be signed with either secret during a rotation', async () => {
    const headers = { 'x-hub-signature-256': sign('{}', oldSecret) }
    expect((await post({ headers })).status).toBe(202)
  })

  it('is acknowledged whatever its event is', async () => {
    expect((await post({ headers: { 'x-github-event': 'ping' } })).status).toBe(202)
    expect((await post({ headers: { 'x-github-event': 'not_known_yet' } })).status).toBe(202)
  })

  it('is answered with 503 while the database is down', async () => {
    isDown = true
    const response = await post()
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('60')
    expect(woken).toBe(0)
  })
})

describe('what is not signed with our secret', () => {
  it.each([
    ['empty', ''],
    ['without digits', 'sha256='],
    ['of SHA-1', `sha1=${'a'.repeat(40)}`],
    ['not hexadecimal', `sha256=${'z'.repeat(64)}`],
    ['too short', `sha256=${'a'.repeat(63)}`],
    ['of ten kilobytes', `sha256=${'a'.repeat(10_000)}`],
    ['of another body', sign('{ }')],
    ['of another app', sign('{}', 'the secret of some other app')],
  ])('%s → 401, nothing stored', async (_, signature) => {
    expect((await post({ headers: { 'x-hub-signature-256': signature } })).status).toBe(401)
    expect(rows).toEqual([])
    expect((await post()).status).toBe(202)
  })

  it('without or with two signature headers → 401', async () => {
    const none = await send(...requestLines, 'content-length: 2', '', '{}')
    expect(await none.answer).toContain('401')
    const one = `x-hub-signature-256: ${sign('{}')}`
    const two = await send(...requestLines, one, one, 'content-length: 2', '', '{}')
    expect(await two.answer).toContain('401')
    expect(rows).toEqual([])
    for (const { socket } of [none, two]) socket.destroy()
  })

  it('one byte of the body changed → 401', async () => {
    const headers = { 'x-hub-signature-256': sign('{"a":1}') }
    expect((await post({ body: '{"a":2}', headers })).status).toBe(401)
  })
})

describe('bodies', () => {
  const deep = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)
  it.each<[string, Uint8Array | string, number]>([
    ['at the limit', `{"a":"${'x'.repeat(maxBytes - 8)}"}`, 202],
    ['one byte over the limit', `{"a":"${'x'.repeat(maxBytes - 7)}"}`, 413],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 400],
    ['half a surrogate pair', Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]), 400],
    ['a byte order mark', Buffer.from('\uFEFF{}'), 400],
    ['a raw NUL', '{"a":"\0"}', 400],
    ['not JSON', '{', 400],
    ['empty', '', 400],
    ['a list', '[]', 400],
    ['null', 'null', 400],
    ['64 levels', deep(64), 202],
    ['65 levels', deep(65), 400],
    ['brackets in a string', JSON.stringify({ a: '\\"{[[[[[['.repeat(80) }), 202],
    ['a number beyond all', '{"a":1e400}', 202],
    ['a key twice', '{"a":1,"a":2}', 202],
  ])('%s → %d', async (_, body, status) => {
    const response = await post({ body })
    expect(response.status).toBe(status)
    expect(rows).toHaveLength(status === 202 ? 1 : 0)
  })

  it('cannot reach the prototype of everything', async () => {
    const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
    expect((await post({ body })).status).toBe(202)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(rows[0]?.body).toBe(body)
  })

  it('too large and without a length or a signature: 413 as soon as the limit is passed', async () => {
    const chunk = 'x'.repeat(maxBytes + 1)
    const size = chunk.length.toString(16)
    const { socket, answer } = await send(...requestLines, 'transfer-encoding: chunked', '', size, chunk, '')
    expect(await answer).toContain('413')
    socket.destroy()
  })

  it('declared too large: 413 before a byte of it', async () => {
    const { socket, answer } = await send(...requestLines, `content-length: ${maxBytes + 1}`, '', '')
    expect(await answer).toContain('413')
    socket.destroy()
  })

  it('too slow: closed after ten seconds, while others are served', async () => {
    const slow = await Promise.all(
      Array.from({ length: 50 }, () => send(...requestLines, 'content-length: 100', '', '{')),
    )
    expect((await post()).status).toBe(202)
    const closed = slow.map(({ socket }) => once(socket, 'close'))
    await clock.advance(9_999)
    expect(slow.every(({ socket }) => !socket.closed)).toBe(true)
    await clock.advance(1)
    await Promise.all(closed)
    expect(await slow[0]?.answer).toContain('408')
    expect(rows).toHaveLength(1)
  })

  it('broken off in the middle: nothing happens', async () => {
    const { socket } = await send(...requestLines, 'content-length: 100', '', '{')
    socket.destroy()
    expect((await post()).status).toBe(202)
    expect(rows).toHaveLength(1)
  })
})

describe('requests that are no delivery', () => {
  it.each<[string, Post, number]>([
    ['GET', { method: 'GET' }, 405],
    ['another path', { path: '/' }, 404],
    ['a path of 8 kB', { path: `/${'a'.repeat(8192)}` }, 404],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['an event that is no name', { headers: { 'x-github-event': '../push' } }, 400],
    ['no GUID', { headers: { 'x-github-delivery': "1' or '1" } }, 400],
  ])('%s → refused, nothing stored', async (_, request, status) => {
    expect((await post(request)).status).toBe(status)
    expect(rows).toEqual([])
  })

  it('both a length and chunks → 400', async () => {
    const both = ['content-length: 2', 'transfer-encoding: chunked']
    const { socket, answer } = await send(...requestLines, ...both, '', '2', '{}', '0', '', '')
    expect(await answer).toContain('400')
    expect(rows).toEqual([])
    socket.destroy()
  })

  it('pipelined deliveries are each taken once', async () => {
    const signed = (id: number) =>
      [...requestLines.slice(0, -1), `x-github-delivery: ${guid.slice(0, -1)}${id}`].concat(
        `x-hub-signature-256: ${sign('{}')}`,
        'content-length: 2',
        '',
        '{}',
      )
    const { socket } = await send([...signed(1), ''].join('\r\n').slice(0, -2) + signed(2).join('\r\n'))
    await expect.poll(() => rows.length).toBe(2)
    socket.destroy()
  })
})

describe('secrets', () => {
  const inbox = (secrets: string[]) => () =>
    createInbox({ store: { inbox: {} as Inbox }, secrets, clock, onStored() {} })

  it.each([
    ['none', [], 'no webhook secret'],
    ['23 characters', ['x'.repeat(23)], 'shorter than 24 characters'],
    ['one of two is empty', [secret, ''], 'shorter than 24 characters'],
  ])('%s → refuses to start and says what to do', (_, secrets, message) => {
    expect(inbox(secrets)).toThrow(message)
    expect(inbox(secrets)).toThrow('openssl rand -hex 32')
  })

  it('24 characters are enough', () => {
    expect(inbox(['x'.repeat(24)])).not.toThrow()
  })
})
