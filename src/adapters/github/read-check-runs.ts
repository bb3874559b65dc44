import type { PublishedCheck } from '../../domain/pull.ts'
import type { Sha } from '../../domain/refs.ts'
import { ask } from './ask-graphql.ts'
import { toConclusion, toInstant } from './github-mapping.ts'
import type { Scope } from './read-github.ts'

/** A check run of our own, and whether it carries annotations: they can only be added to. */
export interface OwnCheckRun extends PublishedCheck {
  hasAnnotations: boolean
}

export interface OwnCheckRuns {
  /** GitHub's global id of the repository, which every change of a check run names. */
  repositoryId: string
  /** The newest run of each name, by commit. */
  runs: Map<Sha, OwnCheckRun[]>
}

/** Commits a question: its price is counted by what it could answer, a point for each hundred lists. */
const commitsPerQuestion = 20
/** We have one check for each gate, and the aggregate. */
const mostNames = 50

/** Source: GitHub GraphQL API, "Commit.checkSuites", "CheckRunFilter". An app has one suite on a commit. */
const fields = `{ ... on Commit { checkSuites(first: 1, filterBy: { appId: $app }) { nodes {
  checkRuns(first: ${mostNames}, filterBy: { checkType: LATEST }) { totalCount nodes {
    id name status conclusion startedAt externalId annotations(first: 1) { totalCount }
  } }
} } } }`

/** What GitHub shows of us on these commits. */
export async function readOwnCheckRuns(
  { octokit, at }: Scope,
  appId: string,
  commits: readonly Sha[],
): Promise<OwnCheckRuns> {
  const unique = [...new Set(commits)]
  const found: OwnCheckRuns = { repositoryId: '', runs: new Map() }
  for (let start = 0; start < unique.length; start += commitsPerQuestion) {
    const asked = unique.slice(start, start + commitsPerQuestion)
    const answer = await ask<Answer>(octokit, questionFor(asked), {
      ...at,
      app: Number(appId),
      ...Object.fromEntries(asked.map((sha, index) => [`c${index}`, sha])),
    })
    if (!answer?.repository) continue
    found.repositoryId = String(answer.repository['id'])
    for (const [index, sha] of asked.entries()) {
      found.runs.set(sha, toRuns(sha, answer.repository[`c${index}`] as CommitAnswer | null))
    }
  }
  return found
}

function questionFor(commits: readonly Sha[]): string {
  const names = commits.map((_, index) => `c${index}`)
  return `query ($owner: String!, $repo: String!, $app: Int!${names.map((name) => `, $${name}: GitObjectID!`).join('')}) {
  repository(owner: $owner, name: $repo) { id
    ${names.map((name) => `${name}: object(oid: $${name}) ${fields}`).join('\n    ')}
  }
}`
}

interface Answer {
  repository: Record<string, unknown> | null
}

interface CommitAnswer {
  checkSuites?: { nodes: { checkRuns: { totalCount: number; nodes: RunAnswer[] } }[] } | null
}

interface RunAnswer {
  id: string
  name: string
  status: string
  conclusion: string | null
  startedAt: string | null
  externalId: string | null
  annotations: { totalCount: number } | null
}

function toRuns(sha: Sha, commit: CommitAnswer | null): OwnCheckRun[] {
  const lists = (commit?.checkSuites?.nodes ?? []).map(({ checkRuns }) => checkRuns)
  return lists.flatMap(({ nodes }) => nodes.map((run) => toRun(sha, run)))
}

function toRun(sha: Sha, run: RunAnswer): OwnCheckRun {
  const isCompleted = run.status === 'COMPLETED'
  const conclusion = isCompleted ? toConclusion(run.conclusion) : undefined
  return {
    id: run.id,
    name: run.name,
    sha,
    status: isCompleted ? 'completed' : 'in_progress',
    ...(conclusion && { conclusion }),
    // Not told: as if nobody could have seen it yet.
    startedAt: run.startedAt ? toInstant(run.startedAt) : Number.POSITIVE_INFINITY,
    fingerprint: run.externalId ?? '',
    hasAnnotations: (run.annotations?.totalCount ?? 0) > 0,
  }
}
