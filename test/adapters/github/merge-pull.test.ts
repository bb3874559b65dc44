import { describe, expect, it } from 'vitest'
import { fakeGitHub, pull } from './fake-github.ts'

const merge = 'PUT /repos/shop/deploy/pulls/12/merge'
const look = 'GET /repos/shop/deploy/pulls/12'
const ask = 'POST /graphql'
const open = { merged: false, merge_commit_sha: null, state: 'open', mergeable: true, head: { sha: 'abc' } }

function rules(more: object = {}, own: object = {}) {
  const pullRequest = { id: 'PR_12', isMergeQueueEnabled: false, isInMergeQueue: false, ...own }
  const repository = { squashMergeAllowed: true, mergeCommitAllowed: true, rebaseMergeAllowed: true, ...more }
  return { json: { data: { repository: { ...repository, pullRequest } } } }
}

describe('mergeRules', () => {
  it.each`
    case                    | answer                                                                             | expected
    ${'all allowed'}        | ${rules()}                                                                         | ${{ methods: ['squash', 'merge', 'rebase'], hasQueue: false, isQueued: false }}
    ${'rebase alone'}       | ${rules({ squashMergeAllowed: false, mergeCommitAllowed: false })}                 | ${{ methods: ['rebase'], hasQueue: false, isQueued: false }}
    ${'a queue'}            | ${rules({}, { isMergeQueueEnabled: true })}                                        | ${{ methods: ['squash', 'merge', 'rebase'], hasQueue: true, isQueued: false }}
    ${'in the queue'}       | ${rules({}, { isMergeQueueEnabled: true, isInMergeQueue: true })}                  | ${{ methods: ['squash', 'merge', 'rebase'], hasQueue: true, isQueued: true }}
    ${'an older GitHub'}    | ${{ json: { errors: [{ message: 'Field isMergeQueueEnabled does not exist' }] } }} | ${{ methods: ['squash', 'merge', 'rebase'], hasQueue: false, isQueued: false }}
    ${'not allowed to ask'} | ${{ status: 403, json: { message: 'Resource not accessible by integration' } }}    | ${{ methods: ['squash', 'merge', 'rebase'], hasQueue: false, isQueued: false }}
  `('$case', async ({ answer, expected }) => {
    const { github } = fakeGitHub({ [ask]: [answer] })
    expect(await github.mergeRules(pull)).toEqual(expected)
  })
})

describe('mergePull', () => {
  it('names the head that was judged', async () => {
    const { github, seen } = fakeGitHub({ [merge]: [{ json: { merged: true, sha: 'm', message: '' } }] })
    expect(await github.mergePull(pull, 'abc', 'rebase', 'title')).toEqual({ kind: 'merged', sha: 'm' })
    expect(seen.at(-1)?.body).toMatchObject({ sha: 'abc', merge_method: 'rebase', commit_title: 'title' })
  })

  it('puts exactly that head into the queue', async () => {
    const { github, seen } = fakeGitHub({
      [ask]: [
        rules({}, { isMergeQueueEnabled: true }),
        { json: { data: { enqueuePullRequest: { mergeQueueEntry: { position: 1 } } } } },
      ],
    })
    expect(await github.mergePull(pull, 'abc', 'queue', 't')).toEqual({ kind: 'queued' })
    expect(seen.at(-1)?.body).toMatchObject({ variables: { id: 'PR_12', sha: 'abc' } })
  })

  it.each([
    ['is in the queue already', true, {}, { kind: 'queued' }],
    ['was pushed to', false, { head: { sha: 'def' } }, { kind: 'head-moved' }],
    ['is refused by the queue', false, {}, { kind: 'refused', code: 'CHECKS_FAILED' }],
  ])('looks where it cannot be put there: it %s', async (_, isInMergeQueue, more, expected) => {
    const { github } = fakeGitHub({
      [ask]: [
        rules({}, { isMergeQueueEnabled: true }),
        { json: { errors: [{ message: "Pull request Required workflow 'x' is not satisfied" }] } },
        rules({}, { isMergeQueueEnabled: true, isInMergeQueue }),
      ],
      [look]: [{ json: { ...open, ...more } }],
    })
    expect(await github.mergePull(pull, 'abc', 'queue', 't')).toMatchObject(expected)
  })
})
