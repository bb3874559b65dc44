import { createGitHub, type GitHubAdapter } from '../../../src/adapters/github/github.ts'
import type { RepositoryRef } from '../../../src/domain/refs.ts'
import { aLog } from '../../app/worker-fakes.ts'
import { appId, countingRandom, privateKey, type World } from '../../emulator/github/world.ts'

/** The adapter as an app of the emulated GitHub that remembers nothing, and the repository that it is asked about. */
export function openAdapter(world: World): { github: GitHubAdapter; repository: RepositoryRef } {
  const { repository, installation } = world
  const github = createGitHub({
    appId: String(appId),
    privateKey,
    baseUrl: `${world.url}/api/v3`,
    clock: world.clock,
    random: countingRandom(),
    log: aLog(),
    fetch,
  })
  const id = { id: String(repository.id), installation: String(installation.id) }
  return { github, repository: { ...id, owner: 'shop', name: 'deploy' } }
}
