import { teamsOf } from '../../features/approvals/needs.ts'
import type { Configuration } from '../../domain/configuration.ts'
import type { Permission, Pull, Review } from '../../domain/pull.ts'
import type { Actor, RepositoryRef } from '../../domain/refs.ts'
import { readCommentApprovals } from './comment-approvals.ts'
import type { Ports } from '../ports.ts'

/** Who reviewed, who contributed, and what they may: what approvals are counted by. */
export async function gatherPeople(
  ports: Ports,
  pull: Pull,
  configuration: Configuration,
  ownerTeams: string[],
) {
  const { github, store } = ports
  const [written, recorded, contributors] = await Promise.all([
    github.reviews(pull.ref),
    store.reviews.list(pull.ref),
    github.commitActors(pull.ref),
  ])
  const reviews = [...written, ...(await readCommentApprovals(ports, pull.ref, recorded))]
  const ruleTeams = configuration.environments.flatMap(({ approvals }) => teamsOf(approvals))
  const [teams, permissions] = await Promise.all([
    readTeams(ports, [...ownerTeams, ...ruleTeams]),
    readPermissions(ports, pull.ref.repository, reviews),
  ])
  return {
    reviews,
    recorded,
    contributors: [pull.author, ...contributors].filter((actor) => actor.id !== ports.self.actor.id),
    self: ports.self.actor,
    teams,
    permissions,
  }
}

/** `@shop/payments` → its people. A team that GitHub does not know is absent, and its gate stays closed. */
export async function readTeams(
  ports: Pick<Ports, 'github'>,
  names: readonly string[],
): Promise<Map<string, Actor[]>> {
  const teams = new Map<string, Actor[]>()
  await Promise.all(
    [...new Set(names)].map(async (name) => {
      const [organisation = '', slug = ''] = name.slice(1).split('/', 2)
      const members = await ports.github.teamMembers(organisation, slug)
      if (members) teams.set(name, members)
    }),
  )
  return teams
}

async function readPermissions(ports: Ports, repository: RepositoryRef, reviews: readonly Review[]) {
  const authors = new Map(reviews.map(({ author }) => [author.id, author]))
  const entries = await Promise.all(
    [...authors.values()].map(async (actor): Promise<[string, Permission]> => [
      actor.id,
      await ports.github.permission(repository, actor),
    ]),
  )
  return new Map(entries)
}
