import nock from 'nock'
import { afterEach, describe, expect, it } from 'vitest'
import { createMetrics } from '../../../src/adapters/metrics/prometheus.ts'
import { createEmulatedClock } from '../../../src/emulator/clock.ts'

const url = 'http://prometheus.test'
const clock = createEmulatedClock(0)
const metrics = createMetrics({
  url: `${url}/tenant/`,
  fetch,
  clock,
  headers: { authorization: 'Bearer secret-token' },
})

afterEach(() => nock.cleanAll())

const success = (data: unknown, rest = {}) => ({ status: 'success', data, ...rest })
const vector = (value: unknown) => success({ resultType: 'vector', result: [{ metric: { a: 'b' }, value }] })

function reply(status: number, body: unknown, headers = {}) {
  nock(url)
    .post('/tenant/api/v1/query')
    .reply(status, body as nock.Body, headers)
}

describe('the Prometheus adapter', () => {
  it('asks with the time and its headers, and reads the answer', async () => {
    const form = { query: 'up{a="b+c"}', time: '1763000000.5', timeout: '10000ms' }
    nock(url, { reqheaders: { authorization: 'Bearer secret-token' } })
      .post('/tenant/api/v1/query', form)
      .reply(200, vector([1763000000.5, '0.25']))
    expect(await metrics.query('up{a="b+c"}', 1_763_000_000_500)).toEqual({
      kind: 'samples',
      samples: [{ labels: { a: 'b' }, value: 0.25, at: 1_763_000_000_500 }],
    })
  })

  it('reads a scalar, and tells an empty answer from zero', async () => {
    reply(200, success({ resultType: 'scalar', result: [1, '3'] }))
    expect(await metrics.query('3', 0)).toMatchObject({ kind: 'samples', samples: [{ value: 3 }] })
    reply(200, success({ resultType: 'vector', result: [] }))
    expect(await metrics.query('none', 0)).toEqual({ kind: 'samples', samples: [] })
  })

  it.each<[string, number, unknown, string]>([
    ['not a number', 200, vector([0, 'NaN']), 'answers NaN'],
    ['infinite', 200, vector([0, '+Inf']), 'answers +Inf'],
    ['no text', 200, vector([0, 5]), 'unknown form'],
    ['empty text', 200, vector([0, '']), 'answers no number'],
    ['no time', 200, vector([null, '1']), 'unknown form'],
    [
      'a partial answer',
      200,
      success({ resultType: 'vector', result: [] }, { warnings: ['partial'] }),
      'with warnings',
    ],
    ['a matrix', 200, success({ resultType: 'matrix', result: [] }), 'unknown form'],
    [
      '10,000 series',
      200,
      success({ resultType: 'vector', result: Array(10_000).fill(null) }),
      'more than 1000 series',
    ],
    ['an error', 200, { status: 'error', errorType: 'execution', error: 'secret' }, 'HTTP 200, execution'],
    ['a bad query', 400, { status: 'error', errorType: 'bad_data' }, 'HTTP 400, bad_data'],
    ['a timeout of the server', 503, { status: 'error', errorType: 'timeout' }, 'HTTP 503, timeout'],
    ['a sign-in page', 200, '<html>secret-token</html>', 'HTTP 200'],
    ['a flood', 200, 'x'.repeat(2_000_000), 'more than 1048576 bytes'],
    ['a foreign tenant', 401, 'no', 'HTTP 401'],
  ])('is inconclusive: %s', async (_name, status, body, reason) => {
    reply(status, body)
    const answer = await metrics.query('up', 0)
    expect(answer).toMatchObject({ kind: 'inconclusive', reason: expect.stringContaining(reason) })
    expect(JSON.stringify(answer)).not.toContain('secret')
  })

  it('does not follow a redirect', async () => {
    reply(302, '', { location: 'http://elsewhere.test/' })
    expect(await metrics.query('up', 0)).toMatchObject({
      reason: 'the metrics server answers with a redirect',
    })
  })

  it('survives a server that is gone', async () => {
    nock(url)
      .post('/tenant/api/v1/query')
      .replyWithError(Object.assign(new Error('secret'), { code: 'ECONNREFUSED' }))
    expect(await metrics.query('up', 0)).toMatchObject({
      reason: 'the metrics server cannot be reached (ECONNREFUSED)',
    })
  })

  it('waits no longer than its time', async () => {
    const never: typeof fetch = (_url, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
      })
    const slow = createMetrics({ url, fetch: never, clock, timeoutMs: 5_000 }).query('up', 0)
    await clock.advance(5_000)
    expect(await slow).toMatchObject({
      kind: 'inconclusive',
      reason: 'the metrics server does not answer within 5 s',
    })
  })
})
