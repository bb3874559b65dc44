import { expect, it } from 'vitest'
import { createLog } from '../../../src/adapters/log/pino-log.ts'
import { createEmulatedClock } from '../../../src/emulator/clock.ts'

function aLog(level: 'debug' | 'info' = 'info') {
  const lines: string[] = []
  const clock = createEmulatedClock(Date.parse('2026-11-20T16:30:00Z'))
  const log = createLog({ level, clock, destination: { write: (line) => void lines.push(line) } })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') as Record<string, unknown> }
}

it('writes one JSON line with the time of the clock, bound fields and a constant message', () => {
  const { log, lines, last } = aLog()
  log.child({ repo: 'shop/config' }).info({ pull: 1 }, 'journey')
  expect(lines[0]).toMatch(/^\{.*\}\n$/)
  expect(last()).toEqual({
    level: 'info',
    time: '2026-11-20T16:30:00.000Z',
    repo: 'shop/config',
    pull: 1,
    msg: 'journey',
  })
})

it('leaves out what is below its level', () => {
  const { log, lines } = aLog('info')
  log.debug({}, 'journey')
  expect(lines).toEqual([])
  log.warn({}, 'journey')
  log.error({}, 'journey')
  expect(lines).toHaveLength(2)
})

it.each([
  'token',
  'accessToken',
  'Authorization',
  'x-hub-signature-256',
  'webhook_secret',
  'PASSWORD',
  'privateKey',
])('hides %s at any depth, also when it is bound', (name) => {
  const { log, lines } = aLog('debug')
  log.debug({ [name]: 'hush', request: { headers: [{ [name]: 'hush' }] } }, 'call')
  log.child({ [name]: { deeper: 'hush' } }).info({}, 'call')
  expect(lines.join('')).not.toContain('hush')
  expect(lines.join('').match(/\[hidden\]/g)).toHaveLength(3)
})

it('writes errors out, and neither cycles nor bytes break it', () => {
  const { log, last } = aLog()
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  log.warn({ error: new TypeError('no list'), cycle, bytes: new Uint8Array(9), big: 2n ** 70n }, 'odd')
  expect(last()).toMatchObject({
    error: { name: 'TypeError', message: 'no list' },
    bytes: '[9 bytes]',
    big: '1180591620717411303424',
  })
})

it('S6 hides what an error of a client says of its request', () => {
  const { log, lines } = aLog()
  const error = Object.assign(
    new Error('GET https://x-access-token:hushhush@host.example: Bearer hush.hush.hush'),
    {
      request: { headers: { authorization: 'token ghs_hushhush' } },
      response: { headers: { 'set-cookie': 'hush' } },
      cause: new Error('Authorization: Basic aHVzaDpodXNo'),
    },
  )
  log.error({ error, url: 'https://user:hush@host.example/', note: 'with ghs_hushhush' }, 'call')
  log.child({ error }).warn({ errors: [error] }, 'call')
  expect(lines.join('')).not.toMatch(/hush|aHVzaDpodXNo/)
  expect(lines.join('')).toContain('host.example')
})
