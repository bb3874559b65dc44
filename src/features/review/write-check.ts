import { type Outcome, type Verdict } from '../../domain/verdict.ts'
import { listNames, outcomeIcons } from './review-headline.ts'
import type { Write } from './review-view.ts'
import { clip } from './write-review-comment.ts'

/** GitHub shows about so much of a check's title. */
const longestTitle = 100

/** Title and summary of one check: the aggregate's verdicts are all of them, a gate's is its own. */
export function writeCheck(
  write: Write,
  check: { name: string; outcome: Outcome; verdicts: Verdict[] },
): { title: string; summary: string } {
  const verdicts = check.verdicts.map(({ gate, outcome, reason, details, until, fix }) => ({
    gate,
    icon: outcomeIcons[outcome],
    reason: clip(reason),
    details: details.slice(0, 50).map((detail) => clip(detail)),
    more: Math.max(0, details.length - 50),
    until,
    fix: fix && clip(fix),
  }))
  return { title: toTitle(check.outcome, check.verdicts), summary: write('check/gates', { verdicts }) }
}

function toTitle(outcome: Outcome, verdicts: readonly Verdict[]): string {
  const [only] = verdicts
  if (verdicts.length === 1 && only) return clip(only.reason, longestTitle - 1)
  if (outcome === 'pass') return 'Every gate is open'
  const gates = verdicts.filter((verdict) => verdict.outcome === outcome).map(({ gate }) => gate)
  return clip(`${outcome === 'wait' ? 'Waiting for' : 'Blocked by'} ${listNames(gates)}`, longestTitle - 1)
}
