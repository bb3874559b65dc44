import { ApiError } from '../api-error.ts'
import type { Exchange } from '../exchange.ts'
import type { Hub } from '../hub.ts'
import { hasPermission } from '../permissions.ts'
import { createPerson, type Person } from '../person.ts'
import { askMergeability } from '../pulls.ts'
import type { ReviewEvent } from '../conversation.ts'
import {
  findAccount,
  findRepository,
  fullNameOf,
  type Account,
  type MergeMethod,
  type Pull,
} from '../state.ts'
import { checksPage } from './checks-page.ts'
import { blobPage, editPage, splitBranch, treePage } from './code-page.ts'
import { commitPage, commitsPage } from './commits-page.ts'
import { conversationPage } from './conversation-page.ts'
import { filesPage, pullCommitsPage } from './files-page.ts'
import type { PageContext } from './layout.ts'
import { pullListPage } from './pull-list.ts'
import { stylesheet } from './stylesheet.ts'

/** Answers a browser: pages for people, and the forms on them. */
export async function answerPage(hub: Hub, exchange: Exchange): Promise<void> {
  const { url, method } = exchange
  if (url.pathname === '/emulator/style.css')
    return exchange.send(200, { 'content-type': 'text/css; charset=utf-8' }, stylesheet)
  if (url.pathname === '/') return redirect(exchange, home(hub))
  if (method === 'POST' && !isOwnForm(hub, exchange))
    return sendText(exchange, 403, 'Forms are taken from our own pages only.')
  if (url.pathname === '/emulator/act-as') return actAs(hub, exchange)
  const [, owner = '', name = '', view = 'pulls', ...rest] = decodeURI(url.pathname).split('/')
  const repository = findRepository(hub.state, owner, name)
  const person = personOf(hub, exchange)
  if (!repository || !person || !hasPermission(repository, person, 'read'))
    return sendText(exchange, 404, 'Not Found')
  const context = { hub, repository, person, here: url.pathname + url.search }
  if (method === 'POST') return submit(context, exchange, view, rest)
  const page = await show(context, url, view, rest)
  if (page === undefined) return sendText(exchange, 404, 'Not Found')
  sendPage(exchange, 200, page)
}

async function show(
  context: PageContext,
  url: URL,
  view: string,
  rest: string[],
): Promise<string | undefined> {
  const address = rest.join('/')
  switch (view) {
    case 'pulls':
      return pullListPage(context, url.searchParams.get('state'))
    case 'pull':
      return showPull(context, Number(rest[0]), rest[1] ?? '')
    case 'commits':
      return commitsPage(context, address || context.repository.defaultBranch)
    case 'commit':
      return commitPage(context, address)
    case 'tree':
      return treePage(context, address)
    case 'blob':
      return blobPage(context, address)
    case 'edit':
      return editPage(context, address)
    default:
      return undefined
  }
}

async function showPull(context: PageContext, number: number, tab: string): Promise<string | undefined> {
  const pull = context.repository.pulls.get(number)
  if (!pull) return undefined
  askMergeability(context.hub, pull)
  if (tab === 'checks') return checksPage(context, pull)
  if (tab === 'files') return filesPage(context, pull)
  if (tab === 'commits') return pullCommitsPage(context, pull)
  return tab === '' ? conversationPage(context, pull) : undefined
}

async function submit(context: PageContext, exchange: Exchange, view: string, rest: string[]): Promise<void> {
  const form = new URLSearchParams(exchange.body.toString())
  const person = createPerson(context.hub, { account: context.person })
  const pull = view === 'pull' ? context.repository.pulls.get(Number(rest[0])) : undefined
  try {
    if (pull) return redirect(exchange, await submitOnPull(pull, rest.slice(1), form, person))
    if (view === 'edit') return redirect(exchange, await submitEdit(context, rest.join('/'), form, person))
    sendText(exchange, 404, 'Not Found')
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const refused = { ...context, refusal: [error.message, ...(error.errors ?? []).map(words)].join(' · ') }
    const page = await show(refused, exchange.url, view, view === 'pull' ? rest.slice(0, 1) : rest)
    sendPage(exchange, error.status, page ?? error.message)
  }
}

function words(error: unknown): string {
  if (typeof error === 'string') return error
  const message = (error as { message?: unknown }).message
  return typeof message === 'string' ? message : JSON.stringify(error)
}

async function submitOnPull(
  pull: Pull,
  [what, id]: string[],
  form: URLSearchParams,
  person: Person,
): Promise<string> {
  const here = `/${fullNameOf(pull.repository)}/pull/${pull.number}`
  const body = text(form, 'body')
  const event = text(form, 'event')
  if (what === 'merge') {
    await person.merge(pull, text(form, 'method') as MergeMethod, text(form, 'sha'))
  } else if (what === 'checks') {
    const run = pull.repository.runs.find((each) => each.id === Number(id))
    if (!run) throw new ApiError(404, 'Not Found')
    const identifier = text(form, 'identifier')
    if (identifier) person.pressButton(run, identifier)
    else person.rerequest(run)
    return `${here}/checks`
  } else if (event === 'close') {
    await person.closePull(pull)
  } else if (event === 'APPROVE' || event === 'REQUEST_CHANGES') {
    const review = person.review(pull, event satisfies ReviewEvent, body)
    return `${here}#pullrequestreview-${review.id}`
  } else {
    return `${here}#issuecomment-${person.comment(pull, body).id}`
  }
  return here
}

async function submitEdit(
  context: PageContext,
  address: string,
  form: URLSearchParams,
  person: Person,
): Promise<string> {
  const { repository, hub } = context
  const at = await splitBranch(context, address)
  if (!at) throw new ApiError(404, 'Not Found')
  const title = text(form, 'message') || `Update ${at.path}`
  const files = { [at.path]: text(form, 'content') }
  if (form.get('how') === 'direct') {
    await person.push(repository, at.branch, files, title)
    return `/${fullNameOf(repository)}/blob/${at.branch}/${at.path}`
  }
  const parent = await hub.git.resolve(repository.folder, `refs/heads/${at.branch}`)
  const branch = text(form, 'branch')
  await person.push(repository, branch, files, title, { parent })
  const pull = await person.openPull({
    repository,
    head: branch,
    base: at.branch,
    title,
    body: text(form, 'description'),
  })
  return `/${fullNameOf(repository)}/pull/${pull.number}`
}

/** Browsers send line ends as CRLF. */
function text(form: URLSearchParams, field: string): string {
  return (form.get(field) ?? '').replaceAll('\r\n', '\n')
}

function actAs(hub: Hub, exchange: Exchange): void {
  const form = new URLSearchParams(exchange.body.toString())
  const login = form.get('person') ?? ''
  const back = form.get('back') ?? '/'
  const account = findAccount(hub.state, login)
  if (exchange.method !== 'POST' || !account) return sendText(exchange, 404, 'Not Found')
  // Only addresses of our own: a second slash would name another host.
  const own = back.startsWith('/') && !back.startsWith('//') && !back.includes('\\') ? back : '/'
  const cookie = `person=${encodeURIComponent(account.login)}; Path=/; HttpOnly; SameSite=Lax`
  exchange.send(303, { location: own, 'set-cookie': cookie }, '')
}

function personOf(hub: Hub, exchange: Exchange): Account | undefined {
  const cookies = new Map(
    (exchange.headers.get('cookie') ?? '').split(/; */).map((pair) => {
      const equals = pair.indexOf('=')
      return [pair.slice(0, equals), decodeURIComponent(pair.slice(equals + 1))] as const
    }),
  )
  const chosen = findAccount(hub.state, cookies.get('person') ?? '')
  return chosen ?? [...hub.state.accounts.values()].find((account) => account.type === 'User')
}

function home(hub: Hub): string {
  const [first] = hub.state.repositories
  return first ? `/${fullNameOf(first)}/pulls` : '/emulator'
}

function isOwnForm(hub: Hub, exchange: Exchange): boolean {
  const origin = exchange.headers.get('origin')
  return origin === undefined || origin === `http://${exchange.headers.get('host') ?? new URL(hub.url).host}`
}

function redirect(exchange: Exchange, location: string): void {
  exchange.send(303, { location }, '')
}

function sendText(exchange: Exchange, status: number, words: string): void {
  exchange.send(status, { 'content-type': 'text/plain; charset=utf-8' }, words)
}

function sendPage(exchange: Exchange, status: number, page: string): void {
  const policy =
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' https:; form-action 'self'; base-uri 'none'"
  exchange.send(
    status,
    { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
    page,
  )
}
