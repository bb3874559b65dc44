import type { CommitEntry, FileEntry } from '../git-output.ts'
import type { Hub } from '../hub.ts'
import {
  fullNameOf,
  type Account,
  type CommitStatus,
  type Deployment,
  type DeploymentStatus,
  type Repository,
} from '../state.ts'
import { app, user } from './account.ts'
import { api, nodeId, time } from './basics.ts'

/** The account GitHub links to a commit: by e-mail address alone, so a forged address links too. */
export function accountByEmail(hub: Hub, email: string): Account | undefined {
  return [...hub.state.accounts.values()].find((account) => account.email === email.toLowerCase())
}

/** A commit as webhooks show it, short. */
export function webhookCommit({ sha, tree, message, author, committer }: CommitEntry) {
  return {
    id: sha,
    tree_id: tree,
    message,
    timestamp: time(committer.at),
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  }
}

export function commit(hub: Hub, repository: Repository, entry: CommitEntry) {
  const repo = `${api(hub)}/repos/${fullNameOf(repository)}`
  const page = `${hub.url}/${fullNameOf(repository)}`
  const author = accountByEmail(hub, entry.author.email)
  const committer = accountByEmail(hub, entry.committer.email)
  return {
    sha: entry.sha,
    node_id: nodeId('Commit', entry.sha),
    commit: {
      author: { name: entry.author.name, email: entry.author.email, date: time(entry.author.at) },
      committer: { name: entry.committer.name, email: entry.committer.email, date: time(entry.committer.at) },
      message: entry.message,
      tree: { sha: entry.tree, url: `${repo}/git/trees/${entry.tree}` },
      url: `${repo}/git/commits/${entry.sha}`,
      comment_count: 0,
      verification: {
        // What GitHub makes itself it signs itself; nothing else is looked into here.
        verified: entry.committer.email === 'noreply@github.com',
        reason: entry.committer.email === 'noreply@github.com' ? 'valid' : 'unsigned',
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    url: `${repo}/commits/${entry.sha}`,
    html_url: `${page}/commit/${entry.sha}`,
    comments_url: `${repo}/commits/${entry.sha}/comments`,
    author: author ? user(hub, author) : null,
    committer: committer ? user(hub, committer) : null,
    parents: entry.parents.map((sha) => ({
      sha,
      url: `${repo}/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
  }
}

export function gitCommit(hub: Hub, repository: Repository, entry: CommitEntry) {
  const { commit: inner, parents } = commit(hub, repository, entry)
  return {
    sha: entry.sha,
    node_id: nodeId('Commit', entry.sha),
    url: inner.url,
    html_url: `${hub.url}/${fullNameOf(repository)}/commit/${entry.sha}`,
    author: inner.author,
    committer: inner.committer,
    message: inner.message,
    tree: inner.tree,
    parents,
    verification: inner.verification,
  }
}

export function file(hub: Hub, repository: Repository, sha: string, entry: FileEntry) {
  const page = `${hub.url}/${fullNameOf(repository)}`
  const path = entry.path.split('/').map(encodeURIComponent).join('/')
  return {
    sha: entry.sha,
    filename: entry.path,
    status: entry.status,
    additions: entry.additions,
    deletions: entry.deletions,
    changes: entry.additions + entry.deletions,
    blob_url: `${page}/blob/${sha}/${path}`,
    raw_url: `${page}/raw/${sha}/${path}`,
    contents_url: `${api(hub)}/repos/${fullNameOf(repository)}/contents/${path}?ref=${sha}`,
    ...(entry.patch !== undefined && { patch: entry.patch }),
    ...(entry.previousPath && { previous_filename: entry.previousPath }),
  }
}

export function status(hub: Hub, repository: Repository, status: CommitStatus) {
  return { ...simpleStatus(hub, repository, status), creator: user(hub, status.creator) }
}

export function simpleStatus(hub: Hub, repository: Repository, status: CommitStatus) {
  return {
    url: `${api(hub)}/repos/${fullNameOf(repository)}/statuses/${status.sha}`,
    avatar_url: `${hub.url}/avatars/${encodeURIComponent(status.creator.login)}`,
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: time(status.createdAt),
    updated_at: time(status.createdAt),
  }
}

export function deployment(hub: Hub, repository: Repository, deployment: Deployment) {
  const self = `${api(hub)}/repos/${fullNameOf(repository)}/deployments/${deployment.id}`
  return {
    url: self,
    id: deployment.id,
    node_id: nodeId('Deployment', deployment.id),
    task: deployment.task,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    created_at: time(deployment.createdAt),
    updated_at: time(deployment.updatedAt),
    statuses_url: `${self}/statuses`,
    repository_url: `${api(hub)}/repos/${fullNameOf(repository)}`,
    creator: user(hub, deployment.creator),
    sha: deployment.sha,
    ref: deployment.ref,
    payload: deployment.payload,
    transient_environment: deployment.isTransient,
    production_environment: deployment.isProduction,
    performed_via_github_app: deployment.app ? app(hub, deployment.app) : null,
  }
}

export function deploymentStatus(
  hub: Hub,
  repository: Repository,
  deployment: Deployment,
  status: DeploymentStatus,
) {
  const parent = `${api(hub)}/repos/${fullNameOf(repository)}/deployments/${deployment.id}`
  return {
    url: `${parent}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DeploymentStatus', status.id),
    state: status.state,
    creator: user(hub, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    created_at: time(status.createdAt),
    updated_at: time(status.createdAt),
    deployment_url: parent,
    repository_url: `${api(hub)}/repos/${fullNameOf(repository)}`,
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    performed_via_github_app: deployment.app ? app(hub, deployment.app) : null,
  }
}
