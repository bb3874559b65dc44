import type { RepositoryRef } from '../../domain/refs.ts'
import type { GitHub } from '../../ports/github.ts'
import { createGitHubClient, type GitHubClientOptions } from './github-client.ts'
import { createReadGitHub } from './read-github.ts'
import { createWriteGitHub } from './write-github.ts'

export type GitHubOptions = GitHubClientOptions

export interface GitHubAdapter extends GitHub {
  /** For git's fetch and push: contents of this one repository, for an hour at most. */
  tokenFor(repository: RepositoryRef): Promise<string>
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
  }
}
