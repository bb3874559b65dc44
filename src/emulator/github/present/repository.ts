import { permissionOf } from '../permissions.ts'
import { fullNameOf, type Account, type Label, type Repository } from '../state.ts'
import type { Hub } from '../hub.ts'
import { user } from './account.ts'
import { api, nodeId, time } from './basics.ts'

/** A repository as webhooks and nested answers show it. */
export function repository(hub: Hub, repository: Repository) {
  const openPulls = [...repository.pulls.values()].filter((pull) => pull.state === 'open').length
  return {
    ...simpleRepository(hub, repository),
    git_url: `git://${new URL(hub.url).host}/${fullNameOf(repository)}.git`,
    ssh_url: `git@${new URL(hub.url).hostname}:${fullNameOf(repository)}.git`,
    clone_url: `${hub.url}/${fullNameOf(repository)}.git`,
    svn_url: `${hub.url}/${fullNameOf(repository)}`,
    homepage: null,
    language: null,
    forks_count: 0,
    stargazers_count: 0,
    watchers_count: 0,
    size: 0,
    default_branch: repository.defaultBranch,
    open_issues_count: openPulls,
    is_template: false,
    topics: [],
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    archived: false,
    disabled: false,
    visibility: repository.isPrivate ? 'private' : 'public',
    pushed_at: time(repository.pushedAt),
    created_at: time(repository.createdAt),
    updated_at: time(repository.createdAt),
    mirror_url: null,
    license: null,
    forks: 0,
    open_issues: openPulls,
    watchers: 0,
    allow_forking: true,
    web_commit_signoff_required: false,
    custom_properties: {},
  }
}

/** What `GET /repos/{owner}/{repo}` adds for whoever asks. */
export function fullRepository(hub: Hub, shown: Repository, viewer: Account | undefined) {
  return {
    ...repository(hub, shown),
    ...(viewer && { permissions: permissionFlags(shown, viewer) }),
    allow_rebase_merge: shown.mergeMethods.rebase,
    allow_squash_merge: shown.mergeMethods.squash,
    allow_merge_commit: shown.mergeMethods.merge,
    allow_auto_merge: false,
    delete_branch_on_merge: shown.deleteBranchOnMerge,
    subscribers_count: 0,
    network_count: 0,
  }
}

export function permissionFlags(repository: Repository, viewer: Account) {
  const order = ['read', 'triage', 'write', 'maintain', 'admin']
  const rank = order.indexOf(permissionOf(repository, viewer))
  return { admin: rank >= 4, maintain: rank >= 3, push: rank >= 2, triage: rank >= 1, pull: rank >= 0 }
}

export function simpleRepository(hub: Hub, repository: Repository) {
  const self = `${api(hub)}/repos/${fullNameOf(repository)}`
  const below = (path: string) => `${self}/${path}`
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: fullNameOf(repository),
    owner: user(hub, repository.owner),
    private: repository.isPrivate,
    html_url: `${hub.url}/${fullNameOf(repository)}`,
    description: null,
    fork: false,
    url: self,
    archive_url: below('{archive_format}{/ref}'),
    assignees_url: below('assignees{/user}'),
    blobs_url: below('git/blobs{/sha}'),
    branches_url: below('branches{/branch}'),
    collaborators_url: below('collaborators{/collaborator}'),
    comments_url: below('comments{/number}'),
    commits_url: below('commits{/sha}'),
    compare_url: below('compare/{base}...{head}'),
    contents_url: below('contents/{+path}'),
    contributors_url: below('contributors'),
    deployments_url: below('deployments'),
    downloads_url: below('downloads'),
    events_url: below('events'),
    forks_url: below('forks'),
    git_commits_url: below('git/commits{/sha}'),
    git_refs_url: below('git/refs{/sha}'),
    git_tags_url: below('git/tags{/sha}'),
    hooks_url: below('hooks'),
    issue_comment_url: below('issues/comments{/number}'),
    issue_events_url: below('issues/events{/number}'),
    issues_url: below('issues{/number}'),
    keys_url: below('keys{/key_id}'),
    labels_url: below('labels{/name}'),
    languages_url: below('languages'),
    merges_url: below('merges'),
    milestones_url: below('milestones{/number}'),
    notifications_url: below('notifications{?since,all,participating}'),
    pulls_url: below('pulls{/number}'),
    releases_url: below('releases{/id}'),
    stargazers_url: below('stargazers'),
    statuses_url: below('statuses/{sha}'),
    subscribers_url: below('subscribers'),
    subscription_url: below('subscription'),
    tags_url: below('tags'),
    teams_url: below('teams'),
    trees_url: below('git/trees{/sha}'),
  }
}

export function label(hub: Hub, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: nodeId('Label', label.id),
    url: `${api(hub)}/repos/${fullNameOf(repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  }
}
