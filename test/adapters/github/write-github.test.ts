import { describe, expect, it } from 'vitest'
import { sortMergeRefusal } from '../../../src/adapters/github/write-github.ts'
import type { CheckToPublish } from '../../../src/domain/action.ts'
import { appId, fakeGitHub, pull, repository } from './fake-github.ts'

const comments = '/repos/shop/deploy/issues/12/comments'
const runs = '/repos/shop/deploy/commits/abc/check-runs'

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

  it('edits the comment known by its id without listing all', async () => {
    const { github, calls } = fakeGitHub({
      'GET /repos/shop/deploy/issues/comments/1': [{ json: comment(1, '<!-- drawbridge:review -->\nold') }],
      'PATCH /repos/shop/deploy/issues/comments/1': [{ json: comment(1, body) }],
    })
    expect(await github.upsertComment(pull, 'review', 'text', '1')).toEqual({ id: '1' })
    expect(calls()).toHaveLength(2)
  })

  it('makes a new one where the known one was deleted', async () => {
    const { github } = fakeGitHub({
      [`GET ${comments}`]: [{ json: [] }],
      [`POST ${comments}`]: [{ status: 201, json: comment(9, body) }],
    })
    expect(await github.upsertComment(pull, 'review', 'text', '1')).toEqual({ id: '9' })
  })
})

describe('publishCheck', () => {
  const check = (more: Partial<CheckToPublish> = {}): CheckToPublish => ({
    name: 'drawbridge',
    sha: 'abc',
    status: 'completed',
    conclusion: 'success',
    title: 'title',
    summary: 'summary',
    annotations: [],
    fingerprint: 'new',
    ...more,
  })
  const run = (more: object = {}) => ({
    id: 3,
    name: 'drawbridge',
    head_sha: 'abc',
    status: 'completed',
    conclusion: 'success',
    external_id: 'old',
    app: { id: Number(appId) },
    output: { annotations_count: 0 },
    ...more,
  })
  const annotation = { path: 'a.yaml', line: 0, severity: 'error' as const, message: 'm', policy: 'p' }
  const many = (count: number) => Array.from({ length: count }, () => annotation)
  const open = (existing: object[]) =>
    fakeGitHub({
      [`GET ${runs}`]: [{ json: { total_count: existing.length, check_runs: existing } }],
      'POST /repos/shop/deploy/check-runs': [{ status: 201, json: run({ id: 8 }) }],
      'PATCH /repos/shop/deploy/check-runs/3': [{ json: run() }],
      'PATCH /repos/shop/deploy/check-runs/8': [{ json: run() }],
    })

  it.each`
    case                                     | existing                                       | wanted                               | writes
    ${'none there'}                          | ${[]}                                          | ${check()}                           | ${['POST']}
    ${'the same is published'}               | ${[run({ external_id: 'new' })]}               | ${check()}                           | ${[]}
    ${'another one is published'}            | ${[run()]}                                     | ${check()}                           | ${['PATCH']}
    ${'a completed one is to run again'}     | ${[run()]}                                     | ${check({ status: 'in_progress' })}  | ${['POST']}
    ${'it has annotations, which only grow'} | ${[run({ output: { annotations_count: 1 } })]} | ${check()}                           | ${['POST']}
    ${'another app’s of the same name'}      | ${[run({ app: { id: 1 } })]}                   | ${check()}                           | ${['POST']}
    ${'120 annotations'}                     | ${[]}                                          | ${check({ annotations: many(120) })} | ${['POST', 'PATCH', 'PATCH']}
    ${'50 annotations'}                      | ${[]}                                          | ${check({ annotations: many(50) })}  | ${['POST']}
  `('$case → $writes', async ({ existing, wanted, writes }) => {
    const { github, calls } = open(existing)
    await github.publishCheck(repository, wanted, undefined)
    const methods = calls().map((call) => call.split(' ')[0])
    expect(methods.filter((method) => method !== 'GET')).toEqual(writes)
  })

  it('names its fingerprint only with the last batch, so that half of it is never taken for the whole', async () => {
    const { github, seen } = open([])
    await github.publishCheck(repository, check({ annotations: many(51) }), undefined)
    const writes = seen.filter(({ path }) => path.includes('/check-runs') && !path.includes('/commits/'))
    expect(writes.map(({ body }) => body['external_id'])).toEqual(['', 'new'])
    expect(writes[0]?.body).toMatchObject({
      conclusion: 'success',
      completed_at: expect.stringMatching(/^2026-11-20T16:30/),
      output: {
        annotations: expect.arrayContaining([
          {
            path: 'a.yaml',
            start_line: 1,
            end_line: 1,
            annotation_level: 'failure',
            message: 'm',
            title: 'p',
          },
        ]),
      },
    })
  })
})

describe('a refused merge', () => {
  const open = { merged: false, merge_commit_sha: null, state: 'open', mergeable: true, head: { sha: 'abc' } }

  it.each`
    case                         | status | reason                                                         | pull                                                | kind
    ${'merged meanwhile'}        | ${405} | ${'Pull Request is not mergeable'}                             | ${{ ...open, merged: true, merge_commit_sha: 'm' }} | ${'merged'}
    ${'closed meanwhile'}        | ${405} | ${'Pull Request is not mergeable'}                             | ${{ ...open, state: 'closed' }}                     | ${'refused'}
    ${'head moved'}              | ${409} | ${'Head branch was modified. Review and try the merge again.'} | ${open}                                             | ${'head-moved'}
    ${'head moved, other words'} | ${405} | ${'x'}                                                         | ${{ ...open, head: { sha: 'def' } }}                | ${'head-moved'}
    ${'conflict'}                | ${405} | ${'Pull Request is not mergeable'}                             | ${{ ...open, mergeable: false }}                    | ${'refused'}
    ${'not computed yet'}        | ${405} | ${'Pull Request is not mergeable'}                             | ${{ ...open, mergeable: null }}                     | ${'not-yet'}
    ${'base moved'}              | ${405} | ${'Base branch was modified. Review and try the merge again.'} | ${open}                                             | ${'not-yet'}
    ${'checks to come'}          | ${405} | ${'Required status check "ci" is expected.'}                   | ${open}                                             | ${'not-yet'}
    ${'checks failed'}           | ${405} | ${'Required status check "ci" is failing.'}                    | ${open}                                             | ${'refused'}
    ${'review missing'}          | ${405} | ${'At least 1 approving review is required'}                   | ${open}                                             | ${'refused'}
    ${'method not allowed'}      | ${405} | ${'Squash merges are not allowed on this repository.'}         | ${open}                                             | ${'refused'}
    ${'no right'}                | ${403} | ${'Resource not accessible by integration'}                    | ${open}                                             | ${'refused'}
    ${'not valid'}               | ${422} | ${'Validation Failed'}                                         | ${open}                                             | ${'refused'}
  `('$case → $kind', ({ status, reason, pull, kind }) => {
    expect(sortMergeRefusal({ status, reason }, 'abc', pull)).toMatchObject({ kind })
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
