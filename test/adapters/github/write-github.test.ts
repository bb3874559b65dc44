import { describe, expect, it } from 'vitest'
import { appId, fakeGitHub, pull, repository } from './fake-github.ts'

const comments = '/repos/shop/deploy/issues/12/comments'

function comment(id: number, body: string, app: number | null = Number(appId)) {
  return {
    id,
    body,
    user: { id: 5, login: 'drawbridge[bot]', type: 'Bot' },
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    issue_url: 'https://api.github.test/repos/shop/deploy/issues/12',
    performed_via_github_app: app === null ? null : { id: app },
  }
}

describe('upsertComment', () => {
  const body = '<!-- drawbridge:review -->\ntext'

  it.each`
    case                                 | existing                                            | writes
    ${'none there'}                      | ${[]}                                               | ${[`POST ${comments}`]}
    ${'ours, other text'}                | ${[comment(1, '<!-- drawbridge:review -->\nold')]}  | ${['PATCH /repos/shop/deploy/issues/comments/1']}
    ${'ours, same text'}                 | ${[comment(1, body)]}                               | ${[]}
    ${'somebody else’s with our marker'} | ${[comment(1, body, 1)]}                            | ${[`POST ${comments}`]}
    ${'a person’s with our marker'}      | ${[comment(1, body, null)]}                         | ${[`POST ${comments}`]}
    ${'ours with another marker'}        | ${[comment(1, '<!-- drawbridge:closed -->\ntext')]} | ${[`POST ${comments}`]}
    ${'ours quoting the marker'}         | ${[comment(1, 'x <!-- drawbridge:review -->')]}     | ${[`POST ${comments}`]}
    ${'two of ours'}                     | ${[comment(2, body), comment(1, body)]}             | ${['DELETE /repos/shop/deploy/issues/comments/2']}
  `('$case → $writes', async ({ existing, writes }) => {
    const { github, calls } = fakeGitHub({
      [`GET ${comments}`]: [{ json: existing }],
      [`POST ${comments}`]: [{ status: 201, json: comment(9, body) }],
      'PATCH /repos/shop/deploy/issues/comments/1': [{ json: comment(1, body) }],
      'DELETE /repos/shop/deploy/issues/comments/2': [{ status: 204 }],
    })
    await github.upsertComment(pull, 'review', 'text', undefined)
    expect(calls().filter((call) => !call.startsWith('GET'))).toEqual(writes)
  })

  it('M8 finds it behind a thousand others, and M4 takes none of their copies of our marker for it', async () => {
    const pages = Array.from({ length: 11 }, (_, page) =>
      page < 10
        ? Array.from({ length: 100 }, (_, index) => comment(100 * page + index + 10, body, null))
        : [comment(5_000, '<!-- drawbridge:review -->\nold')],
    )
    const replies = pages.map((json, index) => {
      const link = `<https://api.github.test${comments}?per_page=100&page=${index + 2}>; rel="next"`
      return [
        index === 0 ? `GET ${comments}` : `GET ${comments}?page=${index + 1}`,
        [index < 10 ? { json, headers: { link } } : { json }],
      ] as const
    })
    const edit = 'PATCH /repos/shop/deploy/issues/comments/5000'
    const { github, calls } = fakeGitHub({
      ...Object.fromEntries(replies),
      [edit]: [{ json: comment(5_000, body) }],
    })
    expect(await github.upsertComment(pull, 'review', 'text', undefined)).toEqual({ id: '5000' })
    expect(calls().filter((call) => !call.startsWith('GET'))).toEqual([edit])
  })

  it('edits the comment known by its id without listing all', async () => {
    const { github, calls } = fakeGitHub({
      'GET /repos/shop/deploy/issues/comments/1': [{ json: comment(1, '<!-- drawbridge:review -->\nold') }],
      'PATCH /repos/shop/deploy/issues/comments/1': [{ json: comment(1, body) }],
    })
    expect(await github.upsertComment(pull, 'review', 'text', '1')).toEqual({ id: '1' })
    expect(calls()).toHaveLength(2)
  })

  it('does without in a locked conversation', async () => {
    const json = { message: 'Unable to create comment because issue is locked.' }
    const { github } = fakeGitHub({
      [`GET ${comments}`]: [{ json: [] }],
      [`POST ${comments}`]: [{ status: 403, json }],
    })
    expect(await github.upsertComment(pull, 'review', 'text', undefined)).toEqual({ id: '' })
  })

  it('makes a new one where the known one was deleted', async () => {
    const { github } = fakeGitHub({
      [`GET ${comments}`]: [{ json: [] }],
      [`POST ${comments}`]: [{ status: 201, json: comment(9, body) }],
    })
    expect(await github.upsertComment(pull, 'review', 'text', '1')).toEqual({ id: '9' })
  })
})

describe('openPull', () => {
  const pulls = '/repos/shop/deploy/pulls'
  const branch = 'drawbridge/promote/staging/checkout'
  const at = '2026-01-01T00:00:00Z'
  const repo = { id: 42 }
  const opened = {
    number: 9,
    title: 'Promote checkout',
    body: 'text',
    user: { id: 5, login: 'drawbridge[bot]', type: 'Bot' },
    state: 'open',
    merged_at: null,
    head: { ref: branch, sha: 'b'.repeat(40), repo },
    base: { ref: 'main', sha: 'a'.repeat(40), repo },
    created_at: at,
    updated_at: at,
    html_url: 'https://github.test/9',
  }
  const proposal = {
    branch,
    baseBranch: 'main',
    baseSha: 'a'.repeat(40),
    files: {},
    commitMessage: '',
    title: opened.title,
    body: opened.body,
    isDraft: false,
    labels: [],
  }
  const exists = { status: 422, json: { message: 'A pull request already exists for shop:drawbridge' } }
  const open = (...lists: object[][]) =>
    fakeGitHub({
      [`GET ${pulls}`]: lists.map((json) => ({ json })),
      [`POST ${pulls}`]: [exists],
      [`GET ${pulls}/9`]: [{ json: opened }],
    })

  it('finds the one that is there, though the list did not show it yet', async () => {
    const { github, calls } = open([], [opened])
    expect(await github.openPull(repository, proposal)).toEqual({ number: 9, url: opened.html_url })
    expect(calls().filter((call) => call.startsWith('POST'))).toEqual([`POST ${pulls}`])
  })

  it('fails rather than opening another while the list shows none', async () => {
    const { github } = open([])
    await expect(github.openPull(repository, proposal)).rejects.toThrow('already exists')
  })
})

describe('openIssue', () => {
  const issues = '/repos/shop/deploy/issues'
  const mine = {
    number: 7,
    html_url: 'https://github.test/7',
    body: '<!-- drawbridge:stopped -->\nold',
    performed_via_github_app: { id: Number(appId) },
  }
  const open = (routes: Parameters<typeof fakeGitHub>[0]) => {
    const fake = fakeGitHub(routes)
    return { ...fake, answer: fake.github.openIssue(repository, 'stopped', 'title', 'text') }
  }

  it('opens one, with its marker', async () => {
    const { answer, seen } = open({
      [`GET ${issues}`]: [{ json: [{ ...mine, performed_via_github_app: null }] }],
      [`POST ${issues}`]: [{ status: 201, json: { number: 8, html_url: 'https://github.test/8' } }],
    })
    expect(await answer).toEqual({ id: '8', url: 'https://github.test/8' })
    expect(seen.at(-1)?.body).toEqual({ title: 'title', body: '<!-- drawbridge:stopped -->\ntext' })
  })

  it('finds the one that it opened before it could remember it', async () => {
    const { answer, calls } = open({ [`GET ${issues}`]: [{ json: [mine] }] })
    expect(await answer).toEqual({ id: '7', url: 'https://github.test/7' })
    expect(calls()).toEqual([`GET ${issues}`])
  })

  it.each([[403], [404], [410]])('does without where GitHub does not let it: %s', async (status) => {
    const { answer } = open({ [`GET ${issues}`]: [{ status, json: { message: 'no' } }] })
    expect(await answer).toBeUndefined()
  })
})

describe('requestReviewers', () => {
  it('asks one by one where GitHub refuses the whole', async () => {
    const route = 'POST /repos/shop/deploy/pulls/12/requested_reviewers'
    const { github, seen } = fakeGitHub({
      [route]: [
        { status: 422, json: { message: 'Review cannot be requested from pull request author.' } },
        { status: 201, json: {} },
      ],
    })
    await github.requestReviewers(pull, ['ada', 'bob'], ['@shop/platform'])
    const asked = seen.filter(({ method, path }) => method === 'POST' && path.endsWith('requested_reviewers'))
    expect(asked.map(({ body }) => body)).toEqual([
      { reviewers: ['ada', 'bob'], team_reviewers: ['platform'] },
      { reviewers: ['ada'], team_reviewers: [] },
      { reviewers: ['bob'], team_reviewers: [] },
      { reviewers: [], team_reviewers: ['platform'] },
    ])
  })
})

describe('permission', () => {
  const route = 'GET /repos/shop/deploy/collaborators/ada/permission'
  const ada = { id: '1', login: 'ada', isBot: false }

  it.each`
    case                                | json                                                                   | permission
    ${'a role of GitHub’s'}             | ${{ permission: 'write', role_name: 'maintain', user: { id: 1 } }}     | ${'maintain'}
    ${'a role of the organisation'}     | ${{ permission: 'read', role_name: 'security-team', user: { id: 1 } }} | ${'read'}
    ${'the login is somebody else now'} | ${{ permission: 'admin', role_name: 'admin', user: { id: 2 } }}        | ${'none'}
    ${'no user in the answer'}          | ${{ permission: 'admin', role_name: 'admin', user: null }}             | ${'none'}
  `('$case → $permission', async ({ json, permission }) => {
    const { github } = fakeGitHub({ [route]: [{ json }] })
    expect(await github.permission(repository, ada)).toBe(permission)
  })

  it('is none for who is not known there', async () => {
    const { github } = fakeGitHub({})
    expect(await github.permission(repository, ada)).toBe('none')
  })
})
