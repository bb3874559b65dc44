import { createGitHub } from '../adapters/github/github.ts'
import { systemRandom } from '../adapters/system/system-random.ts'
import type { GuardedBranch } from '../cli/subcommand.ts'
import { fullName } from '../domain/refs.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Settings } from './settings.ts'

/** The branch that each repository of the app is released from, and what guards it. */
export async function readBranches(
  settings: Pick<Settings, 'appId' | 'privateKey' | 'githubApiUrl'>,
  { clock, log }: { clock: Clock; log: Log },
): Promise<GuardedBranch[]> {
  const { appId, privateKey, githubApiUrl: baseUrl } = settings
  const github = createGitHub({ appId, privateKey, baseUrl, clock, random: systemRandom, log, fetch })
  const branches: GuardedBranch[] = []
  for (const repository of await github.repositories()) {
    const branch = repository.defaultBranch
    const guards = await github.branchGuards(repository, branch)
    branches.push({ repository: fullName(repository), branch, ...guards })
  }
  return branches
}
