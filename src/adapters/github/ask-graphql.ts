import type { Octokit } from '@octokit/rest'
import type { Comment, PullMark, QueueEntry } from '../../domain/pull.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import { passingFault } from './github-fault.ts'
import type { Scope } from './read-github.ts'

/**
 * REST dates a comment to the second, so an edit within the second of its creation leaves no trace there. This asks for
 * the text and for whether it was ever edited in one answer. Source: GitHub GraphQL API, "IssueComment.lastEditedAt".
 */
export async function readOriginal(
  octokit: Octokit,
  comment: Comment,
  id: string,
): Promise<Comment | undefined> {
  const answer = await ask<{ node: { body: string; lastEditedAt: string | null } | null }>(
    octokit,
    'query ($id: ID!) { node(id: $id) { ... on IssueComment { body lastEditedAt } } }',
    { id },
  )
  const node = answer?.node
  return node ? { ...comment, body: node.body, isEdited: node.lastEditedAt !== null } : undefined
}

/** REST knows no merge queues. Source: GitHub GraphQL API, "MergeQueueEntry". */
export async function readMergeQueue({ octokit, at }: Scope, branch: string): Promise<QueueEntry[]> {
  const answer = await ask<{ repository: { mergeQueue: { entries: { nodes: QueueNode[] } } | null } | null }>(
    octokit,
    `query ($owner: String!, $repo: String!, $branch: String!) {
      repository(owner: $owner, name: $repo) { mergeQueue(branch: $branch) { entries(first: 100) {
        nodes { headCommit { oid } baseCommit { oid } pullRequest { number } }
      } } }
    }`,
    { ...at, branch },
  )
  const nodes = answer?.repository?.mergeQueue?.entries.nodes ?? []
  return nodes.flatMap(({ headCommit, baseCommit, pullRequest }) =>
    headCommit && baseCommit && pullRequest
      ? [{ pull: pullRequest.number, headSha: headCommit.oid, baseSha: baseCommit.oid }]
      : [],
  )
}

const marksPerPage = 100
const reviewsPerMark = 100

/** What GitHub calls each state; a review that is not submitted yet is nobody's word. */
const reviewStates = new Map([
  ['APPROVED', 'approved'],
  ['CHANGES_REQUESTED', 'changes-requested'],
  ['COMMENTED', 'commented'],
  ['DISMISSED', 'dismissed'],
])

/** A hundred pull requests a question. Source: GitHub GraphQL API, "PullRequestReview.fullDatabaseId". */
export async function readPullMarks({ octokit, at }: Scope): Promise<PullMark[]> {
  const marks: PullMark[] = []
  let after: string | null = null
  do {
    const answer: MarksAnswer | undefined = await ask<MarksAnswer>(
      octokit,
      `query ($owner: String!, $repo: String!, $after: String) {
        repository(owner: $owner, name: $repo) { pullRequests(states: OPEN, first: ${marksPerPage}, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes { number headRefOid baseRefName isDraft
            reviews(last: ${reviewsPerMark}) { totalCount nodes { fullDatabaseId state } } }
        } }
      }`,
      { ...at, after },
    )
    const page: PullPage | undefined = answer?.repository?.pullRequests
    if (!page) return marks
    marks.push(...page.nodes.map(toMark))
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
  return marks
}

interface MarksAnswer {
  repository: { pullRequests: PullPage } | null
}

interface PullPage {
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
  nodes: MarkNode[]
}

interface MarkNode {
  number: number
  headRefOid: string
  baseRefName: string
  isDraft: boolean
  reviews: { totalCount: number; nodes: { fullDatabaseId: string | number; state: string }[] }
}

function toMark({ number, headRefOid, baseRefName, isDraft, reviews }: MarkNode): PullMark {
  const seen = reviews.nodes.flatMap(({ fullDatabaseId, state }) => {
    const name = reviewStates.get(state)
    return name === undefined ? [] : [`${fullDatabaseId} ${name}`]
  })
  const mark = { number, headSha: headRefOid, baseBranch: baseRefName, isDraft }
  return reviews.totalCount > reviews.nodes.length ? mark : { ...mark, reviews: seen.toSorted() }
}

interface QueueNode {
  headCommit: { oid: string } | null
  baseCommit: { oid: string } | null
  pullRequest: { number: number } | null
}

/** Undefined where there is no such thing. GraphQL answers most faults with 200 and a list of errors. */
export async function ask<Answer>(
  octokit: Octokit,
  query: string,
  variables: Record<string, unknown>,
): Promise<Answer | undefined> {
  try {
    return await octokit.graphql<Answer>(query, variables)
  } catch (error) {
    if (error instanceof AdapterError) throw error
    const types = graphqlErrorTypes(error)
    if (types.includes('NOT_FOUND')) return undefined
    throw passingFault('POST', '/graphql', `refused the question (${types.join(', ') || 'without a type'})`)
  }
}

export interface Change {
  /** The mutation, the type of its input, and the input. */
  name: string
  type: string
  input: Record<string, unknown>
}

/** Why one of several changes was not made. */
export interface AliasFault {
  type: string
  message: string
}

/**
 * Many changes in one request, made in this order; each is answered by itself, because one that is refused does not undo
 * the others. Source: GraphQL specification, "Mutation": top-level fields are executed serially.
 */
export async function changeMany<Answer>(
  octokit: Octokit,
  changes: readonly Change[],
  fields: string,
): Promise<({ data: Answer } | { fault: AliasFault })[]> {
  const names = changes.map((_, index) => `m${index}`)
  const parameters = changes.map(({ type }, index) => `$m${index}: ${type}!`).join(', ')
  const lines = changes.map(({ name }, index) => `m${index}: ${name}(input: $m${index}) ${fields}`)
  const variables = Object.fromEntries(changes.map(({ input }, index) => [`m${index}`, input]))
  const { data, errors } = await attempt<Answer>(
    octokit,
    `mutation (${parameters}) {\n  ${lines.join('\n  ')}\n}`,
    variables,
  )
  return names.map((name) => {
    const answer = data[name]
    if (answer) return { data: answer }
    const found = errors.find(({ path }) => path?.[0] === name)
    return { fault: { type: found?.type ?? 'UNTYPED', message: found?.message ?? 'no answer' } }
  })
}

interface GraphqlError {
  type?: string
  message?: string
  path?: (string | number)[]
}

async function attempt<Answer>(
  octokit: Octokit,
  query: string,
  variables: Record<string, unknown>,
): Promise<{ data: Record<string, Answer | null>; errors: GraphqlError[] }> {
  try {
    return { data: await octokit.graphql<Record<string, Answer>>(query, variables), errors: [] }
  } catch (error) {
    if (error instanceof AdapterError) throw error
    const { data, errors = [] } = error as { data?: Record<string, Answer> | null; errors?: GraphqlError[] }
    const isAboutSome = errors.length > 0 && errors.every(({ path }) => path !== undefined)
    if (isAboutSome) return { data: data ?? {}, errors }
    throw passingFault('POST', '/graphql', 'refused the whole request')
  }
}

function graphqlErrorTypes(error: unknown): string[] {
  const { errors = [] } = error as { errors?: GraphqlError[] }
  return errors.map(({ type }) => type ?? 'UNTYPED')
}
