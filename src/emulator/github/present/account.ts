import type { Hub } from '../hub.ts'
import type { Account, App, Installation, Team } from '../state.ts'
import { api, nodeId, time, timeOrNull } from './basics.ts'

export function user(hub: Hub, account: Account) {
  const self = `${api(hub)}/users/${encodeURIComponent(account.login)}`
  const page = account.type === 'Bot' ? `/apps/${account.login.replace('[bot]', '')}` : `/${account.login}`
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${hub.url}/avatars/${encodeURIComponent(account.login)}`,
    gravatar_id: '',
    url: self,
    html_url: `${hub.url}${page}`,
    followers_url: `${self}/followers`,
    following_url: `${self}/following{/other_user}`,
    gists_url: `${self}/gists{/gist_id}`,
    starred_url: `${self}/starred{/owner}{/repo}`,
    subscriptions_url: `${self}/subscriptions`,
    organizations_url: `${self}/orgs`,
    repos_url: `${self}/repos`,
    events_url: `${self}/events{/privacy}`,
    received_events_url: `${self}/received_events`,
    type: account.type,
    site_admin: false,
  }
}

/** What `GET /users/{login}` adds. */
export function publicUser(hub: Hub, account: Account) {
  return {
    ...user(hub, account),
    name: account.name,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: time(account.createdAt),
    updated_at: time(account.createdAt),
  }
}

export function organization(hub: Hub, account: Account) {
  const self = `${api(hub)}/orgs/${account.login}`
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId('Organization', account.id),
    url: self,
    html_url: `${hub.url}/${account.login}`,
    repos_url: `${self}/repos`,
    events_url: `${self}/events`,
    hooks_url: `${self}/hooks`,
    issues_url: `${self}/issues`,
    members_url: `${self}/members{/member}`,
    public_members_url: `${self}/public_members{/member}`,
    avatar_url: `${hub.url}/avatars/${account.login}`,
    description: '',
  }
}

/** The organisation inside a whole team. */
export function fullOrganization(hub: Hub, account: Account) {
  return {
    ...organization(hub, account),
    name: account.name,
    company: '',
    blog: hub.url,
    location: '',
    email: account.email,
    is_verified: false,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    type: 'Organization',
    created_at: time(account.createdAt),
    updated_at: time(account.createdAt),
    archived_at: null,
  }
}

export function team(hub: Hub, team: Team): Record<string, unknown> {
  const organization = { type: 'organization', organization_id: team.organization.id }
  const parent = team.parent ? { ...simpleTeam(hub, team.parent), ...organization } : null
  return { ...simpleTeam(hub, team), ...organization, parent }
}

/** A team as webhooks show it. */
export function simpleTeam(hub: Hub, team: Team) {
  const self = `${api(hub)}/organizations/${team.organization.id}/team/${team.id}`
  return {
    name: team.name,
    id: team.id,
    node_id: nodeId('Team', team.id),
    slug: team.slug,
    description: '',
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    url: self,
    html_url: `${hub.url}/orgs/${team.organization.login}/teams/${team.slug}`,
    members_url: `${self}/members{/member}`,
    repositories_url: `${self}/repos`,
    permission: 'pull',
  }
}

export function app(hub: Hub, app: App) {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId('App', app.id),
    owner: user(hub, app.owner),
    name: app.name,
    description: '',
    external_url: app.webhookUrl ?? hub.url,
    html_url: `${hub.url}/apps/${app.slug}`,
    created_at: time(app.createdAt),
    updated_at: time(app.createdAt),
    permissions: app.permissions,
    events: app.events,
  }
}

export function installation(hub: Hub, installation: Installation) {
  const self = `${api(hub)}/app/installations/${installation.id}`
  return {
    id: installation.id,
    account: user(hub, installation.account),
    repository_selection: 'selected',
    access_tokens_url: `${self}/access_tokens`,
    repositories_url: `${api(hub)}/installation/repositories`,
    html_url: `${hub.url}/settings/installations/${installation.id}`,
    app_id: installation.app.id,
    app_slug: installation.app.slug,
    target_id: installation.account.id,
    target_type: installation.account.type === 'Organization' ? 'Organization' : 'User',
    permissions: installation.permissions,
    events: installation.app.events,
    created_at: time(installation.createdAt),
    updated_at: time(installation.createdAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspended ? user(hub, installation.suspended.by) : null,
    suspended_at: timeOrNull(installation.suspended?.at),
  }
}
