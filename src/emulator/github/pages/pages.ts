import { ApiError } from '../api-error.ts'
import type { Hub } from '../hub.ts'
import { hasPermission } from '../permissions.ts'
import { findAccount, findRepository } from '../state.ts'
import { avatarImage } from './avatar-image.ts'
import { blobPage, editPage, treePage } from './code-pages.ts'
import { commitPage, commitsPage, comparePage } from './commit-pages.ts'
import { forms, type Typed } from './forms.ts'
import { layout, pageHeaders } from './layout.ts'
import { html } from './markup.ts'
import { answerToken, authorize, authorizePage } from './oauth-page.ts'
import { pathOf } from './pieces.ts'
import { pullPage, runPage } from './pull-pages.ts'
import { rawFile } from './raw-file.ts'
import { homePage, pullsPage, repositoryPage } from './repository-pages.ts'
import { versionOf } from './version.ts'
import { actAsCookie, isOwnForm, viewerOf } from './viewer.ts'
import type { Page, RepositoryVisit, Visit } from './visit.ts'

/** Pages by the first name below the repository. */
const pages = new Map<string, (visit: RepositoryVisit) => Promise<Page | undefined> | Page | undefined>([
  ['', repositoryPage],
  ['pulls', pullsPage],
  ['pull', pullPage],
  ['runs', runPage],
  ['commits', commitsPage],
  ['commit', commitPage],
  ['compare', comparePage],
  ['tree', treePage],
  ['blob', blobPage],
  ['edit', editPage],
])

/** The pages of the emulated GitHub for people in a browser. Undefined: the address is not one of a page. */
export function createPages(hub: Hub): (request: Request) => Promise<Response | undefined> {
  return async (request) => {
    const url = new URL(request.url)
    const names = namesOf(url)
    if (!names || names[0] === 'api') return undefined
    const visit = { hub, url, viewer: viewerOf(hub, request) }
    const isPost = request.method === 'POST'
    if (!isPost && request.method !== 'GET' && request.method !== 'HEAD') return undefined
    if (isPost && url.pathname === '/login/oauth/access_token') return answerToken(hub, request)
    if (isPost) {
      if (!['act-as', 'login'].includes(names[0] ?? '') && !repositoryAt(hub, names)) return undefined
      if (!isOwnForm(hub, request))
        return refused('This form was sent from another site. Open the page itself and send it from there.')
      const typed = typedIn(await request.formData())
      if (url.pathname === '/login/oauth/authorize') return goToApp(authorize(visit, typed))
      return names[0] === 'act-as' ? actAs(hub, typed) : post(visit, names, typed)
    }
    if (names.length === 0) return show(visit, homePage(visit))
    if (url.pathname === '/login/oauth/authorize') return show(visit, authorizePage(visit))
    if (names.length === 1 && names[0] === 'version') return versionEvent(versionOf(hub, undefined))
    if (names.length === 2 && names[0] === 'avatars') return avatarImage(hub, names[1]!)
    return get(visit, names)
  }
}

/** The names of a path, decoded; undefined where they cannot be. */
function namesOf(url: URL): string[] | undefined {
  try {
    return url.pathname.split('/').filter(Boolean).map(decodeURIComponent)
  } catch {
    return undefined
  }
}

const repositoryAt = (hub: Hub, [owner, name]: string[]) =>
  owner === undefined || name === undefined ? undefined : findRepository(hub.state, owner, name)

async function get(visit: Visit, names: string[]): Promise<Response | undefined> {
  const repository = repositoryAt(visit.hub, names)
  if (!repository) return undefined
  const [, , kind = '', ...rest] = names
  const whole = { ...visit, repository, rest }
  if (visit.viewer && !hasPermission(repository, visit.viewer, 'read')) return show(visit, missing(visit))
  if (kind === 'version' && rest.length === 0) return versionEvent(versionOf(visit.hub, repository))
  if (kind === 'raw') return (await rawFile(whole)) ?? show(visit, missing(visit))
  const page = pages.get(kind)
  if (!page) return undefined
  return show(whole, (await page(whole)) ?? missing(visit))
}

function missing({ viewer }: Visit): Page {
  const words = viewer ? `There is nothing here that ${viewer.login} can see.` : 'There is nothing here.'
  return { title: 'Not found', status: 404, body: html`<p class="box empty">${words}</p>` }
}

async function show(
  visit: Visit | RepositoryVisit,
  page: Page,
  status = page.status ?? 200,
): Promise<Response> {
  const repository = 'repository' in visit ? visit.repository : undefined
  const version = {
    url: repository ? `${pathOf(repository)}/version` : '/version',
    text: versionOf(visit.hub, repository),
  }
  const text = await layout(visit, page, version)
  return new Response(String(text), { status, headers: pageHeaders })
}

async function post(visit: Visit, names: string[], typed: Typed): Promise<Response | undefined> {
  const { hub, viewer } = visit
  const repository = repositoryAt(hub, names)
  const [, , kind = '', ...rest] = names
  const form = forms.get(kind)
  if (!repository || !form) return undefined
  if (!viewer) return refused('There is nobody to act as.')
  try {
    if (!hasPermission(repository, viewer, 'read')) throw new ApiError(404, 'Not Found')
    const location = await form({ hub, repository, viewer, rest, typed })
    return location === undefined ? show(visit, missing(visit)) : goTo(location)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // The same page again, with the reason and what was typed.
    const again = { ...visit, repository, rest, refusal: { message: wordsOf(error), typed } }
    const page = await pages.get(kind)?.(again)
    return page ? show(again, page, error.status) : refused(wordsOf(error))
  }
}

function wordsOf(error: ApiError): string {
  const details = (error.errors ?? []).map((each) => {
    if (typeof each === 'string') return each
    const { message, field, code } = each as { message?: string; field?: string; code?: string }
    return message ?? `${field} ${code?.replaceAll('_', ' ')}`
  })
  return details.length > 0 ? `${details.join('. ')}.` : error.message
}

function typedIn(data: FormData): Typed {
  return new Map(
    [...data].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])),
  )
}

function actAs(hub: Hub, typed: Typed): Response {
  const account = findAccount(hub.state, typed.get('login') ?? '')
  if (account?.type !== 'User') return refused('There is no such person.')
  const back = typed.get('back') ?? '/'
  const isOwn =
    back.startsWith('/') &&
    URL.canParse(back, 'http://own.invalid') &&
    new URL(back, 'http://own.invalid').host === 'own.invalid'
  return goTo(isOwn ? back : '/', { 'set-cookie': actAsCookie(account) })
}

const goTo = (location: string, headers: Record<string, string> = {}) =>
  new Response(null, { status: 303, headers: { location, ...headers } })

const goToApp = (location: string | undefined) =>
  location === undefined ? refused('There is no such app, or that is not its address.') : goTo(location)

/** A stream of one event, after which a browser asks again by itself. */
const versionEvent = (version: string) =>
  new Response(`retry: 1000\ndata: ${version}\n\n`, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  })

const refused = (text: string) =>
  new Response(text, { status: 403, headers: { 'content-type': 'text/plain; charset=utf-8' } })
