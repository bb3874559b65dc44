import type { GuardFacts } from '../../../src/features/rollback/guards.ts'
import type { WatchedRelease } from '../../../src/features/slo/judge-release.ts'
import type { LiveService } from './live-service.ts'
import type { Randomness } from './randomness.ts'
import type { Answer, Rule } from './rules.ts'
import { watchMs } from './watch-release.ts'

/** What became of a release by one rule. */
export interface Outcome {
  /** When it would have been taken back; Infinity: not within its watch. */
  revertedAt: number
  /** People were told, or asked. */
  isReported: boolean
}

interface Watcher {
  outcome: Outcome
  next: number
  last: number
  everyMs: number
  look: (now: number) => Promise<Answer>
}

/**
 * Lets every rule watch the release that was applied just now, each at its own times, over the same traffic. `chances` are
 * of the looks alone, which are not in step with applies: the traffic is the same whoever looks.
 */
export async function askRules(
  rules: readonly Rule[],
  service: LiveService,
  release: WatchedRelease,
  chances: Randomness,
  guards?: Partial<GuardFacts>,
): Promise<Outcome[]> {
  const watchers = rules.map(({ begin, everySeconds }): Watcher => {
    const first = release.appliedAt + chances.next() * everySeconds * 1000
    return {
      outcome: { revertedAt: Infinity, isReported: false },
      next: first,
      last: first + watchMs,
      everyMs: everySeconds * 1000,
      look: begin(service.meter, release, guards),
    }
  })
  for (let watcher = nextOf(watchers); watcher; watcher = nextOf(watchers)) {
    service.runTo(watcher.next)
    const answer = await watcher.look(watcher.next)
    if (answer === 'report') watcher.outcome.isReported = true
    if (answer === 'revert') watcher.outcome.revertedAt = watcher.next
    watcher.next += watcher.everyMs
  }
  return watchers.map(({ outcome }) => outcome)
}

function nextOf(watchers: readonly Watcher[]): Watcher | undefined {
  const open = watchers.filter(({ outcome, next, last }) => outcome.revertedAt === Infinity && next <= last)
  return open.reduce<Watcher | undefined>(
    (first, one) => (first && first.next <= one.next ? first : one),
    undefined,
  )
}
