import type { Instant, Sha } from '../../domain/refs.ts'
import type { Override } from '../../domain/release.ts'
import { type OverridableGate, overridableGates, type Verdict } from '../../domain/verdict.ts'

/** One person may be mistaken, or forced. */
const peopleNeeded = 2

/**
 * The verdicts with those gates opened that two different people override on this head, each for as long as both stand.
 * One person alone opens nothing; it is said that a second is missing.
 */
export function applyOverrides(
  verdicts: readonly Verdict[],
  overrides: readonly Override[],
  change: { pull: number; head: Sha },
  now: Instant,
): Verdict[] {
  const standing = overrides.filter(
    ({ pull, head, at, until }) => pull === change.pull && head === change.head && at <= now && now < until,
  )
  return verdicts.map((verdict) => {
    const { gate, outcome } = verdict
    if (outcome === 'pass' || !isOverridable(gate)) return verdict
    return open(verdict, byPerson(standing.filter((entry) => entry.gate === gate || entry.gate === 'all')))
  })
}

function isOverridable(gate: Verdict['gate']): gate is OverridableGate {
  return overridableGates.some((each) => each === gate)
}

/** Of each person the override that stands longest; the longest first, and the same whatever the order they come in. */
function byPerson(overrides: readonly Override[]): Override[] {
  const people = new Map<string, Override>()
  for (const entry of overrides.toSorted(longestFirst)) {
    if (!people.has(entry.by.id)) people.set(entry.by.id, entry)
  }
  return [...people.values()]
}

function longestFirst(left: Override, right: Override): number {
  const key = ({ by, gate, at, reason }: Override) => JSON.stringify([by.id, gate, at, reason])
  return right.until - left.until || (key(left) < key(right) ? -1 : 1)
}

function open(verdict: Verdict, overrides: readonly Override[]): Verdict {
  const [first] = overrides
  if (first === undefined) return verdict
  const last = overrides[peopleNeeded - 1]
  if (last === undefined) {
    const words = `@${first.by.login} overrides this (${first.reason}); a second person with the right must type /override ${first.gate} <reason>`
    return { ...verdict, details: [...verdict.details, words] }
  }
  const people = overrides.map(({ by }) => `@${by.login}`)
  return {
    gate: verdict.gate,
    outcome: 'pass',
    reason: `overridden by ${people.join(' and ')} (${[...new Set(overrides.map(({ reason }) => reason))].join('; ')})`,
    details: [`without the override: ${verdict.reason}`, ...verdict.details],
    until: last.until,
    overriddenBy: overrides.map(({ by }) => by.login),
  }
}
