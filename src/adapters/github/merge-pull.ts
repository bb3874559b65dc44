import type { Octokit } from '@octokit/rest'
import { type MergeAnswer, type MergeMethod, mergeMethods, type MergeRules } from '../../domain/merge.ts'
import type { PullRef, Sha } from '../../domain/refs.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { GitHubClient } from './github-client.ts'
import { GitHubRefusal } from './github-fault.ts'
import { type Scope, scopeOf } from './read-github.ts'
import { sortMergeAnswer } from './sort-merge-answer.ts'

interface RulesAnswer {
  repository: {
    squashMergeAllowed: boolean
    mergeCommitAllowed: boolean
    rebaseMergeAllowed: boolean
    pullRequest: { id: string; isMergeQueueEnabled: boolean; isInMergeQueue: boolean } | null
  } | null
}

const rulesQuestion = `query ($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    squashMergeAllowed mergeCommitAllowed rebaseMergeAllowed
    pullRequest(number: $number) { id isMergeQueueEnabled isInMergeQueue }
  }
}`

/** The queue decides about the method: the mutation takes none. Source: GitHub GraphQL API, "EnqueuePullRequestInput". */
const enqueueDeed = `mutation ($id: ID!, $sha: GitObjectID!) {
  enqueuePullRequest(input: { pullRequestId: $id, expectedHeadOid: $sha }) { mergeQueueEntry { position } }
}`

/** What the repository allows. Where GitHub does not say, everything is tried: its refusal says the rest. */
export async function readMergeRules(client: GitHubClient, ref: PullRef): Promise<MergeRules> {
  const { rules } = await askRules(scopeOf(client, ref.repository, 'merge'), ref)
  return rules
}

async function askRules(
  { octokit, at }: Scope,
  { number }: PullRef,
): Promise<{ rules: MergeRules; id?: string }> {
  const answer = await questioned(octokit.graphql<RulesAnswer>(rulesQuestion, { ...at, number }))
  const repository = 'refusal' in answer ? null : answer.data.repository
  const pull = repository?.pullRequest
  if (!repository || !pull) return { rules: { methods: [...mergeMethods], hasQueue: false, isQueued: false } }
  const { squashMergeAllowed: squash, mergeCommitAllowed: merge, rebaseMergeAllowed: rebase } = repository
  const allowed = { squash, merge, rebase }
  const methods = mergeMethods.filter((method) => allowed[method])
  return {
    rules: { methods, hasQueue: pull.isMergeQueueEnabled, isQueued: pull.isInMergeQueue },
    id: pull.id,
  }
}

/** Merges exactly this head, or puts it into the queue where there is one; looks before it believes a refusal or a silence. */
export async function mergePull(
  client: GitHubClient,
  ref: PullRef,
  sha: Sha,
  method: MergeMethod | 'queue',
  title: string,
): Promise<MergeAnswer> {
  const scope = scopeOf(client, ref.repository, 'merge')
  if (method === 'queue') return enqueue(scope, ref, sha)
  const at = { ...scope.at, pull_number: ref.number }
  try {
    const { data } = await scope.octokit.rest.pulls.merge({
      ...at,
      sha,
      merge_method: method,
      commit_title: title,
    })
    if (data.merged) return { kind: 'merged', sha: data.sha }
    return { kind: 'not-yet', code: 'NOT_DONE', reason: data.message || 'GitHub answered, but did not merge' }
  } catch (error) {
    if (!isAnswered(error) && !isLost(error)) throw error
    const { data: pull } = await scope.octokit.rest.pulls.get(at)
    if (isAnswered(error)) return sortMergeAnswer(error, sha, pull)
    if (pull.merged) return { kind: 'merged', sha: pull.merge_commit_sha ?? '' }
    throw error
  }
}

async function enqueue(scope: Scope, ref: PullRef, sha: Sha): Promise<MergeAnswer> {
  const { rules, id } = await askRules(scope, ref)
  if (rules.isQueued) return { kind: 'queued' }
  if (id === undefined)
    return { kind: 'not-yet', code: 'BUSY', reason: 'GitHub does not say how it merges here' }
  const answer = await questioned(scope.octokit.graphql(enqueueDeed, { id, sha }))
  if (!('refusal' in answer) || (await askRules(scope, ref)).rules.isQueued) return { kind: 'queued' }
  const { data: pull } = await scope.octokit.rest.pulls.get({ ...scope.at, pull_number: ref.number })
  return sortMergeAnswer({ status: 422, reason: answer.refusal }, sha, pull)
}

/** GraphQL refuses with status 200: its words, or the data. */
async function questioned<T>(
  question: ReturnType<Octokit['graphql']> | Promise<T>,
): Promise<{ data: T } | { refusal: string }> {
  try {
    return { data: (await question) as T }
  } catch (error) {
    if (error instanceof GitHubRefusal) return { refusal: error.reason }
    if (error instanceof AdapterError) throw error
    const { errors = [] } = error as { errors?: { message?: string }[] }
    return {
      refusal:
        errors
          .map(({ message }) => message ?? '')
          .join('; ')
          .slice(0, 300) || 'without a reason',
    }
  }
}

function isAnswered(error: unknown): error is GitHubRefusal {
  return error instanceof GitHubRefusal && [403, 404, 405, 409, 422].includes(error.status)
}

/** Without an answer it may be done all the same; a rate limit was answered before anything was done. */
function isLost(error: unknown): boolean {
  return error instanceof AdapterError && error.retryable && error.retryAfterMs === undefined
}
