import { describe, expect, it } from 'vitest'
import { planMerge } from '../../../src/features/merging/plan-merge.ts'
import type { MergeRules } from '../../../src/domain/merge.ts'
import { fakeGitHub, pull } from './fake-github.ts'

const merge = 'PUT /repos/shop/deploy/pulls/12/merge'
const look = 'GET /repos/shop/deploy/pulls/12'

const open = { merged: false, merge_commit_sha: null, state: 'open', mergeable: true, head: { sha: 'abc' } }
const merged = { ...open, merged: true, merge_commit_sha: 'm', state: 'closed' }
const said = (status: number, message: string, headers = {}) => ({ status, json: { message }, headers })
const rules: MergeRules = { methods: ['squash', 'merge', 'rebase'], hasQueue: false, isQueued: false }

type Reply = Parameters<typeof fakeGitHub>[0][string][number]

/** What is made of GitHub's answer, and what is done next; `throws`: the worker comes back, `later` with a time that GitHub named. */
async function after(answer: Reply, shown: object | 'broken'): Promise<string> {
  const { github, calls, time } = fakeGitHub({
    [merge]: [answer],
    [look]: [shown === 'broken' ? 'broken' : { json: shown }],
  })
  const now = time.now
  const tried = github.mergePull(pull, 'abc', 'squash', 'title')
  const found = await tried.catch((error: { retryable: boolean; retryAfterMs?: number }) => error)
  // Whatever the answer was: GitHub is asked to merge once, and what it did is looked at.
  expect(calls().filter((call) => call === merge)).toHaveLength(1)
  if (!('kind' in found))
    return !found.retryable ? 'gives up' : found.retryAfterMs === undefined ? 'throws' : 'later'
  const plan = planMerge({ ...found, tries: 1, at: now }, rules, now)
  const code = 'code' in found ? ` ${found.code}` : ''
  const next = plan.kind === 'try' ? `tries ${plan.method}` : `waits ${(plan.until - now) / 1000} s`
  const trouble = plan.kind === 'wait' && plan.trouble ? ', told' : ''
  return `${found.kind}${code}: ${next}${trouble}`
}

// GitHub's answers to a merge, as they come over the wire, each with what follows: from the answer to what is done next.
// A refusal that passes is tried again in seconds, one that a person must act on is told and tried again in an hour.
// After a silence it is looked whether it is merged; only then the worker comes back, and asks every gate again.
describe('what follows from an answer of GitHub to a merge', () => {
  it.each`
    answer                        | given                                                                                            | shown                                | follows
    ${'200, merged'}              | ${{ json: { merged: true, sha: 'm', message: '' } }}                                             | ${merged}                            | ${'merged: waits 15 s'}
    ${'200, and not merged'}      | ${{ json: { merged: false, sha: null, message: 'later' } }}                                      | ${open}                              | ${'not-yet NOT_DONE: waits 15 s'}
    ${'405, conflicts'}           | ${said(405, 'Pull Request is not mergeable')}                                                    | ${{ ...open, mergeable: false }}     | ${'refused CONFLICTS: waits 3600 s, told'}
    ${'405, not looked yet'}      | ${said(405, 'Pull Request is not mergeable')}                                                    | ${{ ...open, mergeable: null }}      | ${'not-yet STILL_COMPUTING: waits 15 s'}
    ${'405, a draft'}             | ${said(405, 'Pull Request is still a draft')}                                                    | ${{ ...open, draft: true }}          | ${'refused DRAFT: waits 3600 s, told'}
    ${'405, a check runs'}        | ${said(405, 'Required status check "ci" is expected.')}                                          | ${open}                              | ${'not-yet CHECKS_PENDING: waits 15 s'}
    ${'405, a check failed'}      | ${said(405, 'Required status check "ci" is failing.')}                                           | ${open}                              | ${'refused CHECKS_FAILED: waits 3600 s, told'}
    ${'405, a review is missing'} | ${said(405, 'At least 1 approving review is required by reviewers with write access.')}          | ${open}                              | ${'refused REVIEWS_MISSING: waits 3600 s, told'}
    ${'405, only by the queue'}   | ${said(405, 'Repository rule violations found\n\nChanges must be made through the merge queue')} | ${open}                              | ${'refused QUEUE_REQUIRED: tries queue'}
    ${'405, not by this method'}  | ${said(405, 'Squash merges are not allowed on this repository.')}                                | ${open}                              | ${'refused METHOD_NOT_ALLOWED: tries merge'}
    ${'405, the base moved'}      | ${said(405, 'Base branch was modified. Review and try the merge again.')}                        | ${open}                              | ${'not-yet BASE_MOVED: waits 15 s'}
    ${'405, and it is merged'}    | ${said(405, 'Pull Request is not mergeable')}                                                    | ${merged}                            | ${'merged: waits 15 s'}
    ${'405, and it is closed'}    | ${said(405, 'Pull Request is not mergeable')}                                                    | ${{ ...open, state: 'closed' }}      | ${'refused CLOSED: waits 3600 s, told'}
    ${'409, the head moved'}      | ${said(409, 'Head branch was modified. Review and try the merge again.')}                        | ${{ ...open, head: { sha: 'def' } }} | ${'head-moved: waits 15 s'}
    ${'403, may not'}             | ${said(403, 'Resource not accessible by integration')}                                           | ${open}                              | ${'refused NOT_PERMITTED: waits 3600 s, told'}
    ${'403, too many writes'}     | ${said(403, 'You have exceeded a secondary rate limit', { 'retry-after': '60' })}                | ${open}                              | ${'later'}
    ${'429'}                      | ${said(429, 'Too many requests', { 'retry-after': '60' })}                                       | ${open}                              | ${'later'}
    ${'404'}                      | ${said(404, 'Not Found')}                                                                        | ${open}                              | ${'refused NOT_PERMITTED: waits 3600 s, told'}
    ${'422, a rule'}              | ${said(422, "Pull request Required workflow 'Validate' is not satisfied")}                       | ${open}                              | ${'refused CHECKS_FAILED: waits 3600 s, told'}
    ${'422, not valid'}           | ${said(422, 'Validation Failed')}                                                                | ${open}                              | ${'refused REFUSED: waits 3600 s, told'}
    ${'500, and it is merged'}    | ${said(500, 'Server Error')}                                                                     | ${merged}                            | ${'merged: waits 15 s'}
    ${'502, and it is not'}       | ${said(502, 'Bad Gateway')}                                                                      | ${open}                              | ${'throws'}
    ${'504, and it is not'}       | ${said(504, 'Gateway Time-out')}                                                                 | ${open}                              | ${'throws'}
    ${'none, and it is merged'}   | ${'broken'}                                                                                      | ${merged}                            | ${'merged: waits 15 s'}
    ${'none, and it is not'}      | ${'broken'}                                                                                      | ${open}                              | ${'throws'}
    ${'none, nor to the look'}    | ${'broken'}                                                                                      | ${'broken'}                          | ${'throws'}
    ${'405, and none to a look'}  | ${said(405, 'Pull Request is not mergeable')}                                                    | ${'broken'}                          | ${'throws'}
  `('$answer → $follows', async ({ given, shown, follows }) => {
    expect(await after(given, shown)).toBe(follows)
  })
})
