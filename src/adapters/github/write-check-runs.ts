import type { CheckToPublish } from '../../domain/action.ts'
import type { Sha } from '../../domain/refs.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CheckOutcome, CheckWrite } from '../../ports/github.ts'
import { type AliasFault, changeMany } from './ask-graphql.ts'
import { type Batchable, takeBatch } from './batch-check-writes.ts'
import { GitHubRefusal, passingFault, reasonOf } from './github-fault.ts'
import { type OwnCheckRun, type OwnCheckRuns, readOwnCheckRuns } from './read-check-runs.ts'
import type { Scope } from './read-github.ts'

/** Source: GitHub Docs, "Create a check run". */
const annotationsPerWrite = 50

/** The writes of one check, of which the first may create its run. */
interface Deed {
  check: CheckToPublish
  id?: string
  fault?: Error
}

interface Write extends Batchable {
  deed: Deed
  annotations: number
  input: Record<string, unknown>
}

/**
 * Brings check runs to what they should be, many in one request: a request that changes something counts five points,
 * whatever it changes (GitHub Docs, "Calculating points for the secondary rate limit"). What is as it should be already is
 * left alone. The order is kept for the checks of a commit; a check that GitHub refuses keeps no other back.
 */
export async function writeCheckRuns(
  scope: Scope,
  { appId, clock }: { appId: string; clock: Clock },
  wanted: readonly CheckWrite[],
): Promise<CheckOutcome[]> {
  const published = await readOwnCheckRuns(
    scope,
    appId,
    wanted.map(({ check }) => check.sha),
  )
  const plans = wanted.map((write) => plan(write, published, clock))
  const lines = Map.groupBy(plans, ({ deed }) => deed.check.sha).values()
  await sendAll(
    scope,
    [...lines].map((line) => line.flatMap(({ writes }) => writes)),
  )
  return plans.map(({ deed }) => (deed.id !== undefined && !deed.fault ? { id: deed.id } : failed(deed)))
}

function failed({ check, fault }: Deed): CheckOutcome {
  return { fault: fault ?? unanswered(check.sha) }
}

/**
 * One after the other: GitHub counts how long it works for us, and lets us have a second of it each second. Source: GitHub
 * Docs, "Best practices for using the REST API", "Make requests serially"; "About secondary rate limits".
 */
async function sendAll(scope: Scope, lines: Write[][]): Promise<void> {
  for (;;) {
    const batch = takeBatch(lines, ({ deed }) => deed.id !== undefined || deed.fault !== undefined)
    if (batch.length === 0) return
    await send(scope, batch)
  }
}

/** What is refused among others is tried once more by itself: a fault of one is no fault of its neighbours. */
async function send(scope: Scope, batch: readonly Write[]): Promise<void> {
  const due = batch.filter(({ deed }) => !deed.fault)
  const refused = await sendOnce(scope, due)
  if (due.length === 1) return
  for (const write of refused) {
    delete write.deed.fault
    await sendOnce(scope, [write])
  }
}

/** Answers those that were refused. Where the whole request failed nobody knows what was done: the next look does. */
async function sendOnce(scope: Scope, writes: readonly Write[]): Promise<Write[]> {
  if (writes.length === 0) return []
  const changes = writes.map(({ deed, input }) =>
    deed.id === undefined
      ? { name: 'createCheckRun', type: 'CreateCheckRunInput', input: toCreation(deed.check, input) }
      : { name: 'updateCheckRun', type: 'UpdateCheckRunInput', input: { ...input, checkRunId: deed.id } },
  )
  try {
    const answers = await changeMany<{ checkRun: { id: string } | null }>(
      scope.octokit,
      changes,
      '{ checkRun { id } }',
    )
    return writes.filter((write, index) => !settle(write.deed, answers[index]))
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error
    for (const { deed } of writes) deed.fault = error
    return []
  }
}

function settle(
  deed: Deed,
  answer: { data: { checkRun: { id: string } | null } } | { fault: AliasFault } | undefined,
): boolean {
  const id = answer && 'data' in answer ? answer.data.checkRun?.id : undefined
  if (id !== undefined) {
    deed.id = id
    return true
  }
  deed.fault =
    answer && 'fault' in answer ? toFault(deed.check.sha, answer.fault) : unanswered(deed.check.sha)
  return false
}

/** What GraphQL calls by a name of its own is a refusal; anything else is GitHub's own trouble, which passes. */
const refusals = new Map([
  ['FORBIDDEN', 403],
  ['NOT_FOUND', 404],
  ['UNPROCESSABLE', 422],
])

function toFault(sha: Sha, { type, message }: AliasFault): AdapterError {
  const status = refusals.get(type)
  return status === undefined
    ? passingFault('write check run', sha, `was not done (${type})`)
    : new GitHubRefusal('write check run', sha, status, reasonOf({ message }))
}

function unanswered(sha: Sha): AdapterError {
  return passingFault('write check run', sha, 'was not answered')
}

function plan(
  { check, knownId }: CheckWrite,
  { repositoryId, runs }: OwnCheckRuns,
  clock: Clock,
): { deed: Deed; writes: Write[] } {
  const current = runs.get(check.sha)?.find(({ name }) => name === check.name)
  if (current?.fingerprint === check.fingerprint) return { deed: { check, id: current.id }, writes: [] }
  const reused = current && canUpdate(current, check, knownId) ? current.id : undefined
  const deed: Deed = { check, ...(reused !== undefined && { id: reused }) }
  const batches = annotationBatches(check)
  const writes = batches.map((annotations, index): Write => {
    const isLast = index === batches.length - 1
    const input = {
      repositoryId,
      ...checkState(check, clock),
      output: { title: check.title, summary: check.summary, ...(annotations.length > 0 && { annotations }) },
      // Only with the last of them, so that half a check is never taken for the whole.
      externalId: isLast ? check.fingerprint : '',
    }
    const size = JSON.stringify(input).length
    return { deed, input, annotations: annotations.length, size, needsId: index > 0 }
  })
  return { deed, writes }
}

function toCreation(check: CheckToPublish, input: Record<string, unknown>): Record<string, unknown> {
  return { ...input, name: check.name, headSha: check.sha }
}

/** A completed run cannot be reopened, and annotations can only be added: then a new run takes the place of the old one. */
function canUpdate(current: OwnCheckRun, check: CheckToPublish, knownId: string | undefined): boolean {
  const reopens = current.status === 'completed' && check.status !== 'completed'
  const isOurs = knownId === undefined || knownId === current.id
  return isOurs && !reopens && !current.hasAnnotations
}

function checkState(check: CheckToPublish, clock: Clock) {
  const isWebAddress = check.detailsUrl !== undefined && /^https?:\/\//.test(check.detailsUrl)
  return {
    ...(check.status === 'completed'
      ? {
          status: 'COMPLETED',
          conclusion: (check.conclusion ?? 'failure').toUpperCase(),
          completedAt: new Date(clock.now()).toISOString(),
        }
      : { status: 'IN_PROGRESS' }),
    ...(isWebAddress && { detailsUrl: check.detailsUrl }),
    ...(check.buttons && { actions: check.buttons }),
  }
}

const levels = { error: 'FAILURE', warning: 'WARNING', notice: 'NOTICE' } as const

function toAnnotation({ path, line, severity, message, policy }: CheckToPublish['annotations'][number]) {
  const at = Math.max(1, line)
  const location = { startLine: at, endLine: at }
  return { path, location, annotationLevel: levels[severity], message, title: policy }
}

/** At least one batch, so that a run without annotations is written once too. */
function annotationBatches(check: CheckToPublish): ReturnType<typeof toAnnotation>[][] {
  const annotations = check.annotations.map(toAnnotation)
  const count = Math.max(1, Math.ceil(annotations.length / annotationsPerWrite))
  return Array.from({ length: count }, (_, index) =>
    annotations.slice(index * annotationsPerWrite, (index + 1) * annotationsPerWrite),
  )
}
