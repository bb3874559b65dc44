import type { BranchGuards } from '../../domain/branch-guard.ts'
import type { Actor, RepositoryRef } from '../../domain/refs.ts'
import type { GitHub } from '../../ports/github.ts'
import { createGitHubClient, type GitHubClientOptions } from './github-client.ts'
import { toActor } from './github-mapping.ts'
import { readBranchGuards } from './read-branch-guards.ts'
import { createReadGitHub } from './read-github.ts'
import { createWriteGitHub } from './write-github.ts'

export type GitHubOptions = GitHubClientOptions

export interface GitHubAdapter extends GitHub {
  /** For git's fetch and push: contents of this one repository, for an hour at most. */
  tokenFor(repository: RepositoryRef): Promise<string>
  /** What guards a branch against changes that do not pass our check; for `doctor`. */
  branchGuards(repository: RepositoryRef, branch: string): Promise<BranchGuards>
  /** Our own account, `<app>[bot]`: the author of what we write. */
  self(): Promise<Actor>
}

/** GitHub by its REST API, as an app: one budget for each installation, one narrowed token for each repository and purpose. */
export function createGitHub(options: GitHubOptions): GitHubAdapter {
  const client = createGitHubClient(options)
  const reader = createReadGitHub(client, options.appId)
  const writer = createWriteGitHub(client, reader, options.appId, options.clock)
  return {
    ...reader,
    ...writer,
    tokenFor: ({ id, installation }) =>
      client.tokens.installationToken({ installation, repositoryId: id, purpose: 'git' }),
    branchGuards: (repository, branch) => readBranchGuards(client, repository, branch),
    async self() {
      const { data } = await client.app.rest.apps.getAuthenticated()
      const login = `${data?.slug}[bot]`
      const known = await reader.user(login)
      if (known) return known
      const { data: account } = await client.anonymous.rest.users.getByUsername({ username: login })
      return toActor(account)
    },
  }
}
