import { ApiError, validationFailed } from './api-error.ts'
import type { Doer, Hub } from './hub.ts'
import { settleAutoMerges } from './auto-merge.ts'
import { settleQueue } from './merge-queue.ts'
import { checkRun, nestedSuite } from './present/check.ts'
import { emitSuite } from './refs.ts'
import { nextId, type App, type CheckRun, type Repository } from './state.ts'
import { suiteFor, suiteStatus } from './suites.ts'

export interface CheckFields {
  name?: string
  external_id?: string
  details_url?: string
  status?: CheckRun['status']
  conclusion?: string
  started_at?: string
  completed_at?: string
  output?: { title?: string; summary?: string; text?: string; annotations?: Record<string, unknown>[] }
  actions?: CheckRun['actions']
}

/** Source: GitHub Docs, "REST API endpoints for check runs". */
const limits = {
  output: 65_535,
  annotations: 50,
  actions: 3,
  label: 20,
  description: 40,
  identifier: 20,
  sameName: 1_000,
}

const conclusions = ['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out', 'action_required']

export async function createCheckRun(
  hub: Hub,
  repository: Repository,
  app: App,
  sha: string,
  fields: CheckFields & { name: string },
  doer: Doer,
): Promise<CheckRun> {
  checkFields(fields)
  if (!(await hub.git.resolve(repository.folder, sha)))
    throw new ApiError(422, `No commit found for SHA: ${sha}`)
  const suite = suiteFor(hub, repository, app, sha)
  const now = hub.clock.now()
  const run: CheckRun = {
    id: nextId(hub.state),
    suite,
    name: fields.name,
    externalId: '',
    status: 'queued',
    conclusion: null,
    startedAt: now,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
  }
  set(hub, run, fields)
  repository.runs.push(run)
  const same = repository.runs.filter((each) => each.suite === suite && each.name === run.name)
  if (same.length > limits.sameName) repository.runs.splice(repository.runs.indexOf(same[0]!), 1)
  emitRun(hub, run, 'created', doer)
  if (run.status === 'completed') await completed(hub, run, doer)
  return run
}

/** Annotations are added to the earlier ones; everything else replaces. */
export async function updateCheckRun(
  hub: Hub,
  run: CheckRun,
  fields: CheckFields,
  doer: Doer,
): Promise<void> {
  checkFields(fields)
  const wasCompleted = run.status === 'completed'
  set(hub, run, fields)
  if (run.status === 'completed' && !wasCompleted) await completed(hub, run, doer)
}

function checkFields(fields: CheckFields): void {
  const refuse = (field: string, message: string) => {
    throw validationFailed({ resource: 'CheckRun', field, code: 'custom', message })
  }
  for (const field of ['title', 'summary', 'text'] as const) {
    const text = fields.output?.[field]
    if (text !== undefined && [...text].length > limits.output) {
      refuse(field, `Only ${limits.output} characters are allowed; ${[...text].length} were supplied.`)
    }
  }
  if (fields.output && (fields.output.title === undefined || fields.output.summary === undefined)) {
    throw new ApiError(422, `Invalid request.\n\n"title", "summary" weren't supplied.`)
  }
  if ((fields.output?.annotations?.length ?? 0) > limits.annotations) {
    throw new ApiError(422, 'Invalid request.\n\nNo more than 50 items are allowed; more were supplied.')
  }
  if ((fields.actions?.length ?? 0) > limits.actions) {
    throw new ApiError(422, 'Invalid request.\n\nNo more than 3 items are allowed; more were supplied.')
  }
  for (const action of fields.actions ?? []) {
    for (const field of ['label', 'description', 'identifier'] as const) {
      if ([...(action[field] ?? '')].length > limits[field])
        refuse(field, `is too long (maximum is ${limits[field]} characters)`)
    }
  }
  if (fields.details_url !== undefined && !isWebAddress(fields.details_url)) {
    refuse('details_url', 'details_url must use http or https scheme')
  }
  if (fields.conclusion !== undefined && !conclusions.includes(fields.conclusion)) {
    throw new ApiError(
      422,
      `Invalid request.\n\n"${fields.conclusion}" is not a member of ${JSON.stringify(conclusions)}.`,
    )
  }
  if (fields.status === 'completed' && fields.conclusion === undefined) {
    throw new ApiError(422, `Invalid request.\n\n"conclusion" wasn't supplied.`)
  }
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol)
}

function set(hub: Hub, run: CheckRun, fields: CheckFields): void {
  const now = hub.clock.now()
  if (fields.name !== undefined) run.name = fields.name
  if (fields.external_id !== undefined) run.externalId = fields.external_id
  if (fields.details_url !== undefined) run.detailsUrl = fields.details_url
  if (fields.started_at !== undefined) run.startedAt = Date.parse(fields.started_at)
  if (fields.conclusion !== undefined) {
    run.conclusion = fields.conclusion
    run.status = 'completed'
    run.completedAt = fields.completed_at === undefined ? now : Date.parse(fields.completed_at)
  } else if (fields.status !== undefined && run.status !== 'completed') {
    // A completed run stays completed: whoever wants to start over makes a new run.
    run.status = fields.status
  }
  if (fields.actions) run.actions = fields.actions
  if (!fields.output) return
  const { title = null, summary = null, text } = fields.output
  run.output = { title, summary, text: text ?? run.output.text }
  run.annotations.push(...(fields.output.annotations ?? []))
}

async function completed(hub: Hub, run: CheckRun, doer: Doer): Promise<void> {
  run.suite.updatedAt = hub.clock.now()
  emitRun(hub, run, 'completed', doer)
  settleQueue(hub, run.suite.repository)
  settleAutoMerges(hub, run.suite.repository, run.suite.sha)
  if (suiteStatus(run.suite) === 'completed') {
    await emitSuite(hub, run.suite.repository, run.suite, 'completed', doer)
  }
}

/** A person asks for one check again. */
export function rerequestRun(hub: Hub, run: CheckRun, doer: Doer): void {
  emitRun(hub, run, 'rerequested', doer, {}, run.suite.app)
}

/** A person presses a button of a check. */
export function requestAction(hub: Hub, run: CheckRun, identifier: string, doer: Doer): void {
  emitRun(hub, run, 'requested_action', doer, { requested_action: { identifier } }, run.suite.app)
}

function emitRun(hub: Hub, run: CheckRun, action: string, doer: Doer, extra: object = {}, only?: App): void {
  const check = { ...checkRun(hub, run), check_suite: nestedSuite(hub, run.suite) }
  hub.webhooks.emit(
    'check_run',
    run.suite.repository,
    doer.account,
    { action, check_run: check, ...extra },
    only,
  )
}
