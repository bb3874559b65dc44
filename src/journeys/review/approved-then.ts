import type { Instant, Sha } from '../../domain/refs.ts'
import type { ReviewFacts } from '../../features/review/review-facts.ts'
import type { GitRepository } from '../../ports/git.ts'
import { approvedDigests } from './gather-review-facts.ts'
import { gatherRenderedFacts } from './gather-rendered-facts.ts'
import type { Ports } from '../ports.ts'
import { readScope } from '../repository/read-organisation.ts'

/** So far back is looked for the base that somebody saw; who looked at an older one looks again. */
const mostSteps = 500

/**
 * What somebody approved who wrote at that time, by target: the head as it renders when merged into the base of then. We may
 * hear of it late, or after our database was lost, and what the head renders now was not seen by whoever wrote before it.
 * `base` is the commit of the base branch that `facts` are about. Empty: nothing that the head renders was there to be seen. Commit times only ever take from what is counted as seen.
 */
export async function approvedThen(
  ports: Ports,
  facts: ReviewFacts,
  base: Sha,
  at: Instant,
  signal?: AbortSignal,
): Promise<Record<string, Sha>> {
  const { pull } = facts
  const git = await ports.repository(pull.ref.repository)
  // GitHub may show a review of an earlier head as one of the head that took its place.
  if ((await git.commit(pull.headSha)).committer.at >= at) return {}
  const then = await tipBefore(git, base, at)
  if (then === base) return approvedDigests(facts)
  const merged = then === undefined ? undefined : await git.mergeTree(then, pull.headSha)
  if (then === undefined || !merged || 'conflicts' in merged) return {}
  const sides = { base: then, head: merged.tree }
  const scope = await readScope(ports, pull.ref.repository, { fetch: false })
  const request = { sides, scope, isTrusted: !pull.isFork, signal }
  return approvedDigests(await gatherRenderedFacts(ports, git, request))
}

/** The commit that the branch stood at before `at`; undefined where it is too long ago. */
async function tipBefore(git: GitRepository, tip: Sha, at: Instant): Promise<Sha | undefined> {
  let sha: Sha | undefined = tip
  for (let step = 0; sha !== undefined && step < mostSteps; step += 1) {
    const { committer, parents } = await git.commit(sha)
    if (committer.at < at) return sha
    sha = parents[0]
  }
  return undefined
}
