import type { Actor } from '../../domain/refs.ts'
import type { GitHub } from '../../ports/github.ts'
import type { GitHubClient } from './github-client.ts'
import { GitHubRefusal, orUndefined } from './github-fault.ts'
import { toActor } from './github-mapping.ts'
import { readWhole } from './read-whole.ts'

const perPage = 100

/**
 * Who is in a team now. Under which number the app is installed in an organisation stays as it is until somebody
 * installs it anew: it is asked once, and again when GitHub refuses or knows no such team.
 */
export function createReadTeam(client: GitHubClient): GitHub['teamMembers'] {
  const installations = new Map<string, string>()

  return async (organisation, slug) => {
    const known = installations.get(organisation)
    const members = known && (await readMembers(known, organisation, slug).catch(undefinedIfRefused))
    if (members) return members
    const answer = await orUndefined(client.app.rest.apps.getOrgInstallation({ org: organisation }))
    if (!answer) return undefined
    const installation = String(answer.data.id)
    installations.set(organisation, installation)
    return readMembers(installation, organisation, slug)
  }

  async function readMembers(
    installation: string,
    organisation: string,
    slug: string,
  ): Promise<Actor[] | undefined> {
    const { rest, paginate } = client.scoped({ installation, purpose: 'members' })
    const read = () =>
      paginate(rest.teams.listMembersInOrg, { org: organisation, team_slug: slug, per_page: perPage })
    const members = await orUndefined(readWhole(read, perPage, 'id'))
    return members?.map(toActor)
  }
}

function undefinedIfRefused(error: unknown): undefined {
  if (error instanceof GitHubRefusal) return undefined
  throw error
}
