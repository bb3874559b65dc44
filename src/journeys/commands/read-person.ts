import type { Role } from '../../domain/configuration.ts'
import type { Actor, RepositoryRef } from '../../domain/refs.ts'
import { isTeam } from '../../features/approvals/reviewers.ts'
import type { Person } from '../../features/commands/rights-table.ts'
import { readTeams } from '../review/gather-people.ts'
import type { Ports } from '../ports.ts'

/** What rights hang on, as it is now: the permission on the repository, and which of the roles' teams somebody is in. */
export async function readPerson(
  ports: Pick<Ports, 'github'>,
  repository: RepositoryRef,
  roles: readonly Role[],
  actor: Actor,
): Promise<Person> {
  const [permission, members] = await Promise.all([
    ports.github.permission(repository, actor),
    readTeams(
      ports,
      roles.flatMap(({ members }) => members.filter(isTeam)),
    ),
  ])
  const teams = [...members]
    .filter(([, people]) => people.some(({ id }) => id === actor.id))
    .map(([name]) => name)
  return { actor, permission, teams }
}
