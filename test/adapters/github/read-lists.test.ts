import { describe, expect, it } from 'vitest'
import { readWhole } from '../../../src/adapters/github/read-whole.ts'
import { fakeGitHub, pull, repository } from './fake-github.ts'

// | read before         | read now, by a server behind | taken                                |
// | approved            | nothing                      | what was read before, for a minute   |
// | approved, dismissed | approved                     | what was read before                 |
// | approved            | approved, asks for changes   | what is read now                     |
describe('F15: reviews that were read do not go back', () => {
  const list = 'GET /repos/shop/deploy/pulls/12/reviews'
  const review = (id: number, state: string) => ({
    id,
    state,
    user: { id, login: `user-${id}`, type: 'User' },
    body: '',
    commit_id: 'c',
    submitted_at: '2026-11-20T16:30:00Z',
  })
  const [approved, dismissed, against] = [
    review(1, 'APPROVED'),
    review(1, 'DISMISSED'),
    review(2, 'CHANGES_REQUESTED'),
  ]
  it.each`
    case                                 | first          | now                    | laterMs   | seen
    ${'one is missing'}                  | ${[approved]}  | ${[]}                  | ${0}      | ${[1]}
    ${'one has been missing for long'}   | ${[approved]}  | ${[]}                  | ${60_000} | ${[]}
    ${'a dismissal is taken back'}       | ${[dismissed]} | ${[approved]}          | ${0}      | ${[]}
    ${'one is dismissed'}                | ${[approved]}  | ${[dismissed]}         | ${0}      | ${[]}
    ${'one is new'}                      | ${[approved]}  | ${[approved, against]} | ${0}      | ${[1, 2]}
    ${'one is new, and another missing'} | ${[approved]}  | ${[against]}           | ${0}      | ${[2]}
    ${'nothing changed'}                 | ${[approved]}  | ${[approved]}          | ${0}      | ${[1]}
  `('$case', async ({ first, now, laterMs, seen }) => {
    const answer = (json: unknown, etag: string) => ({ json, headers: { etag } })
    const { github, time } = fakeGitHub({ [list]: [answer(first, '"1"'), answer(now, '"2"')] })
    await github.reviews(pull)
    time.now += laterMs as number
    const active = (await github.reviews(pull)).filter(({ state }) => state !== 'dismissed')
    expect(active.map(({ id }) => Number(id))).toEqual(seen)
  })

  it('counts from when GitHub confirmed them last', async () => {
    const known = { json: [approved], headers: { etag: '"1"' } }
    const { github, time } = fakeGitHub({
      [list]: [known, { status: 304 }, { json: [], headers: { etag: '"0"' } }],
    })
    await github.reviews(pull)
    time.now += 59_000
    await github.reviews(pull)
    time.now += 59_000
    expect(await github.reviews(pull)).toHaveLength(1)
  })
})

describe('F19: a list whose items move from page to page while it is read', () => {
  const items = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => ({ id: from + index }))
  const without = (id: number) => items(1, 101).filter((item) => item.id !== id)
  it.each`
    case                        | readings                                                                     | ids              | asked
    ${'one page is read once'}  | ${[items(1, 99)]}                                                            | ${items(1, 99)}  | ${1}
    ${'nothing moved'}          | ${[items(1, 101), items(1, 101)]}                                            | ${items(1, 101)} | ${2}
    ${'one was passed over'}    | ${[without(100), items(1, 101), items(1, 101)]}                              | ${items(1, 101)} | ${3}
    ${'one was told twice'}     | ${[[...items(1, 101), { id: 100 }], items(1, 101)]}                          | ${items(1, 101)} | ${2}
    ${'one came, another went'} | ${[without(7), without(8), without(8)]}                                      | ${without(8)}    | ${3}
    ${'it never stands still'}  | ${[items(1, 101), items(1, 102), items(1, 103), items(1, 104), items(1, 1)]} | ${items(1, 104)} | ${4}
  `('$case', async ({ readings, ids, asked }) => {
    let count = 0
    const read = async () => readings[count++] as { id: number }[]
    expect(await readWhole(read, 100, 'id')).toEqual(ids)
    expect(count).toBe(asked)
  })
})

// Each list of more than one page: an item that moved from the second page to the first is found by the second reading.
describe('F19: what is read in pages is complete', () => {
  const shas = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => String(from + index).padStart(40, '0'))
  const commit = (sha: string) => ({
    sha,
    author: { id: Number(sha), login: `user-${Number(sha)}`, type: 'User' },
    committer: null,
    commit: { message: '' },
  })
  const ref = (sha: string) => ({
    ref: `refs/heads/gh-readonly-queue/main/pr-${Number(sha)}`,
    object: { sha },
  })

  it.each([
    ['commits', '/repos/shop/deploy/pulls/12/commits', commit],
    ['refs of merge queues', '/repos/shop/deploy/git/matching-refs/heads%2Fgh-readonly-queue%2F', ref],
  ])('%s', async (_, path, item) => {
    const link = { link: `<https://api.github.test${path}?page=2>; rel="next"` }
    const all = shas(1, 101).map((sha): object => item(sha))
    const { github } = fakeGitHub({
      // One of the first page goes while the second is about to be read: the first of that moves up, and is passed over.
      [`GET ${path}`]: [
        { json: all.slice(0, 100), headers: link },
        { json: all.slice(1), headers: {} },
      ],
      [`GET ${path}?page=2`]: [{ json: [] }],
    })
    const found = path.endsWith('commits')
      ? (await github.commitActors(pull)).map(({ id }) => Number(id))
      : (await github.mergeGroups(repository)).map(({ sha }) => Number(sha))
    expect(found).toContain(101)
    expect(found).not.toContain(1)
  })
})

it('throws rather than giving a list that is not complete', async () => {
  const path = '/repos/shop/deploy/issues/12/comments'
  const { github } = fakeGitHub({
    [`GET ${path}`]: [{ json: [], headers: { link: `<https://api.github.test${path}?page=2>; rel="next"` } }],
    [`GET ${path}?page=2`]: [{ status: 500 }],
  })
  await expect(github.comments(pull)).rejects.toMatchObject({ retryable: true })
})
