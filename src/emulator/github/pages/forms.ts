import { ApiError } from '../api-error.ts'
import type { Hub } from '../hub.ts'
import { mergePull } from '../merge.ts'
import { hasPermission } from '../permissions.ts'
import { createPerson } from '../person.ts'
import type { Account, CheckRun, MergeMethod, Pull, Repository } from '../state.ts'
import { findRevision } from './find-revision.ts'
import { encodePath, pathOf, pullPath } from './pieces.ts'
import { runPath } from './check-view.ts'

/** What was sent with a form; text alone. */
export type Typed = Map<string, string>

interface Sent {
  hub: Hub
  repository: Repository
  viewer: Account
  rest: string[]
  typed: Typed
}

type Form = (sent: Sent) => Promise<string | undefined>

/** Forms by the first name below the repository. Each answers where to go on; undefined: there is no such thing. */
export const forms = new Map<string, Form>([
  ['pull', pullForm],
  ['runs', runForm],
  ['edit', editForm],
])

type PullAction = (sent: Sent, pull: Pull) => Promise<string | undefined> | string | undefined

/** By the value of the button; each answers the part of the page to look at. */
const pullActions = new Map<string, PullAction>([
  ['comment', (sent, pull) => commentAnchor(me(sent).comment(pull, body(sent)).id)],
  ['approve', (sent, pull) => reviewAnchor(me(sent).review(pull, 'APPROVE', body(sent)).id)],
  ['refuse', (sent, pull) => reviewAnchor(me(sent).review(pull, 'REQUEST_CHANGES', body(sent)).id)],
  ['review', (sent, pull) => reviewAnchor(me(sent).review(pull, 'COMMENT', body(sent)).id)],
  ['merge', merge],
  ['close', (sent, pull) => setState(sent, pull, 'closed')],
  ['reopen', (sent, pull) => setState(sent, pull, 'open')],
  ['ready', markReady],
  ['rerun', (sent) => actOnRun(sent)],
])

const me = ({ hub, viewer }: Sent) => createPerson(hub, { account: viewer })
/** Browsers send lines ended by CR LF. */
const body = ({ typed }: Sent) => (typed.get('body') ?? '').replaceAll('\r\n', '\n')
const commentAnchor = (id: number) => `#issuecomment-${id}`
const reviewAnchor = (id: number) => `#pullrequestreview-${id}`

async function pullForm(sent: Sent): Promise<string | undefined> {
  const pull = sent.repository.pulls.get(Number(sent.rest[0]))
  const action = sent.typed.has('press') ? actOnRun : pullActions.get(sent.typed.get('do') ?? '')
  if (!pull || !action) return undefined
  const anchor = await action(sent, pull)
  return `${pullPath(pull)}${anchor ?? ''}`
}

async function merge({ hub, viewer, typed }: Sent, pull: Pull): Promise<string> {
  const method = (['merge', 'squash', 'rebase'] as MergeMethod[]).find((each) => each === typed.get('method'))
  if (!method) throw new ApiError(422, 'Choose how to merge.')
  // What the person saw is merged, or nothing.
  await mergePull(hub, pull, { method, sha: typed.get('sha') }, { account: viewer })
  return '#merge'
}

async function setState(sent: Sent, pull: Pull, state: 'open' | 'closed'): Promise<undefined> {
  refuseStrangers(sent, pull)
  if (body(sent).trim() !== '') me(sent).comment(pull, body(sent))
  await me(sent).editPull(pull, { state })
}

function markReady(sent: Sent, pull: Pull): undefined {
  refuseStrangers(sent, pull)
  me(sent).setDraft(pull, false)
}

function refuseStrangers({ viewer }: Sent, pull: Pull): void {
  if (viewer === pull.author || hasPermission(pull.repository, viewer, 'triage')) return
  throw new ApiError(403, 'Only the author and those with triage access can do this.')
}

function actOnRun(sent: Sent): undefined {
  const { repository, viewer, typed } = sent
  const run = repository.runs.find((each) => String(each.id) === typed.get('run'))
  if (!run) throw new ApiError(404, 'There is no such check run.')
  if (!hasPermission(repository, viewer, 'write'))
    throw new ApiError(403, 'Only those with write access can do this.')
  const identifier = typed.get('press')
  if (identifier === undefined) me(sent).rerequest(run)
  else me(sent).pressButton(run, knownAction(run, identifier))
}

function knownAction(run: CheckRun, identifier: string): string {
  if (run.actions.some((action) => action.identifier === identifier)) return identifier
  throw new ApiError(422, 'This check has no such button any more.')
}

async function runForm(sent: Sent): Promise<string | undefined> {
  const run = sent.repository.runs.find((each) => String(each.id) === sent.rest[0])
  if (!run) return undefined
  actOnRun(sent)
  return runPath(run)
}

async function editForm(sent: Sent): Promise<string | undefined> {
  const { hub, repository, typed } = sent
  const revision = await findRevision(hub, repository, sent.rest)
  const choice = typed.get('do')
  if (!revision?.isBranch || !revision.path || (choice !== 'commit' && choice !== 'propose')) return undefined
  const old = await hub.git.read(repository.folder, revision.sha, revision.path)
  const content = withLineEndsOf(typed.get('content') ?? '', old?.toString() ?? '')
  if (old?.toString() === content) throw new ApiError(422, 'Nothing was changed.')
  const files = { [revision.path]: content }
  const title = typed.get('message')?.trim() || `Update ${revision.path}`
  const reason = (typed.get('description') ?? '').replaceAll('\r\n', '\n').trim()
  const message = reason ? `${title}\n\n${reason}\n` : `${title}\n`
  const parent = typed.get('parent') || revision.sha
  if (choice === 'commit') {
    await me(sent).push(repository, revision.name, files, message, { parent })
    return `${pathOf(repository)}/blob/${encodePath(`${revision.name}/${revision.path}`)}`
  }
  const head = await freshBranch(sent, typed.get('branch')?.trim())
  await me(sent).push(repository, head, files, message, { parent })
  const pull = await me(sent).openPull({ repository, head, base: revision.name, title, body: reason })
  return pullPath(pull)
}

/** Forms send CR LF; the file keeps the ends of line it had. */
function withLineEndsOf(content: string, old: string): string {
  const plain = content.replaceAll('\r\n', '\n')
  return old.includes('\r\n') ? plain.replaceAll('\n', '\r\n') : plain
}

/** The wished name if it is free and one git takes; without a wish `{login}-patch-{n}`. */
async function freshBranch({ hub, repository, viewer }: Sent, wish: string | undefined): Promise<string> {
  const refs = await hub.git.refs(repository.folder)
  if (wish) {
    if (!isBranchName(wish)) throw new ApiError(422, `“${wish}” is not a name for a branch.`)
    if (refs.has(`refs/heads/${wish}`)) throw new ApiError(422, `There is a branch “${wish}” already.`)
    return wish
  }
  let number = 1
  while (refs.has(`refs/heads/${viewer.login}-patch-${number}`)) number += 1
  return `${viewer.login}-patch-${number}`
}

/** Narrower than `git check-ref-format`. */
function isBranchName(name: string): boolean {
  const parts = name.split('/')
  return (
    name.length <= 200 &&
    parts.every((part) => /^[\w][\w.+-]*$/.test(part) && !part.includes('..') && !/\.(lock)?$/.test(part))
  )
}
