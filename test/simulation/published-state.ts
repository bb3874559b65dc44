import { readOwnComment } from '../../src/journeys/review/read-own-comment.ts'
import { recordMerge } from '../../src/journeys/release/record-merge.ts'
import { reviewPullRequest } from '../../src/journeys/review/review-pull-request.ts'
import { freshWorld, repository, type SimulatedWorld } from './simulated-world.ts'

/**
 * Where what is published is not what a new installation would publish that finds the same GitHub, the same rendered refs,
 * the same clusters, and the same record of what each review approved.
 */
export async function differences(world: SimulatedWorld): Promise<string[]> {
  const fresh = freshWorld(world)
  for (const { release } of await world.store.releases.list())
    await fresh.store.releases.put(repository, release)
  const found: string[] = []
  for (const { ref } of world.github.openPulls()) {
    await reviewPullRequest(fresh.ports, ref)
    const [ours, theirs] = await Promise.all([publishedOn(world, ref.number), publishedOn(fresh, ref.number)])
    for (const part of Object.keys(theirs) as (keyof Published)[]) {
      if (ours[part] !== theirs[part]) {
        found.push(`#${ref.number}: ${part} is\n${ours[part]}\n--- and would be\n${theirs[part]}`)
      }
    }
    const asked = world.github.pulls.get(ref.number)?.everAsked ?? new Set<string>()
    const requested = fresh.github.pulls.get(ref.number)?.requested
    const unasked = [...(requested?.users ?? []), ...(requested?.teams ?? [])].filter(
      (name) => !asked.has(name),
    )
    if (unasked.length > 0) found.push(`#${ref.number}: ${unasked.join(', ')} was never asked`)
  }
  await recordMerge(fresh.ports, repository)
  for (const [branch, commit] of fresh.git.branches) {
    const isRendered = branch.startsWith('drawbridge/rendered/')
    if (isRendered && world.git.branches.get(branch) !== commit) found.push(`${branch} would move`)
  }
  return found
}

interface Published {
  comment: string
  checks: string
}

async function publishedOn({ ports, github, git }: SimulatedWorld, number: number): Promise<Published> {
  const pull = github.pull(number)
  const comment = await readOwnComment(ports, pull.ref)
  const { baseSha, headSha } = pull
  // While it conflicts, a gate has a check only where it was judged before.
  const isJudged = 'tree' in git.mergeTree(baseSha, headSha)
  const runs = (github.runs.get(headSha) ?? []).filter(({ name }) => isJudged || name === 'drawbridge')
  const lines = runs.map(
    ({ name, conclusion, title, summary }) => `${name} ${conclusion} ${title}\n${summary}`,
  )
  // What the rules it changes would do to others comes later, and is as of when they were compared.
  const body = (comment?.body ?? '').replace(
    /(It is judged by those of its base\.)[^]*?(?=\n#### Gates|\n<details><summary>✅ All )/,
    '$1\n',
  )
  return { comment: body, checks: lines.toSorted().join('\n') }
}
