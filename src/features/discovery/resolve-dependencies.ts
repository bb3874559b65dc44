import type { Configuration, Dependency } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import { type Target, targetKey } from '../../domain/refs.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import { matchTemplate } from './path-template.ts'

/**
 * The same sources with what must be healthy before each, by cluster: what the configuration says, and what Flux's objects
 * say of each other. What Flux names and this repository does not deliver is nothing that could be waited for here.
 */
export function resolveDependencies(
  sources: readonly RenderSource[],
  configuration: Configuration,
): { sources: RenderSource[]; problems: Problem[] } {
  const problems: Problem[] = []
  const resolved = sources.map((source) => {
    const rule = configuration.applications.find(({ path }) => matchTemplate(path, source.path) !== undefined)
    const written = rule?.dependsOn ?? []
    problems.push(...written.flatMap((dependency) => checkDependency(source, dependency, sources)))
    const after = source.clusters.flatMap((cluster) => {
      const own = targetKey({ ...source, cluster })
      const all = [
        ...written.flatMap((dependency) => configuredTargets(source, cluster, dependency, sources)),
        ...fluxTargets(source, cluster, sources),
      ].filter((target) => targetKey(target) !== own)
      const targets = [...new Map(all.map((target) => [targetKey(target), target])).values()]
      return targets.length > 0 ? [{ cluster, targets }] : []
    })
    return after.length > 0 ? { ...source, after } : source
  })
  return { sources: resolved, problems: [...problems, ...findCycles(resolved)] }
}

function configuredTargets(
  source: RenderSource,
  cluster: string,
  dependency: Dependency,
  sources: readonly RenderSource[],
): Target[] {
  const { application, environment = source.environment } = dependency
  const clusters = sources
    .filter((each) => each.application === application && each.environment === environment)
    .flatMap((each) => each.clusters)
  const meant = dependency.cluster ?? (clusters.includes(cluster) ? cluster : undefined)
  return clusters
    .filter((each) => meant === undefined || each === meant)
    .map((each) => ({ application, environment, cluster: each }))
}

/** Flux knows one cluster; a name without a namespace is of the same namespace. */
function fluxTargets(source: RenderSource, cluster: string, sources: readonly RenderSource[]): Target[] {
  const { dependsOn = [], deliveredAs = '', environment } = source
  const [kind, namespace] = deliveredAs.split('/')
  return dependsOn.flatMap((name) => {
    const full = name.includes('/') || deliveredAs.split('/').length < 3 ? name : `${namespace}/${name}`
    return sources
      .filter((each) => each.environment === environment && each.clusters.includes(cluster))
      .filter((each) => isNamed(each.deliveredAs, kind ?? '', full))
      .map(({ application }) => ({ application, environment, cluster }))
  })
}

/** The namespace may be set by a kustomization above, so that one side does not say it. */
function isNamed(deliveredAs: string | undefined, kind: string, name: string): boolean {
  const [ownKind, ...own] = (deliveredAs ?? '').split('/')
  const wanted = name.split('/')
  if (ownKind !== kind || own.at(-1) !== wanted.at(-1)) return false
  return own.length < 2 || wanted.length < 2 || own[0] === wanted[0]
}

function checkDependency(
  source: RenderSource,
  dependency: Dependency,
  sources: readonly RenderSource[],
): Problem[] {
  const { application, environment = source.environment, cluster } = dependency
  const isKnown = source.clusters.some(
    (own) => configuredTargets(source, own, dependency, sources).length > 0,
  )
  if (isKnown) return []
  const where = cluster === undefined ? environment : `${environment} on ${cluster}`
  const problem: Problem = {
    code: 'DEPENDENCY_UNKNOWN',
    path: source.path,
    line: 0,
    message: `${source.application} in ${source.environment} depends on ${application} in ${where}, which this repository does not deliver there`,
    fix: 'correct `dependsOn` under `applications` in .drawbridge.yaml',
  }
  return [problem]
}

/** Each circle once, by its members in the order in which they wait. */
function findCycles(sources: readonly RenderSource[]): Problem[] {
  const edges = new Map(
    sources.flatMap((source) =>
      (source.after ?? []).map(
        ({ cluster, targets }) => [targetKey({ ...source, cluster }), { source, targets }] as const,
      ),
    ),
  )
  const done = new Set<string>()
  const problems: Problem[] = []
  const visit = (key: string, above: string[]) => {
    const start = above.indexOf(key)
    const edge = edges.get(key)
    if (start !== -1 && edge) problems.push(cycle(edge.source, [...above.slice(start), key]))
    if (start !== -1 || done.has(key) || edge === undefined) return
    for (const target of edge.targets) visit(targetKey(target), [...above, key])
    done.add(key)
  }
  for (const key of edges.keys()) visit(key, [])
  return problems
}

function cycle(source: RenderSource, keys: string[]): Problem {
  return {
    code: 'DEPENDENCY_CYCLE',
    path: source.path,
    line: 0,
    message: `these wait for each other, so that none is ever applied: ${keys.join(' → ')}`,
    fix: 'take one of these dependencies away',
  }
}
