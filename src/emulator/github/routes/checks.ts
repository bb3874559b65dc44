import { ApiError, forbidden, notFound } from '../api-error.ts'
import { createCheckRun, rerequestRun, updateCheckRun, type CheckFields } from '../checks.ts'
import { checkRun, checkSuite } from '../present/check.ts'
import { simpleStatus, status as presentStatus } from '../present/commit.ts'
import { simpleRepository } from '../present/repository.ts'
import { api } from '../present/basics.ts'
import { emitSuite } from '../refs.ts'
import {
  created,
  numberParam,
  ok,
  onRepository,
  page,
  param,
  type RepositoryCall,
  type Route,
} from '../route.ts'
import { fullNameOf, nextId, type CheckRun, type CheckSuite, type CommitStatus } from '../state.ts'

const read = 'checks:read'
const write = 'checks:write'
const onlyApps = { isForAppsOnly: true }

/** Check runs and suites, and commit statuses. */
export const checkRoutes: Route[] = [
  onRepository(
    'POST',
    '/check-runs',
    write,
    'write',
    async (call) => {
      const { hub, repository, input, doer } = call
      const fields = { ...checkFields(call), name: input.text('name') }
      const sha = input.text('head_sha')
      return created(checkRun(hub, await createCheckRun(hub, repository, doer.app!, sha, fields, doer)))
    },
    onlyApps,
  ),
  onRepository('GET', '/check-runs/{check_run_id}', read, 'read', (call) =>
    ok(checkRun(call.hub, theRun(call))),
  ),
  onRepository(
    'PATCH',
    '/check-runs/{check_run_id}',
    write,
    'write',
    async (call) => {
      const run = theRun(call)
      if (run.suite.app !== call.doer.app) throw forbidden()
      await updateCheckRun(call.hub, run, checkFields(call), call.doer)
      return ok(checkRun(call.hub, run))
    },
    onlyApps,
  ),
  onRepository('GET', '/check-runs/{check_run_id}/annotations', read, 'read', (call) =>
    page(call, theRun(call).annotations, (each) => ({
      start_column: null,
      end_column: null,
      title: null,
      raw_details: null,
      blob_href: `${api(call.hub)}/repos/${fullNameOf(call.repository)}/git/blobs`,
      ...each,
    })),
  ),
  onRepository('POST', '/check-runs/{check_run_id}/rerequest', write, 'write', (call) => {
    rerequestRun(call.hub, theRun(call), call.doer)
    return created({})
  }),
  onRepository('GET', '/check-suites/{check_suite_id}', read, 'read', async (call) =>
    ok(await shownSuite(call, theSuite(call))),
  ),
  onRepository('GET', '/check-suites/{check_suite_id}/check-runs', read, 'read', (call) => {
    const suite = theSuite(call)
    return page(
      call,
      filtered(
        call,
        call.repository.runs.filter((run) => run.suite === suite),
      ),
      (run) => checkRun(call.hub, run),
      'check_runs',
    )
  }),
  onRepository('POST', '/check-suites/{check_suite_id}/rerequest', write, 'write', async (call) => {
    await emitSuite(call.hub, call.repository, theSuite(call), 'rerequested', call.doer)
    return created({})
  }),
  onRepository('GET', '/commits/{ref}/check-runs', read, 'read', async (call) => {
    const sha = await shaOf(call)
    const runs = call.repository.runs.filter((run) => run.suite.sha === sha)
    return page(call, filtered(call, runs), (run) => checkRun(call.hub, run), 'check_runs')
  }),
  onRepository('GET', '/commits/{ref}/check-suites', read, 'read', async (call) => {
    const sha = await shaOf(call)
    const appId = call.query.get('app_id')
    const suites = call.repository.suites.filter(
      (suite) => suite.sha === sha && (!appId || String(suite.app.id) === appId),
    )
    const shown = await Promise.all(suites.map((suite) => shownSuite(call, suite)))
    return page(call, shown, (each) => each, 'check_suites')
  }),

  onRepository('POST', '/statuses/{sha}', 'statuses:write', 'write', async (call) => {
    const status = await addStatus(call)
    return created(presentStatus(call.hub, call.repository, status))
  }),
  onRepository('GET', '/commits/{ref}/statuses', 'statuses:read', 'read', async (call) => {
    const sha = await shaOf(call)
    const found = call.repository.statuses.filter((each) => each.sha === sha).toReversed()
    return page(call, found, (each) => presentStatus(call.hub, call.repository, each))
  }),
  onRepository('GET', '/commits/{ref}/status', 'statuses:read', 'read', async (call) => {
    const sha = await shaOf(call)
    const all = call.repository.statuses.filter((each) => each.sha === sha)
    const latest = [...new Map(all.map((each) => [each.context, each])).values()]
    const repo = `${api(call.hub)}/repos/${fullNameOf(call.repository)}`
    return ok({
      state: combinedState(latest),
      statuses: latest.map((each) => simpleStatus(call.hub, call.repository, each)),
      sha,
      total_count: latest.length,
      repository: simpleRepository(call.hub, call.repository),
      commit_url: `${repo}/commits/${sha}`,
      url: `${repo}/commits/${sha}/status`,
    })
  }),
]

function checkFields({ input }: RepositoryCall): CheckFields {
  return {
    name: input.optionalText('name'),
    external_id: input.optionalText('external_id'),
    details_url: input.optionalText('details_url'),
    status: input.optionalText('status') as CheckFields['status'],
    conclusion: input.optionalText('conclusion'),
    started_at: input.optionalText('started_at'),
    completed_at: input.optionalText('completed_at'),
    output: input.object('output'),
    actions: input.objects('actions') as CheckFields['actions'],
  }
}

function theRun(call: RepositoryCall): CheckRun {
  const id = numberParam(call, 'check_run_id')
  const run = call.repository.runs.find((each) => each.id === id)
  if (!run) throw notFound()
  return run
}

function theSuite(call: RepositoryCall): CheckSuite {
  const id = numberParam(call, 'check_suite_id')
  const suite = call.repository.suites.find((each) => each.id === id)
  if (!suite) throw notFound()
  return suite
}

async function shownSuite(call: RepositoryCall, suite: CheckSuite) {
  const [head] = await call.hub.git.commits(call.repository.folder, '--max-count=1', suite.sha)
  const person = (who: { name: string; email: string }) => ({ name: who.name, email: who.email })
  return {
    ...checkSuite(call.hub, suite),
    head_commit: {
      id: suite.sha,
      tree_id: head!.tree,
      message: head!.message,
      timestamp: new Date(head!.committer.at).toISOString(),
      author: person(head!.author),
      committer: person(head!.committer),
    },
  }
}

async function shaOf(call: RepositoryCall): Promise<string> {
  const sha = await call.hub.git.resolve(call.repository.folder, param(call, 'ref'))
  if (!sha) throw new ApiError(422, `No commit found for SHA: ${param(call, 'ref')}`)
  return sha
}

/** `filter=latest`, the default, keeps the newest run of each name in each suite. */
function filtered(call: RepositoryCall, runs: CheckRun[]): CheckRun[] {
  const { query } = call
  const name = query.get('check_name')
  const status = query.get('status')
  const appId = query.get('app_id')
  const matching = runs.filter(
    (run) =>
      (!name || run.name === name) &&
      (!status || run.status === status) &&
      (!appId || String(run.suite.app.id) === appId),
  )
  const newestFirst = matching.toReversed()
  if (query.get('filter') === 'all') return newestFirst
  const latest = new Map<string, CheckRun>()
  for (const run of matching) latest.set(`${run.suite.id} ${run.name}`, run)
  return newestFirst.filter((run) => latest.get(`${run.suite.id} ${run.name}`) === run)
}

const statusLimits = { context: 255, description: 140, perContext: 1_000 }

async function addStatus(call: RepositoryCall): Promise<CommitStatus> {
  const { hub, repository, input, doer } = call
  const sha = await hub.git.resolve(repository.folder, param(call, 'sha'))
  if (!sha) throw new ApiError(422, `No commit found for SHA: ${param(call, 'sha')}`)
  const state = input.text('state')
  if (!['error', 'failure', 'pending', 'success'].includes(state)) {
    throw new ApiError(422, 'Validation Failed', [
      { resource: 'Status', code: 'custom', field: 'state', message: 'state is not included in the list' },
    ])
  }
  const context = input.optionalText('context') ?? 'default'
  const description = input.optionalText('description') ?? null
  for (const [field, text] of [
    ['context', context],
    ['description', description ?? ''],
  ] as const) {
    if ([...text].length <= statusLimits[field]) continue
    const message = `${field} is too long (maximum is ${statusLimits[field]} characters)`
    throw new ApiError(422, 'Validation Failed', [{ resource: 'Status', code: 'custom', field, message }])
  }
  const status: CommitStatus = {
    id: nextId(hub.state),
    sha,
    state: state as CommitStatus['state'],
    context,
    description,
    targetUrl: input.optionalText('target_url') ?? null,
    creator: doer.account,
    createdAt: hub.clock.now(),
  }
  repository.statuses.push(status)
  return status
}

function combinedState(statuses: CommitStatus[]): string {
  if (statuses.some((each) => each.state === 'failure' || each.state === 'error')) return 'failure'
  return statuses.length === 0 || statuses.some((each) => each.state === 'pending') ? 'pending' : 'success'
}
