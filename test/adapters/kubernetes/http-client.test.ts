import { Dispatcher } from 'undici'
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../../src/adapters/kubernetes/connection.ts'
import { createHttpClient } from '../../../src/adapters/kubernetes/http-client.ts'
import { createEmulatedClock } from '../../../src/emulator/clock.ts'
import { seededRandom } from '../../emulator/cluster/start-cluster.ts'

interface Answer {
  status: number
  message?: string
}

class AnsweringDispatcher extends Dispatcher {
  readonly #next: () => Answer

  constructor(next: () => Answer) {
    super()
    this.#next = next
  }

  override dispatch(_: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { status, message } = this.#next()
    const controller = { aborted: false, paused: false, reason: null, abort() {}, pause() {}, resume() {} }
    handler.onRequestStart?.(controller, undefined)
    handler.onResponseStart?.(controller, status, {})
    handler.onResponseData?.(controller, Buffer.from(JSON.stringify({ message })))
    handler.onResponseEnd?.(controller, {})
    return true
  }
}

/** A client of a server that answers so, the last one again and again; no pauses between tries. */
function clientOf(...answers: Answer[]) {
  const asked: string[] = []
  const next = () => answers[Math.min(asked.length, answers.length) - 1]!
  const connection = {
    prefix: '',
    dispatcher: new AnsweringDispatcher(next),
    headers: async ({ refresh = false } = {}) => {
      asked.push(refresh ? 'with new credentials' : 'asked')
      return {}
    },
  } as unknown as Connection
  const clock = createEmulatedClock(0)
  const random = { ...seededRandom(), number: () => 0 }
  return { asked, client: createHttpClient('dev', async () => connection, clock, random), clock }
}

const unreadable =
  'failed to create typed patch object (shop/app; apps/v1, Kind=Deployment): .spec.replica: field not'
const unconverted =
  'failed to convert new object (shop/app; /v1, Kind=Secret) to proper version: unable to convert unstructured object to /v1, Kind=Secret: illegal base64 data at input byte 0'
const noWebhook =
  'failed to convert new object (shop/app; shop.example/v1, Kind=Till) to proper version: conversion webhook failed'
const tooLarge = [
  'etcdserver: request is too large',
  'rpc error: code = ResourceExhausted desc = trying to send message larger than max (2200384 vs. 2097152)',
]
const goneVersion = 'request to convert CR from an invalid group/version: shop.example/v1beta1'

/*
 * | answer                                  | asked                               |
 * | 2xx, 4xx                                | once: it is an answer               |
 * | 500 of an object that cannot be read, or is too large | once: it is no better next time |
 * | other 5xx, 429                          | five times                          |
 * | 503 of a server behind it, again        | five times, and that is an answer   |
 * | 401                                     | once more, with credentials anew    |
 */
describe('a call', () => {
  it.each<[string, Answer[], number, string[]]>([
    ['is answered', [{ status: 200 }], 200, ['asked']],
    ['is refused', [{ status: 422 }], 422, ['asked']],
    ['is of an object that the server cannot read', [{ status: 500, message: unreadable }], 500, ['asked']],
    ['is of a value that the server cannot read', [{ status: 500, message: unconverted }], 500, ['asked']],
    [
      'meets a webhook that is away',
      [{ status: 500, message: noWebhook }, { status: 200 }],
      200,
      ['asked', 'asked'],
    ],
    ...tooLarge.map((message): [string, Answer[], number, string[]] => [
      `is of an object that is too large (${message.slice(0, 20)})`,
      [{ status: 500, message }],
      500,
      ['asked'],
    ]),
    ['is of a version that is gone', [{ status: 500, message: goneVersion }], 500, ['asked']],
    ['fails once', [{ status: 503 }, { status: 200 }], 200, ['asked', 'asked']],
    ['comes too often', [{ status: 429 }, { status: 200 }], 200, ['asked', 'asked']],
    ['is not believed', [{ status: 401 }, { status: 200 }], 200, ['asked', 'with new credentials']],
  ])('that %s', async (_, answers, status, asked) => {
    const { client, asked: found, clock } = clientOf(...answers)
    const answered = client.call({ method: 'PATCH', path: '/x', operation: 'apply x' })
    for (let turn = 0; turn < 20; turn += 1) await clock.advance(0)
    expect((await answered).status).toBe(status)
    expect(found).toEqual(asked)
  })

  it.each([
    [true, 503],
    [false, 'the API server answers 503'],
  ])('that another server answers (%s), and that one is away: %s', async (mayBeAway, outcome) => {
    const { client, asked, clock } = clientOf({ status: 503 })
    const answered = client
      .call({ method: 'GET', path: '/apis/x/v1', operation: 'discover', mayBeAway })
      .then(({ status }) => status, String)
    for (let turn = 0; turn < 20; turn += 1) await clock.advance(0)
    expect(String(await answered)).toContain(String(outcome))
    expect(asked).toHaveLength(5)
  })

  it('that opens a stream is asked once more with new credentials where they are not believed', async () => {
    const { client, asked } = clientOf({ status: 401 }, { status: 200 })
    expect((await client.stream('/x', new AbortController().signal)).status).toBe(200)
    expect(asked).toEqual(['asked', 'with new credentials'])
  })
})
