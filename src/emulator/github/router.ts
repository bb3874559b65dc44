import { appRoutes } from './routes/app.ts'
import { checkRoutes } from './routes/checks.ts'
import { deploymentRoutes } from './routes/deployments.ts'
import { issueRoutes } from './routes/issues.ts'
import { organizationRoutes } from './routes/organizations.ts'
import { pullRoutes } from './routes/pulls.ts'
import { repositoryRoutes } from './routes/repositories.ts'
import { fullNameOf, type State } from './state.ts'
import type { Route } from './route.ts'

/** Every REST endpoint there is. */
export const routes: Route[] = [
  ...appRoutes,
  ...organizationRoutes,
  ...repositoryRoutes,
  ...pullRoutes,
  ...issueRoutes,
  ...checkRoutes,
  ...deploymentRoutes,
]

const templates = routes.map((route) => ({ route, parts: route.path.split('/') }))

/** The route of an address, fixed words before parameters. */
export function findRoute(
  state: State,
  method: string,
  path: string,
): { route: Route; params: Map<string, string> } | undefined {
  const parts = byName(state, path).split('/')
  let best: { route: Route; params: Map<string, string>; fixed: number } | undefined
  for (const { route, parts: template } of templates) {
    if (route.method !== method) continue
    const match = matchParts(template, parts)
    if (match && (!best || match.fixed > best.fixed)) best = { route, ...match }
  }
  return best
}

/** `/repositories/{id}/…` answers like `/repos/{owner}/{repo}/…`. */
function byName(state: State, path: string): string {
  const [, first, id, ...rest] = path.split('/')
  const found = first === 'repositories' && state.repositories.find((each) => String(each.id) === id)
  return found ? ['/repos', fullNameOf(found), ...rest].join('/') : path
}

function matchParts(
  template: string[],
  parts: string[],
): { params: Map<string, string>; fixed: number } | undefined {
  const params = new Map<string, string>()
  let fixed = 0
  for (const [index, part] of template.entries()) {
    const given = parts[index]
    if (given === undefined) return undefined
    if (part.startsWith('{+')) {
      params.set(part.slice(2, -1), parts.slice(index).map(decodePart).join('/'))
      return { params, fixed }
    }
    if (part.startsWith('{')) {
      if (given === '') return undefined
      params.set(part.slice(1, -1), decodePart(given))
    } else {
      if (part !== given) return undefined
      fixed += 1
    }
  }
  return template.length === parts.length ? { params, fixed } : undefined
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
