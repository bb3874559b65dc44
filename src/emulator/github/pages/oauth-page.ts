import type { Hub } from '../hub.ts'
import { exchangeCode, issueCode, oauthApp } from '../oauth.ts'
import { html } from './markup.ts'
import type { Page, Visit } from './visit.ts'

/** Asks whoever looks whether the app may know who they are. */
export function authorizePage({ hub, url, viewer }: Visit): Page {
  const [clientId, callback] = ['client_id', 'redirect_uri'].map((name) => url.searchParams.get(name) ?? '')
  const app = oauthApp(hub, clientId ?? '', callback ?? '')
  if (!app || !viewer) {
    const words = 'The redirect_uri is not associated with this application.'
    return { title: 'Not found', status: 404, body: html`<p class="box empty">${words}</p>` }
  }
  return {
    title: `Authorize ${app.name}`,
    body: html`<form class="box empty" method="post" action="/login/oauth/authorize">
      <h1>${app.name} asks to know that you are ${viewer.login}</h1>
      <input type="hidden" name="client_id" value="${clientId}" />
      <input type="hidden" name="redirect_uri" value="${callback}" />
      <input type="hidden" name="state" value="${url.searchParams.get('state') ?? ''}" />
      <button class="primary">Authorize ${app.name}</button>
    </form>`,
  }
}

/** Sends the browser back with a code; undefined where the app or the address is not known. */
export function authorize({ hub, viewer }: Visit, typed: ReadonlyMap<string, string>): string | undefined {
  const callback = typed.get('redirect_uri') ?? ''
  const app = oauthApp(hub, typed.get('client_id') ?? '', callback)
  if (!app || !viewer) return undefined
  const back = new URL(callback)
  back.searchParams.set('code', issueCode(hub, app, viewer, callback))
  back.searchParams.set('state', typed.get('state') ?? '')
  return back.href
}

/** What an app's server asks for, not a browser. */
export async function answerToken(hub: Hub, request: Request): Promise<Response> {
  const body: unknown = await request.json().catch(() => undefined)
  const isObject = typeof body === 'object' && body !== null
  return Response.json(exchangeCode(hub, isObject ? { ...body } : {}))
}
