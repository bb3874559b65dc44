import type { PromotionSources } from '../../domain/configuration.ts'
import type { EnvironmentDocument } from './schema/environment-schema.ts'
import { quote } from './check-shape.ts'
import { type PlacedProblem, problemAt as problem } from './placed-problem.ts'
import type { YamlPath } from './read-yaml.ts'
import { toSources } from './to-promotion.ts'
import { unknownEnvironment } from './unknown-environment.ts'

type WrittenEnvironments = readonly (readonly [name: string, environment: EnvironmentDocument])[]

/** What is wrong with the graph of promotions: names of nothing, circles, and environments that nothing can ever reach. */
export function checkGraph(environments: WrittenEnvironments): PlacedProblem[] {
  const graph: Graph = new Map(environments.map(([name, { promotion }]) => [name, sourcesOf(promotion)]))
  const circles = findCircles([...graph.keys()], (name) => graph.get(name)?.environments ?? [])
  return [
    ...[...graph].flatMap(([name, sources]) => (sources ? checkSources(name, sources, graph) : [])),
    ...environments.flatMap(([name, { promotion }]) => checkBatch(name, promotion)),
    ...circles.flatMap(toldOnEach),
    ...unreachable(graph, new Set(circles.flat())),
  ]
}

/** Every environment, with what comes before it. */
type Graph = ReadonlyMap<string, PromotionSources | undefined>

/** What has the wrong shape was taken out before, and has been told. */
function sourcesOf(promotion: EnvironmentDocument['promotion']): PromotionSources | undefined {
  const from: unknown = promotion?.from
  return promotion && from !== undefined ? toSources(promotion.from) : undefined
}

function placeOf(name: string): YamlPath {
  return ['environments', name, 'promotion', 'from']
}

function checkSources(name: string, { environments, need }: PromotionSources, graph: Graph): PlacedProblem[] {
  const at = placeOf(name)
  const twice = environments.find((each, index) => environments.indexOf(each) !== index)
  return [
    ...(environments.includes(name)
      ? [problem(at, 'cycle', 'an environment cannot come before itself', 'name another')]
      : []),
    ...environments
      .filter((each) => each !== name && !graph.has(each))
      .map((each) => unknownEnvironment(at, each, [...graph.keys()])),
    ...(twice === undefined ? [] : [problem(at, 'value', `${quote(twice)} is named twice`, 'name it once')]),
    ...(environments.length === 0
      ? [problem(at, 'value', 'an empty list comes before nothing', 'name an environment')]
      : []),
    ...(environments.length > 0 && need > environments.length
      ? [
          problem(
            at,
            'value',
            `${need} of ${environments.length} environments can never be through`,
            `write at most ${environments.length}`,
          ),
        ]
      : []),
  ]
}

/** What people ask for is what they name: nothing takes turns there. */
function checkBatch(name: string, promotion: EnvironmentDocument['promotion']): PlacedProblem[] {
  if (promotion?.batch !== 'every' || promotion.automatic === true) return []
  return [
    problem(
      ['environments', name, 'promotion', 'batch'],
      'value',
      'releases take turns only where promotion is automatic',
      'write automatic: true',
    ),
  ]
}

/** Each circle once, by a walk that goes on from where it has not been: from the first of it in the file. */
function findCircles(names: readonly string[], before: (name: string) => readonly string[]): string[][] {
  const circles: string[][] = []
  const done = new Set<string>()
  const walk = (name: string, way: readonly string[]) => {
    const start = way.indexOf(name)
    if (start >= 0) {
      if (start < way.length - 1) circles.push(way.slice(start))
      return
    }
    if (done.has(name)) return
    for (const each of before(name)) walk(each, [...way, name])
    done.add(name)
  }
  for (const name of names) walk(name, [])
  return circles
}

function toldOnEach(circle: readonly string[]): PlacedProblem[] {
  const sentence = `promotion goes in a circle: ${[...circle.toReversed(), circle.at(-1)].join(' → ')}`
  return circle.map((step) =>
    problem(placeOf(step), 'cycle', sentence, 'remove promotion from the first environment'),
  )
}

/** Behind a circle nothing ever arrives. */
function unreachable(graph: Graph, inCircles: ReadonlySet<string>): PlacedProblem[] {
  const reached = new Set<string>()
  const isReached = (sources: PromotionSources | undefined) =>
    !sources || sources.environments.filter((each) => reached.has(each)).length >= sources.need
  for (let before = -1; before < reached.size;) {
    before = reached.size
    for (const [name, sources] of graph) if (isReached(sources)) reached.add(name)
  }
  return [...graph].flatMap(([name, sources]) => {
    if (!sources || reached.has(name) || inCircles.has(name) || isTold(name, sources, graph)) return []
    const missing = sources.environments.filter((each) => !reached.has(each)).join(', ')
    return [
      problem(
        placeOf(name),
        'unreachable',
        `nothing can ever be promoted to ${name}: nothing reaches ${missing}`,
        `mend ${missing}, or promote from another environment`,
      ),
    ]
  })
}

/** Whether its own names are at fault, which is the better thing to say. */
function isTold(name: string, { environments, need }: PromotionSources, graph: Graph): boolean {
  return need > environments.length || environments.some((each) => each === name || !graph.has(each))
}
