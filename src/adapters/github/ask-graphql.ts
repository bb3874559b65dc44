import type { Octokit } from '@octokit/rest'
import type { Comment, QueueEntry } from '../../domain/pull.ts'
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

interface QueueNode {
  headCommit: { oid: string } | null
  baseCommit: { oid: string } | null
  pullRequest: { number: number } | null
}

/** Undefined where there is no such thing. GraphQL answers most faults with 200 and a list of errors. */
async function ask<Answer>(
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

function graphqlErrorTypes(error: unknown): string[] {
  const { errors = [] } = error as { errors?: { type?: string }[] }
  return errors.map(({ type }) => type ?? 'UNTYPED')
}
