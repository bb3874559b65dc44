import { describe, expect, it } from 'vitest'
import { fakeGitHub, pull } from './fake-github.ts'

const rest = (updated: string) => ({
  json: {
    id: 5,
    node_id: 'IC_5',
    issue_url: 'https://api.github.test/repos/shop/deploy/issues/12',
    user: { id: 1, login: 'ada', type: 'User' },
    body: '/promote prod',
    created_at: '2026-11-20T16:30:00Z',
    updated_at: updated,
  },
})
const node = (body: string, lastEditedAt: string | null) => ({
  json: { data: { node: { body, lastEditedAt } } },
})
const path = 'GET /repos/shop/deploy/issues/comments/5'
const [created, later] = ['2026-11-20T16:30:00Z', '2026-11-20T16:30:01Z']

/*
 * updated_at (whole seconds) | lastEditedAt | edited | asked by GraphQL
 * later                      | -            | yes    | no
 * same second                | null         | no     | yes
 * same second                | same second  | yes    | yes
 */
describe('a comment', () => {
  it('whose times differ was edited', async () => {
    const { github, calls } = fakeGitHub({ [path]: [rest(later)] })
    expect(await github.comment(pull, '5')).toMatchObject({ isEdited: true })
    expect(calls()).not.toContain('POST /graphql')
  })

  it('that nobody touched is as its author wrote it', async () => {
    const { github } = fakeGitHub({ [path]: [rest(created)], 'POST /graphql': [node('/promote prod', null)] })
    expect(await github.comment(pull, '5')).toMatchObject({ isEdited: false, body: '/promote prod' })
  })

  it('that was edited within the second of its creation was edited', async () => {
    const answer = node('/promote prod', created)
    const { github, seen } = fakeGitHub({ [path]: [rest(created)], 'POST /graphql': [answer] })
    expect(await github.comment(pull, '5')).toMatchObject({ isEdited: true })
    expect(seen.at(-1)?.body).toMatchObject({ variables: { id: 'IC_5' } })
  })

  it('that goes between two questions is gone', async () => {
    const gone = { json: { data: { node: null }, errors: [{ type: 'NOT_FOUND', message: 'no such node' }] } }
    const { github } = fakeGitHub({ [path]: [rest(created)], 'POST /graphql': [gone] })
    expect(await github.comment(pull, '5')).toBeUndefined()
  })

  it.each([
    ['refuses', { json: { errors: [{ type: 'FORBIDDEN', message: 'no' }] } }, /FORBIDDEN/],
    ['limits', { json: { errors: [{ type: 'RATE_LIMITED', message: 'slow down' }] } }, /is rate limited/],
    ['fails', { status: 502, text: 'bad gateway' }, /answered 502/],
  ])('is not believed while GitHub %s; it is asked again later', async (_, answer, message) => {
    const { github } = fakeGitHub({ [path]: [rest(created)], 'POST /graphql': [answer] })
    const fault = await github.comment(pull, '5').catch((error: unknown) => error)
    expect(fault).toMatchObject({ name: 'AdapterError', retryable: true })
    expect(fault).toHaveProperty('message', expect.stringMatching(message))
  })
})
