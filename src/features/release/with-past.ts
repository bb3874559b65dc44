import type { Instant } from '../../domain/refs.ts'
import type { PastRelease, Release } from '../../domain/release.ts'

/** So many are remembered of each target, and so long. */
const mostRemembered = 100
const rememberedMs = 30 * 86_400_000

/**
 * A release with what was healthy on its target before it, so that soaks go on where releases follow each other quickly.
 *
 * | what it replaces                      | remembered before it                   |
 * | nothing                               | nothing                                |
 * | itself, in another phase              | what was remembered                    |
 * | what is healthy                       | that, and what was remembered          |
 * | what has not become healthy yet       | what was remembered: it spoke of nothing |
 * | what is degraded or was refused       | nothing: nobody knows since when it was wrong |
 */
export function withPast(before: Release | undefined, release: Release, now: Instant): Release {
  const { past: _, ...rest } = release
  const past = before ? pastOf(before, release, now) : []
  return past.length > 0 ? { ...rest, past } : rest
}

function pastOf(before: Release, release: Release, now: Instant): PastRelease[] {
  const { revision, digest, phase, healthyAt, past = [] } = before
  if (revision === release.revision && digest === release.digest) return past
  if (phase === 'degraded' || phase === 'refused') return []
  const known =
    phase === 'healthy' && healthyAt !== undefined ? [{ revision, digest, healthyAt }, ...past] : past
  return thinned(
    known.filter((each) => now - each.healthyAt <= rememberedMs),
    now,
  )
}

/**
 * Where there are too many, the one goes that leaves the smallest hole for its age: whatever time is asked for, one of
 * about that age is left.
 */
function thinned(past: readonly PastRelease[], now: Instant): PastRelease[] {
  if (past.length <= mostRemembered) return [...past]
  const holes = past.map(({ healthyAt }, index) => {
    const [newer, older] = [past[index - 1], past[index + 1]]
    return newer && older ? (newer.healthyAt - older.healthyAt) / (now - healthyAt + 1) : Infinity
  })
  return past.toSpliced(holes.indexOf(Math.min(...holes)), 1)
}
