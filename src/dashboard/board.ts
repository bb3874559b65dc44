import { fullName, type RepositoryRef } from '../domain/refs.ts'
import type { Release } from '../domain/release.ts'

/** The board of one repository: applications down, clusters across, grouped by environment. */
export interface Board {
  repository: string
  environments: { name: string; clusters: string[] }[]
  rows: { application: string; cells: (BoardCell | undefined)[] }[]
}

export interface BoardCell {
  phase: Release['phase']
  revision: string
  pull?: number
  reason: string
  since: number
  drift?: Release['drift']
  pause?: Release['pause']
}

/** Environments from first to last, and each one's clusters by wave. */
export type EnvironmentOrder = readonly { name: string; waves: readonly (readonly string[])[] }[]

type Entry = { repository: RepositoryRef; release: Release }

/**
 * Arranges the reconciler's words. Environments and clusters stand as in `orders` (by repository id), what is not named there
 * after it and by name; applications by name.
 */
export function toBoards(
  entries: readonly Entry[],
  orders: ReadonlyMap<string, EnvironmentOrder> = new Map(),
): Board[] {
  const byRepository = Map.groupBy(entries, ({ repository }) => repository.id)
  return [...byRepository.values()]
    .flatMap((group) => toBoard(group, orders) ?? [])
    .toSorted((left, right) => compare(left.repository, right.repository))
}

function toBoard(group: readonly Entry[], orders: ReadonlyMap<string, EnvironmentOrder>): Board | undefined {
  const repository = group.at(-1)?.repository
  if (!repository) return undefined
  const releases = group.map(({ release }) => release)
  const environments = arrange(releases, orders.get(repository.id) ?? [])
  const byPlace = new Map(
    releases.map((release) => {
      const { application, environment, cluster } = release.target
      return [placeKey(application, environment, cluster), release]
    }),
  )
  const applications = [...new Set(releases.map(({ target }) => target.application))].toSorted(compare)
  return {
    repository: fullName(repository),
    environments,
    rows: applications.map((application) => ({
      application,
      cells: environments.flatMap(({ name, clusters }) =>
        clusters.map((cluster) => toCell(byPlace.get(placeKey(application, name, cluster)))),
      ),
    })),
  }
}

function arrange(releases: readonly Release[], order: EnvironmentOrder): Board['environments'] {
  const byEnvironment = Map.groupBy(releases, ({ target }) => target.environment)
  const names = order.map(({ name }) => name)
  return [...byEnvironment]
    .toSorted(([left], [right]) => rank(left, right, names))
    .map(([name, members]) => {
      const clusters = order.find((environment) => environment.name === name)?.waves.flat() ?? []
      const present = new Set(members.map(({ target }) => target.cluster))
      return { name, clusters: [...present].toSorted((left, right) => rank(left, right, clusters)) }
    })
}

/** As in `known`; what is not in it comes after, by name. */
function rank(left: string, right: string, known: readonly string[]): number {
  const place = (name: string) => (known.includes(name) ? known.indexOf(name) : known.length)
  return place(left) - place(right) || compare(left, right)
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function placeKey(...names: string[]): string {
  return JSON.stringify(names)
}

function toCell(release: Release | undefined): BoardCell | undefined {
  if (!release) return undefined
  const { phase, revision, pull, reason, since, drift, pause } = release
  return { phase, revision, pull, reason, since, drift, pause }
}
