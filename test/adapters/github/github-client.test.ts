import { createVerify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAnswerCache } from '../../../src/adapters/github/answer-cache.ts'
import { anAppKey, appId, fakeGitHub, pull, repository, type Seen } from './fake-github.ts'

const route = 'GET /repos/shop/deploy/pulls/12/requested_reviewers'
const nobody = { json: { users: [], teams: [] } }

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => error,
  )
}

describe('who asks', () => {
  it('uses a token for this one repository and purpose, minted with a JWT by our clock, and keeps it', async () => {
    const { github, seen, mints, time } = fakeGitHub({ [route]: [nobody] })
    await github.requestedReviewers(pull)
    await github.requestedReviewers(pull)
    const [mint] = mints()
    expect(mints()).toHaveLength(1)
    expect(mint).toMatchObject({
      path: '/app/installations/7/access_tokens',
      body: { repository_ids: [42], permissions: { contents: 'read', checks: 'write' } },
    })
    const claims = JSON.parse(
      Buffer.from(mint?.headers.get('authorization')?.split('.')[1] ?? '', 'base64url').toString(),
    )
    expect(claims).toEqual({ iss: appId, iat: time.now / 1000 - 60, exp: time.now / 1000 + 540 })
    expect(seen.at(-1)?.headers.get('authorization')).toBe('token ghs_1')
  })

  it('mints a new token shortly before the old one ends', async () => {
    const { github, mints, time } = fakeGitHub({ [route]: [nobody] })
    await github.requestedReviewers(pull)
    time.now += 54 * 60_000
    await github.requestedReviewers(pull)
    expect(mints()).toHaveLength(1)
    time.now += 2 * 60_000
    await github.requestedReviewers(pull)
    expect(mints()).toHaveLength(2)
  })

  it('takes the key that is there in place of one that is refused, and keeps it while that is none', async () => {
    const [former, next] = [anAppKey(), anAppKey()]
    const isBy = ({ publicKey }: ReturnType<typeof anAppKey>, { headers }: Seen) => {
      const [head, claims, signature = ''] = headers.get('authorization')!.replace('Bearer ', '').split('.')
      return createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url')
    }
    const refused = { status: 401, json: { message: 'A JSON web token could not be decoded' } }
    let file = 'half a key'
    const { github, seen } = fakeGitHub(
      { 'GET /app/installations': [refused, refused, refused, { json: [] }] },
      { privateKey: former.pem, readPrivateKey: () => file },
    )
    expect(await failureOf(github.repositories())).toMatchObject({ status: 401 })
    file = next.pem
    expect(await github.repositories()).toEqual([])
    expect(seen.map((one) => [isBy(former, one), isBy(next, one)])).toEqual([
      [true, false],
      [true, false],
      [true, false],
      [false, true],
    ])
  })

  it('gives git a token for contents alone', async () => {
    const { github, mints } = fakeGitHub({})
    expect(await github.tokenFor(repository)).toBe('ghs_1')
    expect(mints()[0]?.body).toEqual({
      repository_ids: [42],
      permissions: { metadata: 'read', contents: 'write' },
    })
  })

  it('tries a refused token once more with a new one, and then gives up', async () => {
    const refused = { status: 401, json: { message: 'Bad credentials' } }
    const once = fakeGitHub({ [route]: [refused, nobody] })
    await once.github.requestedReviewers(pull)
    expect(once.seen.at(-1)?.headers.get('authorization')).toBe('token ghs_2')
    const twice = fakeGitHub({ [route]: [refused] })
    expect(await failureOf(twice.github.requestedReviewers(pull))).toMatchObject({
      retryable: false,
      status: 401,
    })
    expect(twice.calls()).toHaveLength(2)
  })
})

describe('a broken answer to a read', () => {
  it.each([
    ['a dropped connection', 'broken' as const],
    ['502 with a page', { status: 502, text: '<html>', headers: { 'content-type': 'text/html' } }],
    ['a page with 200', { text: '<html>Unicorn!</html>', headers: { 'content-type': 'text/html' } }],
    ['half a document', { text: '{"users": [{"lo' }],
  ])('%s is tried three times, then may be tried again later', async (_case, reply) => {
    const passing = fakeGitHub({ [route]: [reply, reply, nobody] })
    expect(await passing.github.requestedReviewers(pull)).toEqual({ users: [], teams: [] })
    expect(passing.time.slept).toEqual([500, 1_000])
    const lasting = fakeGitHub({ [route]: [reply] })
    expect(await failureOf(lasting.github.requestedReviewers(pull))).toMatchObject({
      name: 'AdapterError',
      system: 'github',
      retryable: true,
    })
    expect(lasting.calls()).toHaveLength(3)
  })
})

it('never repeats a write whose answer was lost', async () => {
  const comments = 'GET /repos/shop/deploy/issues/12/comments'
  const create = 'POST /repos/shop/deploy/issues/12/comments'
  const { github, calls } = fakeGitHub({ [comments]: [{ json: [] }], [create]: ['broken'] })
  expect(await failureOf(github.upsertComment(pull, 'review', 'text', undefined))).toMatchObject({
    retryable: true,
  })
  expect(calls().filter((call) => call === create)).toHaveLength(1)
})

describe('a rate limit', () => {
  const limited = (headers: Record<string, string>, message = 'limit', status = 403) => ({
    status,
    json: { message },
    headers,
  })
  const reset = String(Date.parse('2026-11-20T16:40:00Z') / 1_000)

  it.each([
    ['Retry-After', limited({ 'retry-after': '30' }), 30_000],
    ['429 with Retry-After', limited({ 'retry-after': '5' }, 'x', 429), 5_000],
    [
      'nothing left until the reset',
      limited({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }),
      600_000,
    ],
    ['a secondary limit without a time', limited({}, 'You have exceeded a secondary rate limit'), 60_000],
  ])('by %s says when to come back, and nothing is sent until then', async (_case, reply, retryAfterMs) => {
    const { github, calls, time } = fakeGitHub({ [route]: [reply, nobody] })
    expect(await failureOf(github.requestedReviewers(pull))).toMatchObject({ retryable: true, retryAfterMs })
    time.now += retryAfterMs - 1
    expect(await failureOf(github.requestedReviewers(pull))).toMatchObject({
      retryable: true,
      retryAfterMs: 1,
    })
    expect(calls()).toHaveLength(1)
    time.now += 1
    expect(await github.requestedReviewers(pull)).toEqual({ users: [], teams: [] })
  })

  it('is not confused with an ordinary refusal', async () => {
    const { github } = fakeGitHub({ [route]: [limited({}, 'Resource not accessible by integration')] })
    expect(await failureOf(github.requestedReviewers(pull))).toMatchObject({
      retryable: false,
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration'),
    })
  })
})

it('keeps tokens out of messages', async () => {
  const { github } = fakeGitHub({ [route]: [{ status: 400, json: { message: 'bad token ghs_abcDEF123' } }] })
  const failure = await failureOf(github.requestedReviewers(pull))
  expect(String(failure)).toContain('bad token ***')
})

describe('what is known already', () => {
  it('is asked for by its ETag and reused after 304', async () => {
    const known = { json: { users: [{ login: 'ada', id: 1 }], teams: [] }, headers: { etag: 'W/"1"' } }
    const { github, seen } = fakeGitHub({ [route]: [known, { status: 304 }] })
    const first = await github.requestedReviewers(pull)
    expect(await github.requestedReviewers(pull)).toEqual(first)
    expect(seen.at(-1)?.headers.get('if-none-match')).toBe('W/"1"')
  })

  it('is handed out as a copy: whoever reshapes it reshapes nothing that is kept', () => {
    const cache = createAnswerCache()
    cache.put('a', {
      etag: '1',
      answer: { status: 200, url: '', headers: {}, data: { users: ['ada'] } },
      at: 0,
    })
    for (let time = 0; time < 2; time += 1) {
      const data = cache.get('a')?.answer.data as { users: string[] }
      expect(data.users.splice(0)).toEqual(['ada'])
    }
  })

  it.each`
    case                    | later                     | seen
    ${'it was changed'}     | ${'2026-11-20T16:30:02Z'} | ${'second'}
    ${'at the same time'}   | ${'2026-11-20T16:30:01Z'} | ${'second'}
    ${'a server is behind'} | ${'2026-11-20T16:30:00Z'} | ${'first'}
    ${'nobody says when'}   | ${undefined}              | ${'second'}
  `('F15: does not go back: $case → $seen', async ({ later, seen }) => {
    const answer = (login: string, updated_at: string | undefined) => ({
      json: { users: [{ login, id: 1 }], teams: [], updated_at },
      headers: { etag: `W/"${login}"` },
    })
    const { github } = fakeGitHub({
      [route]: [answer('first', '2026-11-20T16:30:01Z'), answer('second', later)],
    })
    await github.requestedReviewers(pull)
    expect((await github.requestedReviewers(pull)).users).toEqual([seen])
  })
})

it('reads every page', async () => {
  const path = '/repos/shop/deploy/issues/12/comments'
  const comment = (id: number) => ({
    id,
    user: { id: 1, login: 'ada', type: 'User' },
    body: `${id}`,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  })
  const link = (page: number) => ({
    link: `<https://api.github.test${path}?per_page=100&page=${page}>; rel="next"`,
  })
  const { github } = fakeGitHub({
    [`GET ${path}`]: [{ json: [comment(1)], headers: link(2) }],
    [`GET ${path}?page=2`]: [{ json: [comment(2)], headers: link(3) }],
    [`GET ${path}?page=3`]: [{ json: [comment(3)] }],
  })
  expect((await github.comments(pull)).map(({ id }) => id)).toEqual(['1', '2', '3'])
})
