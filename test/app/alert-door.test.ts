import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { alertsPath, createAlertDoor } from '../../src/app/alert-door.ts'
import { type Work, workKey } from '../../src/domain/work.ts'
import { createEmulatedClock, type EmulatedClock } from '../../src/emulator/clock.ts'
import type { Store } from '../../src/ports/store.ts'
import { aRelease, noon } from '../builders.ts'
import { aLog } from './worker-fakes.ts'

const token = 'a-token-that-nobody-can-guess'
const [shop, other] = ['shop', 'other'].map((owner, index) => ({
  id: `${index}`,
  owner,
  name: 'config',
  installation: '1',
}))

let clock: EmulatedClock
let server: Server
let url: string
let work: Work[]

beforeEach(async () => {
  clock = createEmulatedClock(noon)
  work = []
  const released = [shop, other].map((repository) => ({ repository, release: aRelease() }))
  const store = {
    releases: { list: async () => released },
    queue: { enqueue: async (item: Work) => void work.push(item) },
  } as unknown as Pick<Store, 'queue' | 'releases'>
  server = createServer(
    createAlertDoor({
      tokens: ['the-one-before-for-a-while', token],
      store,
      clock,
      log: aLog(),
      maxBytes: 2_000,
    }),
  ).listen(0)
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${alertsPath}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const notification = (labels: object) =>
  JSON.stringify({ version: '4', status: 'firing', alerts: [{ status: 'firing', labels }] })
const checkout = { application: 'checkout', environment: 'prod' }

async function send(body: string, headers: Record<string, string> = { authorization: `Bearer ${token}` }) {
  const response = await fetch(url, { method: 'POST', headers, body })
  await response.text()
  return response.status
}

describe('a notification of Alertmanager', () => {
  it('has what it names looked at again, in every repository that releases it', async () => {
    expect(await send(notification(checkout))).toBe(202)
    expect(work.map(workKey)).toEqual([
      'guard-slo/0/prod/checkout',
      'guard-health/0/prod/checkout',
      'guard-slo/1/prod/checkout',
      'guard-health/1/prod/checkout',
    ])
  })

  it('may name the repository', async () => {
    expect(await send(notification({ ...checkout, repository: 'other/config' }))).toBe(202)
    expect(work.map(workKey)).toEqual(['guard-slo/1/prod/checkout', 'guard-health/1/prod/checkout'])
  })

  it('makes no work for what is released nowhere', async () => {
    expect(await send(notification({ application: 'unknown', environment: 'prod' }))).toBe(202)
    expect(work).toEqual([])
  })

  it.each`
    case                     | headers                                              | body                                 | status
    ${'no token'}            | ${{}}                                                | ${notification(checkout)}            | ${401}
    ${'another token'}       | ${{ authorization: 'Bearer of bad news and so on' }} | ${notification(checkout)}            | ${401}
    ${'an empty token'}      | ${{ authorization: 'Bearer ' }}                      | ${notification(checkout)}            | ${401}
    ${'another scheme'}      | ${{ authorization: `Basic ${token}` }}               | ${notification(checkout)}            | ${401}
    ${'no JSON'}             | ${undefined}                                         | ${'firing'}                          | ${400}
    ${'deep JSON'}           | ${undefined}                                         | ${'['.repeat(500) + ']'.repeat(500)} | ${400}
    ${'another form'}        | ${undefined}                                         | ${'{"version":"3"}'}                 | ${400}
    ${'more than it may be'} | ${undefined}                                         | ${'x'.repeat(2_001)}                 | ${413}
  `('is refused with $case: $status', async ({ headers, body, status }) => {
    expect(await send(body as string, headers as Record<string, string> | undefined)).toBe(status)
    expect(work).toEqual([])
  })

  it('is taken with the token from before while it is replaced, and by POST alone', async () => {
    expect(await send(notification(checkout), { authorization: 'Bearer the-one-before-for-a-while' })).toBe(
      202,
    )
    expect((await fetch(url)).status).toBe(405)
  })
})
