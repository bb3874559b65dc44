import { type GitFolder, git } from './git-folder.ts'

/** One step of the real history: what was merged, and what it was merged into. */
export interface Step {
  base: string
  head: string
}

/** What may hold manifests, charts or values; said with git's own patterns, not with the product's. */
const manifests = ['*.yaml', '*.yml', '*.json', '*.tpl', '*Kustomization', ':(exclude).github']

/** The newest first-parent commits that touch manifests, each with the commit before it; every `stride`-th, oldest first. */
export async function history(
  repository: GitFolder,
  rev: string,
  commits: number,
  stride: number,
): Promise<Step[]> {
  const count = String(commits * stride)
  const log = await git(repository, [
    'log',
    '--first-parent',
    '--format=%H',
    '-n',
    count,
    rev,
    '--',
    ...manifests,
  ])
  const chosen = log.split('\n').filter((line, index) => line !== '' && index % stride === 0)
  const steps = await Promise.all(chosen.map((head) => stepTo(repository, head)))
  return steps.filter((step) => step !== undefined).toReversed()
}

async function stepTo(repository: GitFolder, head: string): Promise<Step | undefined> {
  const [base] = (await git(repository, ['log', '-1', '--format=%P', head])).trim().split(' ')
  return base ? { base, head } : undefined
}
