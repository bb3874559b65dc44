import type { Instant } from '../../domain/refs.ts'
import type { Attestation, Hold } from '../../domain/release.ts'
import type { JudgedCommit } from '../release/judged-commit.ts'

/**
 * Holds for what a person promoted though something newer could have been, as it lands: automation would bring the newer
 * version right back. A hold that stands already says why.
 */
export function holdsOfPromotions(
  facts: {
    holds: readonly Hold[]
    releases: readonly Attestation[]
    commits: readonly Pick<JudgedCommit, 'sha' | 'proposal' | 'pull'>[]
  },
  now: Instant,
): Hold[] {
  const { holds, releases, commits } = facts
  return releases.reduce<Hold[]>((found, { target, revision }) => {
    const commit = commits.find(({ sha }) => sha === revision)
    const proposal = commit?.proposal
    const { application, environment } = target
    const isHeld = [...holds, ...found].some((hold) => hold.application === application)
    if (proposal?.kind !== 'promotion' || !proposal.holds || !proposal.requestedBy || isHeld) return found
    const place = commit?.pull ? `#${commit.pull.ref.number}` : revision.slice(0, 7)
    const reason = `${place} brought an older version on purpose`
    return [...found, { application, environment, reason, by: proposal.requestedBy.login, at: now }]
  }, [])
}
