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
}

/** Arranges the reconciler's words. Environments and clusters keep the order of their first release, applications are sorted. */
export function toBoards(entries: readonly { repository: RepositoryRef; release: Release }[]): Board[] {
  const byRepository = Map.groupBy(entries, ({ repository }) => fullName(repository))
  return [...byRepository].map(([repository, group]) => {
    const releases = group.map(({ release }) => release)
    const byEnvironment = Map.groupBy(releases, ({ target }) => target.environment)
    const environments = [...byEnvironment].map(([name, members]) => ({
      name,
      clusters: [...new Set(members.map(({ target }) => target.cluster))].toSorted(),
    }))
    const applications = [...new Set(releases.map(({ target }) => target.application))].toSorted()
    return {
      repository,
      environments,
      rows: applications.map((application) => ({
        application,
        cells: environments.flatMap(({ name, clusters }) =>
          clusters.map((cluster) =>
            toCell(releases.find((release) => isAt(release, application, name, cluster))),
          ),
        ),
      })),
    }
  })
}

function isAt({ target }: Release, application: string, environment: string, cluster: string): boolean {
  return (
    target.application === application && target.environment === environment && target.cluster === cluster
  )
}

function toCell(release: Release | undefined): BoardCell | undefined {
  if (!release) return undefined
  const { phase, revision, pull, reason, since, drift } = release
  return { phase, revision, pull, reason, since, drift }
}
