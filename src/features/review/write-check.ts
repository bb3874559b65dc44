import { type Outcome, type Verdict } from '../../domain/verdict.ts'
import { checkLimit, clip, sizeOf } from './comment-size.ts'
import { listNames, outcomeIcons } from './review-headline.ts'
import type { Write } from './review-view.ts'

/** GitHub shows about so much of a check's title. */
const longestTitle = 100

/** How many details of a gate are shown, and how much of each text, until the summary fits. */
const ladder = [
  { details: 50, text: 400 },
  { details: 10, text: 400 },
  { details: 3, text: 200 },
  { details: 0, text: 100 },
]

/** Title and summary of one check: the aggregate's verdicts are all of them, a gate's is its own. */
export function writeCheck(
  write: Write,
  check: { name: string; outcome: Outcome; verdicts: Verdict[]; isLocked?: boolean },
): { title: string; summary: string } {
  let summary = ''
  for (const rung of ladder) {
    summary = write('check/gates', {
      isLocked: check.isLocked,
      verdicts: check.verdicts.map((verdict) => toGate(verdict, rung)),
    })
    if (sizeOf(summary) <= checkLimit) break
  }
  return { title: writePlain(write, toTitle(check.outcome, check.verdicts)), summary }
}

/** What GitHub shows as it is, on one line: titles of checks and annotations. */
export function writePlain(write: Write, text: string): string {
  return write('check/plain', { text }).trim()
}

function toGate({ gate, outcome, reason, details, until, fix }: Verdict, rung: (typeof ladder)[number]) {
  return {
    gate,
    icon: outcomeIcons[outcome],
    reason: clip(reason, rung.text),
    details: details.slice(0, rung.details).map((detail) => clip(detail, rung.text)),
    more: Math.max(0, details.length - rung.details),
    until,
    fix: fix && clip(fix, rung.text),
  }
}

function toTitle(outcome: Outcome, verdicts: readonly Verdict[]): string {
  const [only] = verdicts
  if (verdicts.length === 1 && only) return clip(only.reason, longestTitle - 1)
  if (outcome === 'pass') return 'Every gate is open'
  const gates = verdicts.filter((verdict) => verdict.outcome === outcome).map(({ gate }) => gate)
  return clip(`${outcome === 'wait' ? 'Waiting for' : 'Blocked by'} ${listNames(gates)}`, longestTitle - 1)
}
