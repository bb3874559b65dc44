import { ApiError } from './api-error.ts'
import { doerOf, isGranted, type Viewer } from './auth.ts'
import { type CheckFields, createCheckRun, updateCheckRun } from './checks.ts'
import { inputFault } from './graphql-input.ts'
import type { Doer, Hub } from './hub.ts'
import { nodeId, time } from './present/basics.ts'
import type { App, CheckRun, Repository } from './state.ts'
import { latestRuns } from './suites.ts'

type Variables = Record<string, unknown>

interface GraphqlError {
  type?: string
  path?: string[]
  message: string
}

interface GraphqlAnswer {
  data?: Record<string, unknown> | null
  errors?: GraphqlError[]
}

export const checkMutation = /(\w+): (createCheckRun|updateCheckRun)\(input: \$(\w+)\)/g

/** An app's own check runs on several commits: `<alias>: object(oid: $<variable>)`. */
export function answerCheckRuns(
  repositories: readonly Repository[],
  viewer: Viewer,
  query: string,
  variables: Variables,
): GraphqlAnswer {
  const { owner, repo, app } = variables
  const repository = repositories.find((each) => each.owner.login === owner && each.name === repo)
  const mayRead =
    viewer.kind === 'user' ||
    (viewer.kind === 'installation' && isGranted(viewer.token.permissions, 'checks:read'))
  if (!repository || !mayRead) {
    const message = `Could not resolve to a Repository with the name '${String(owner)}/${String(repo)}'.`
    return { data: { repository: null }, errors: [{ type: 'NOT_FOUND', path: ['repository'], message }] }
  }
  const commits = [...query.matchAll(/(\w+): object\(oid: \$(\w+)\)/g)].map(([, alias = '', name = '']) => [
    alias,
    commitAnswer(repository, app, String(variables[name])),
  ])
  const id = nodeId('Repository', repository.id)
  return { data: { repository: { id, ...Object.fromEntries(commits) } } }
}

function commitAnswer(repository: Repository, app: unknown, sha: string) {
  const suites = repository.suites.filter((suite) => suite.sha === sha && suite.app.id === app)
  const nodes = suites.slice(-1).map((suite) => {
    const runs = latestRuns(suite)
    return { checkRuns: { totalCount: runs.length, nodes: runs.map(runAnswer) } }
  })
  return { checkSuites: { nodes } }
}

function runAnswer(run: CheckRun) {
  return {
    id: nodeId('CheckRun', run.id),
    name: run.name,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    startedAt: time(run.startedAt),
    externalId: run.externalId,
    annotations: { totalCount: run.annotations.length },
  }
}

/**
 * Changes of check runs, one after the other: one that is refused is null in the data and named in the errors, and keeps
 * no other back. An input that does not fit the schema refuses the whole request before anything is done.
 */
export async function changeCheckRuns(
  hub: Hub,
  repositories: readonly Repository[],
  viewer: Viewer,
  query: string,
  variables: Variables,
): Promise<GraphqlAnswer> {
  const changes = [...query.matchAll(checkMutation)].map(([, alias = '', name = '', variable = '']) => ({
    alias,
    name: name as 'createCheckRun' | 'updateCheckRun',
    variable,
  }))
  for (const { name, variable } of changes) {
    const fault = inputFault(query, name, variable, variables[variable])
    if (fault) return { errors: [{ message: fault }] }
  }
  const data: Record<string, unknown> = {}
  const errors: GraphqlError[] = []
  for (const { alias, name, variable } of changes) {
    try {
      const run = await change(hub, repositories, viewer, name, variables[variable] as Input)
      data[alias] = { checkRun: runAnswer(run) }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      data[alias] = null
      errors.push({ type: typeOf(error.status), path: [alias], message: error.message })
    }
  }
  return { data, ...(errors.length > 0 && { errors }) }
}

interface Input extends Record<string, unknown> {
  repositoryId: string
  checkRunId?: string
  headSha?: string
  name?: string
}

async function change(
  hub: Hub,
  repositories: readonly Repository[],
  viewer: Viewer,
  name: 'createCheckRun' | 'updateCheckRun',
  input: Input,
): Promise<CheckRun> {
  const { app, ...doer } = doerOf(viewer) as Doer
  if (viewer.kind !== 'installation' || !app || !isGranted(viewer.token.permissions, 'checks:write'))
    throw new ApiError(403, 'Resource not accessible by integration')
  const repository = repositories.find(({ id }) => nodeId('Repository', id) === input.repositoryId)
  if (!repository) throw unresolved(input.repositoryId)
  const fields = toFields(input)
  if (name === 'createCheckRun') {
    const named = { ...fields, name: input.name ?? '' }
    return createCheckRun(hub, repository, app, input.headSha ?? '', named, { ...doer, app })
  }
  const run = ownRun(repository, app, input.checkRunId ?? '')
  await updateCheckRun(hub, run, fields, { ...doer, app })
  return run
}

function ownRun(repository: Repository, app: App, id: string): CheckRun {
  const run = repository.runs.find((each) => nodeId('CheckRun', each.id) === id)
  if (!run) throw unresolved(id)
  if (run.suite.app !== app) throw new ApiError(403, 'Resource not accessible by integration')
  return run
}

function unresolved(id: string): ApiError {
  return new ApiError(404, `Could not resolve to a node with the global id of '${id}'`)
}

function typeOf(status: number): string {
  return status === 404 ? 'NOT_FOUND' : status === 403 ? 'FORBIDDEN' : 'UNPROCESSABLE'
}

interface AnnotationInput {
  path: string
  location: { startLine: number; endLine: number }
  annotationLevel: string
  message: string
  title?: string
}

/** GraphQL's names and upper case, as REST has them. */
function toFields(input: Input): CheckFields {
  const { name, externalId, detailsUrl, status, conclusion, startedAt, completedAt, output, actions } =
    input as Record<string, string | undefined> & { output?: object; actions?: object }
  const { annotations, ...texts } = (output ?? {}) as { annotations?: AnnotationInput[] }
  return {
    ...(name !== undefined && { name }),
    external_id: externalId,
    details_url: detailsUrl,
    status: status?.toLowerCase() as CheckFields['status'],
    conclusion: conclusion?.toLowerCase(),
    started_at: startedAt,
    completed_at: completedAt,
    ...(output !== undefined && { output: { ...texts, annotations: annotations?.map(toAnnotation) } }),
    ...(actions !== undefined && { actions: actions as CheckFields['actions'] }),
  }
}

function toAnnotation({ path, location, annotationLevel, message, title }: AnnotationInput) {
  return {
    path,
    start_line: location.startLine,
    end_line: location.endLine,
    annotation_level: annotationLevel.toLowerCase(),
    message,
    title: title ?? null,
  }
}
