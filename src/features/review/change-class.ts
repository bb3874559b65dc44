import type { ChangeClass } from '../../domain/configuration.ts'
import type { Instant, Target } from '../../domain/refs.ts'
import type { Hotfix } from '../../domain/release.ts'
import { environmentNamed, type ReviewFacts } from './review-facts.ts'

type ClassFacts = Pick<ReviewFacts, 'pull' | 'proposal' | 'hotfixes' | 'changedRules' | 'configuration'>

/**
 * Of which class a change is, and until when. A hotfix is one where somebody has declared this very head one, in every
 * environment that it changes; what changes the rules themselves is never urgent.
 */
export function changeClass(
  facts: ClassFacts,
  targets: readonly Target[],
  now: Instant,
): { changeClass: ChangeClass; classUntil?: Instant } {
  if (facts.proposal) return { changeClass: facts.proposal.kind }
  const hotfixes = standingHotfixes(facts, targets, now)
  return hotfixes.length === 0
    ? { changeClass: 'change' }
    : { changeClass: 'hotfix', classUntil: Math.min(...hotfixes.map(({ until }) => until)) }
}

/** One for each environment that changes; none where one of them has none. */
export function standingHotfixes(
  { pull, hotfixes, changedRules, configuration }: ClassFacts,
  targets: readonly Target[],
  now: Instant,
): Hotfix[] {
  const names = [...new Set(targets.map(({ environment }) => environment))]
  const found = names.flatMap((name) => {
    const isAllowed = environmentNamed(configuration, name)?.hotfix !== undefined
    const standing = hotfixes.filter(
      ({ environment, pull: number, head, at, until }) =>
        environment === name &&
        number === pull.ref.number &&
        head === pull.headSha &&
        at <= now &&
        now < until,
    )
    const longest = standing.toSorted((left, right) => right.until - left.until)[0]
    return isAllowed && longest ? [longest] : []
  })
  return changedRules.length === 0 && found.length === names.length ? found : []
}
