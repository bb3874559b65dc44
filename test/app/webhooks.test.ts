import { generateKeyPairSync } from 'node:crypto'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { createReceiver } from '../../src/app/receiver.ts'
import type { Event } from '../../src/domain/event.ts'
import type { Log } from '../../src/ports/log.ts'

const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
const quiet = () => undefined
const log: Log = { child: () => log, debug: quiet, info: quiet, warn: quiet, error: quiet }
const definitions = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
  name: string
  examples: object[]
}[]

function receiver(accept: (events: Event[]) => Promise<void>) {
  const { receive } = createReceiver({
    appId: '1',
    privateKey,
    secret: 'a-secret-of-some-length-for-tests',
    accept,
    log,
  })
  return (event: string, payload: unknown) =>
    receive({ id: 'd1', event, body: JSON.stringify(payload), receivedAt: 0 })
}

const opened = {
  action: 'opened',
  number: 12,
  pull_request: { number: 12 },
  repository: { id: 42, name: 'deploy', owner: { login: 'shop' } },
  installation: { id: 7 },
  sender: { id: 1, login: 'ada', type: 'User' },
}

describe('a delivery', () => {
  it('becomes our events, handed over once', async () => {
    const accepted: Event[][] = []
    const receive = receiver(async (events) => void accepted.push(events))
    await receive('pull_request', opened)
    expect(accepted).toEqual([
      [
        {
          kind: 'pull-changed',
          pull: { repository: { id: '42', owner: 'shop', name: 'deploy', installation: '7' }, number: 12 },
        },
      ],
    ])
  })

  it('that is none of ours is received and forgotten', async () => {
    const accepted: Event[][] = []
    const receive = receiver(async (events) => void accepted.push(events))
    await receive('star', { action: 'created', installation: { id: 7 } })
    await receive('pull_request', { ...opened, action: 'labeled' })
    expect(accepted).toEqual([])
  })

  it('stays where its work cannot be kept', async () => {
    const receive = receiver(async () => {
      throw new Error('the store is away')
    })
    await expect(receive('pull_request', opened)).rejects.toThrow('the store is away')
  })

  it('that is malformed says what is wrong', async () => {
    const receive = receiver(async () => undefined)
    await expect(receive('pull_request', { ...opened, pull_request: {} })).rejects.toThrow(
      'pull_request.number is not a positive whole number',
    )
  })

  it('of any documented kind passes', async () => {
    const receive = receiver(async () => undefined)
    const payloads = definitions.map(
      ({ name, examples }) => [name, { installation: { id: 7 }, ...examples[0] }] as const,
    )
    const deliveries = payloads.map(([name, payload]) => receive(name, payload))
    await expect(Promise.all(deliveries)).resolves.toHaveLength(58)
  })
})
