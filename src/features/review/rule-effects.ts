import type { Instant, Sha } from '../../domain/refs.ts'
import { type Outcome, type Verdict, worstOutcome } from '../../domain/verdict.ts'
import { clip } from './comment-size.ts'
import { listNames } from './review-headline.ts'

/** One open pull request under the rules of now and under those that another one brings. */
export interface JudgedTwice {
  pull: number
  now: readonly Verdict[]
  later: readonly Verdict[]
  /** Who would have to approve then: logins and teams, with `@`. */
  missing: readonly string[]
}

/** What a change of the rules would do to what runs and to the other open pull requests, and how many of these were asked about. */
export interface RuleEffects {
  /** The head that brings the rules. */
  head: Sha
  at: Instant
  sentences: string[]
  looked: number
  all: number
}

/** One sentence for each pull request whose verdict would be another: `#12 would become mergeable`. */
export function describeRuleEffects(judged: readonly JudgedTwice[]): string[] {
  return judged.flatMap(({ pull, now, later, missing }) => {
    const [before, after] = [worstOutcome(now), worstOutcome(later)]
    return before === after ? [] : `#${pull} ${sentences[after](later, missing)}`
  })
}

const sentences: Record<Outcome, (later: readonly Verdict[], missing: readonly string[]) => string> = {
  pass: () => 'would become mergeable',
  wait(later, missing) {
    const isApproval = later.some(({ gate, outcome }) => gate === 'approvals' && outcome === 'wait')
    return isApproval && missing.length > 0
      ? `would wait for ${listNames([...missing], 5, 'people and teams')}`
      : `would wait: ${reasonOf(later, 'wait')}`
  },
  block: (later) => `would be blocked: ${reasonOf(later, 'block')}`,
}

function reasonOf(verdicts: readonly Verdict[], outcome: Outcome): string {
  return clip(verdicts.find((verdict) => verdict.outcome === outcome)?.reason ?? '', 200)
}
