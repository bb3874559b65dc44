import { ApiError, notFound } from '../api-error.ts'
import { issueToken } from '../auth.ts'
import { app, installation } from '../present/account.ts'
import { delivery, fullDelivery } from '../present/delivery.ts'
import { fullRepository, repository } from '../present/repository.ts'
import { time } from '../present/basics.ts'
import { created, noContent, numberParam, ok, page, param, type Call, type Route } from '../route.ts'
import { findRepository, type App, type Installation } from '../state.ts'

/** The app itself, its installations, their tokens, and its webhook deliveries. */
export const appRoutes: Route[] = [
  asApp('GET', '/app', (call, self) =>
    ok({ ...app(call.hub, self), installations_count: installationsOf(call, self).length }),
  ),
  asApp('GET', '/app/installations', (call, self) =>
    page(call, installationsOf(call, self), (each) => installation(call.hub, each)),
  ),
  asApp('GET', '/app/installations/{installation_id}', (call, self) =>
    ok(installation(call.hub, theInstallation(call, self))),
  ),
  asApp('POST', '/app/installations/{installation_id}/access_tokens', (call, self) => {
    const { hub, input } = call
    const wish = {
      repositoryIds: input.numbers('repository_ids'),
      repositoryNames: input.has('repositories') ? input.texts('repositories') : undefined,
      permissions: input.object('permissions') as Record<string, string> | undefined,
    }
    const token = issueToken(hub.state, hub.random, theInstallation(call, self), wish, hub.clock.now())
    const isNarrowed = wish.repositoryIds !== undefined || wish.repositoryNames !== undefined
    return created({
      token: token.token,
      expires_at: time(token.expiresAt),
      permissions: token.permissions,
      repository_selection: 'selected',
      ...(isNarrowed && { repositories: [...token.repositories].map((each) => repository(hub, each)) }),
    })
  }),
  asApp('GET', '/app/hook/deliveries', (call, self) => {
    const newestFirst = call.hub.webhooks.deliveries.filter((each) => each.app === self).toReversed()
    return cursorPage(call, newestFirst)
  }),
  asApp('GET', '/app/hook/deliveries/{delivery_id}', (call, self) =>
    ok(fullDelivery(theDelivery(call, self))),
  ),
  asApp('POST', '/app/hook/deliveries/{delivery_id}/attempts', (call, self) => {
    const found = theDelivery(call, self)
    if (found.createdAt < call.hub.clock.now() - redeliveryWindowMs) throw notFound()
    call.hub.webhooks.redeliver(found.id)
    return { status: 202, body: {} }
  }),
  asApp('GET', '/repos/{owner}/{repo}/installation', (call, self) => {
    const wanted = findRepository(call.hub.state, param(call, 'owner'), param(call, 'repo'))
    const found = installationsOf(call, self).find((each) => wanted && each.repositories.has(wanted))
    if (!found) throw notFound()
    return ok(installation(call.hub, found))
  }),
  asApp('GET', '/orgs/{org}/installation', (call, self) => {
    const wanted = param(call, 'org').toLowerCase()
    const found = installationsOf(call, self).find((each) => each.account.login.toLowerCase() === wanted)
    if (!found) throw notFound()
    return ok(installation(call.hub, found))
  }),
  {
    method: 'GET',
    path: '/installation/repositories',
    access: { by: 'installation' },
    handle(call) {
      const { viewer, hub } = call
      if (viewer.kind !== 'installation')
        throw new ApiError(
          403,
          'You must authenticate with an installation access token in order to list repositories for an installation.',
        )
      const answer = page(
        call,
        [...viewer.token.repositories],
        (each) => fullRepository(hub, each, viewer.app.bot),
        'repositories',
      )
      return { ...answer, body: { ...(answer.body as object), repository_selection: 'selected' } }
    },
  },
  {
    method: 'DELETE',
    path: '/installation/token',
    access: { by: 'installation' },
    handle({ viewer, hub }) {
      if (viewer.kind !== 'installation') throw new ApiError(401, 'Requires authentication')
      hub.state.tokens.delete(viewer.token.token)
      return noContent()
    },
  },
  {
    method: 'GET',
    path: '/meta',
    access: { by: 'anyone' },
    handle: () => ok({ verifiable_password_authentication: true, installed_version: '3.18.0' }),
  },
  {
    method: 'GET',
    path: '/rate_limit',
    access: { by: 'anyone' },
    handle: ({ hub, viewer }) => ok(hub.limits.describe(viewer, hub.clock.now())),
  },
]

/** Source: GitHub Docs, "Redelivering webhooks": deliveries of the past three days. */
const redeliveryWindowMs = 3 * 24 * 3_600_000

function asApp(
  method: Route['method'],
  path: string,
  handle: (call: Call, self: App) => ReturnType<Route['handle']>,
): Route {
  return {
    method,
    path,
    access: { by: 'app' },
    handle(call) {
      if (call.viewer.kind !== 'app') throw new ApiError(401, 'A JSON web token could not be decoded')
      return handle(call, call.viewer.app)
    },
  }
}

function installationsOf(call: Call, self: App): Installation[] {
  return call.hub.state.installations.filter((each) => each.app === self)
}

function theInstallation(call: Call, self: App): Installation {
  const found = installationsOf(call, self).find((each) => each.id === numberParam(call, 'installation_id'))
  if (!found) throw notFound()
  return found
}

function theDelivery(call: Call, self: App) {
  const id = numberParam(call, 'delivery_id')
  const found = call.hub.webhooks.deliveries.find((each) => each.id === id && each.app === self)
  if (!found) throw notFound()
  return found
}

/** Deliveries are paged by a cursor, not by numbers. */
function cursorPage(call: Call, newestFirst: Call['hub']['webhooks']['deliveries']) {
  const perPage = Math.min(100, Number(call.query.get('per_page')) || 30)
  const cursor = Number(call.query.get('cursor')?.replace('v1_', '')) || Infinity
  const rest = newestFirst.filter((each) => each.id < cursor)
  const shown = rest.slice(0, perPage)
  const url = new URL(call.url)
  url.searchParams.set('cursor', `v1_${shown.at(-1)?.id}`)
  return {
    ...ok(shown.map(delivery)),
    ...(rest.length > perPage && { headers: { link: `<${url}>; rel="next"` } }),
  }
}
