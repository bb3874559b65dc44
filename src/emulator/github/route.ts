import type { Permission } from '../../domain/pull.ts'
import { ApiError, forbidden, notFound } from './api-error.ts'
import { doerOf, isGranted, type Viewer } from './auth.ts'
import type { Doer, Hub } from './hub.ts'
import type { Input } from './input.ts'
import { hasPermission } from './permissions.ts'
import { findRepository, type Repository } from './state.ts'

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** GitHub's own template; `{+path}` takes the rest of the address. */
  path: string
  access: Access
  /** Counts against the limits for creating content. */
  createsContent?: boolean
  handle(call: Call): Promise<Answer> | Answer
}

/** Who may call. For an installation one of `permissions` must be granted; a person needs `role`. */
export type Access =
  | { by: 'app' | 'installation' | 'anyone' }
  | { by: 'repository'; permissions: string[]; role: Permission; isForAppsOnly?: boolean }
  | { by: 'organization' }

export interface Call {
  hub: Hub
  viewer: Viewer
  params: ReadonlyMap<string, string>
  query: URLSearchParams
  input: Input
  /** Address of the request, for links to other pages. */
  url: URL
  headers: ReadonlyMap<string, string>
}

export interface RepositoryCall extends Call {
  repository: Repository
  doer: Doer
}

export interface Answer {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

/** A route below a repository: resolves it, checks that the caller may see it and may do this. */
export function onRepository(
  method: Route['method'],
  path: string,
  permissions: string | string[],
  role: Permission,
  handle: (call: RepositoryCall) => Promise<Answer> | Answer,
  options: { createsContent?: boolean; isForAppsOnly?: boolean } = {},
): Route {
  const { isForAppsOnly, createsContent } = options
  const access = { by: 'repository' as const, permissions: [permissions].flat(), role, isForAppsOnly }
  return {
    method,
    path: `/repos/{owner}/{repo}${path}`,
    access,
    createsContent,
    handle(call) {
      const repository = visibleRepository(call)
      const doer = doerOf(call.viewer)
      if (call.viewer.kind === 'installation') {
        const { permissions: granted } = call.viewer.token
        if (!access.permissions.some((wanted) => isGranted(granted, wanted))) throw forbidden()
      } else if (isForAppsOnly) {
        throw new ApiError(403, 'You must authenticate via a GitHub App.')
      } else if (doer && !hasPermission(repository, doer.account, role)) {
        throw new ApiError(
          role === 'admin' ? 404 : 403,
          role === 'admin' ? 'Not Found' : 'Must have push access to repository',
        )
      } else if (!doer && method !== 'GET') {
        throw new ApiError(401, 'Requires authentication')
      }
      return handle({ ...call, repository, doer: doer ?? { account: repository.owner } })
    },
  }
}

/** Repositories one may not see are not found. */
function visibleRepository(call: Call): Repository {
  const repository = findRepository(call.hub.state, param(call, 'owner'), param(call, 'repo'))
  if (!repository) throw notFound()
  const { viewer } = call
  if (viewer.kind === 'installation' && !viewer.token.repositories.has(repository)) throw notFound()
  if (viewer.kind === 'app')
    throw new ApiError(401, 'A JSON web token could not be used here: use an installation token')
  if (viewer.kind === 'user' && !hasPermission(repository, viewer.account, 'read')) throw notFound()
  if (viewer.kind === 'anonymous' && repository.isPrivate) throw notFound()
  return repository
}

export function param(call: Call, name: string): string {
  return call.params.get(name) ?? ''
}

export function numberParam(call: Call, name: string): number {
  const number = Number(param(call, name))
  if (!Number.isSafeInteger(number)) throw notFound()
  return number
}

export const ok = (body: unknown): Answer => ({ status: 200, body })
export const created = (body: unknown): Answer => ({ status: 201, body })
export const noContent = (): Answer => ({ status: 204 })

const largestPage = 100

/** One page of a list with its Link header; `wrap` names the list inside an object with `total_count`. */
export function page<T>(call: Call, items: T[], present: (item: T) => unknown, wrap?: string): Answer {
  const perPage = Math.min(largestPage, Number(call.query.get('per_page')) || 30)
  const number = Math.max(1, Number(call.query.get('page')) || 1)
  const last = Math.max(1, Math.ceil(items.length / perPage))
  const shown = items.slice((number - 1) * perPage, number * perPage).map(present)
  const links = []
  if (number > 1) links.push(link(call.url, number - 1, 'prev'))
  if (number < last) links.push(link(call.url, number + 1, 'next'), link(call.url, last, 'last'))
  if (number > 1) links.push(link(call.url, 1, 'first'))
  return {
    status: 200,
    body: wrap ? { total_count: items.length, [wrap]: shown } : shown,
    ...(links.length > 0 && { headers: { link: links.join(', ') } }),
  }
}

function link(address: URL, number: number, relation: string): string {
  const url = new URL(address)
  url.searchParams.set('page', String(number))
  return `<${url}>; rel="${relation}"`
}
