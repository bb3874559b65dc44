import type { Pull } from '../../domain/pull.ts'
import type { GitRepository } from '../../ports/git.ts'

/**
 * An open pull request upon the base branch as our mirror has it. GitHub keeps the base's tip of when the head last moved;
 * what is merged is merged into the tip of now.
 */
export async function atPresentBase(git: Pick<GitRepository, 'resolve'>, pull: Pull): Promise<Pull> {
  if (pull.state !== 'open') return pull
  return { ...pull, baseSha: (await git.resolve(`refs/heads/${pull.baseBranch}`)) ?? pull.baseSha }
}
