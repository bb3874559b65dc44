import { ApiError, forbidden, notFound } from '../api-error.ts'
import { isGranted } from '../auth.ts'
import { fullOrganization, publicUser, team as presentTeam, user } from '../present/account.ts'
import { ok, page, param, type Call, type Route } from '../route.ts'
import { findAccount, teamMembers, type Account, type Team } from '../state.ts'

/** Organisations' teams and members, and users. */
export const organizationRoutes: Route[] = [
  onOrganization('/orgs/{org}/teams', (call, organization) => {
    const teams = call.hub.state.teams.filter((each) => each.organization === organization)
    return page(call, teams, (each) => presentTeam(call.hub, each))
  }),
  onOrganization('/orgs/{org}/teams/{team_slug}', (call) => {
    const team = theTeam(call)
    const members = teamMembers(call.hub.state, team).length
    const { organization: owner } = team
    return ok({
      ...presentTeam(call.hub, team),
      created_at: new Date(owner.createdAt).toISOString(),
      updated_at: new Date(owner.createdAt).toISOString(),
      members_count: members,
      repos_count: 0,
      organization: fullOrganization(call.hub, owner),
    })
  }),
  // GitHub lists the members of teams below as well.
  onOrganization('/orgs/{org}/teams/{team_slug}/members', (call) =>
    page(call, teamMembers(call.hub.state, theTeam(call)), (each) => user(call.hub, each)),
  ),
  onOrganization('/orgs/{org}/teams/{team_slug}/teams', (call) => {
    const parent = theTeam(call)
    const below = call.hub.state.teams.filter((each) => each.parent === parent)
    return page(call, below, (each) => presentTeam(call.hub, each))
  }),
  onOrganization('/orgs/{org}/teams/{team_slug}/memberships/{username}', (call) => {
    const team = theTeam(call)
    const member = teamMembers(call.hub.state, team).find(
      (each) => each.login.toLowerCase() === param(call, 'username').toLowerCase(),
    )
    if (!member) throw notFound()
    const url = `${call.hub.url}/api/v3/organizations/${team.organization.id}/team/${team.id}/memberships/${member.login}`
    return ok({ url, role: 'member', state: 'active' })
  }),
  onOrganization('/orgs/{org}/members', (call, organization) => {
    const teams = call.hub.state.teams.filter((each) => each.organization === organization)
    const members = new Set(teams.flatMap((each) => teamMembers(call.hub.state, each)))
    return page(call, [...members], (each) => user(call.hub, each))
  }),
  {
    method: 'GET',
    path: '/users/{username}',
    access: { by: 'anyone' },
    handle(call) {
      const account = findAccount(call.hub.state, param(call, 'username'))
      if (!account) throw notFound()
      return ok(publicUser(call.hub, account))
    },
  },
  {
    method: 'GET',
    path: '/user',
    access: { by: 'anyone' },
    handle(call) {
      if (call.viewer.kind === 'installation') throw forbidden()
      if (call.viewer.kind !== 'user') throw new ApiError(401, 'Requires authentication')
      return ok(publicUser(call.hub, call.viewer.account))
    },
  },
  {
    method: 'GET',
    path: '/user/{account_id}',
    access: { by: 'anyone' },
    handle(call) {
      const id = Number(param(call, 'account_id'))
      const account = [...call.hub.state.accounts.values()].find((each) => each.id === id)
      if (!account) throw notFound()
      return ok(publicUser(call.hub, account))
    },
  },
]

/** Reading teams takes the `members` permission of the app that is installed on the organisation. */
function onOrganization(
  path: string,
  handle: (call: Call, organization: Account) => ReturnType<Route['handle']>,
): Route {
  return {
    method: 'GET',
    path,
    access: { by: 'organization' },
    handle(call) {
      const { viewer } = call
      const organization = findAccount(call.hub.state, param(call, 'org'))
      if (organization?.type !== 'Organization' || viewer.kind === 'anonymous') throw notFound()
      if (viewer.kind === 'app')
        throw new ApiError(401, 'A JSON web token could not be used here: use an installation token')
      if (viewer.kind === 'installation') {
        if (viewer.token.installation.account !== organization) throw notFound()
        if (!isGranted(viewer.token.permissions, 'members:read')) throw forbidden()
      }
      return handle(call, organization)
    },
  }
}

function theTeam(call: Call): Team {
  const organization = findAccount(call.hub.state, param(call, 'org'))
  const slug = param(call, 'team_slug').toLowerCase()
  const team = call.hub.state.teams.find((each) => each.organization === organization && each.slug === slug)
  if (!team) throw notFound()
  return team
}
