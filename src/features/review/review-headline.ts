import { type Outcome, type Verdict, worstOutcome } from '../../domain/verdict.ts'

export const outcomeIcons: Record<Outcome, string> = { pass: '✅', wait: '⏳', block: '⛔' }

/** The first lines people read. */
export interface Headline {
  icon: string
  title: string
  /** What the change means; undefined where the title says so already. */
  meaning?: string
}

/** What the gates say together, and what it is about; on the command line, where no gate is asked, only the latter. */
export function toHeadline(verdicts: readonly Verdict[], meaning: string): Headline {
  if (verdicts.length === 0) return { icon: '🔎', title: meaning }
  return { ...describeOutcome(verdicts), meaning }
}

function describeOutcome(verdicts: readonly Verdict[]): Headline {
  const outcome = worstOutcome(verdicts)
  const gatesThat = (wanted: Outcome) =>
    listNames(verdicts.filter((verdict) => verdict.outcome === wanted).map(({ gate }) => gate))
  const waiting = gatesThat('wait')
  switch (outcome) {
    case 'pass':
      return { icon: outcomeIcons.pass, title: 'Ready to merge: every gate is open' }
    case 'wait':
      return { icon: outcomeIcons.wait, title: `Waiting for ${waiting}` }
    case 'block':
      return {
        icon: outcomeIcons.block,
        title: `Blocked by ${gatesThat('block')}${waiting ? `, then waits for ${waiting}` : ''}`,
      }
  }
}

/** What a person can do about each gate that is not open, each step once. */
export function nextSteps(verdicts: readonly Verdict[]): string[] {
  const steps = verdicts.flatMap(({ outcome, fix }) => (outcome !== 'pass' && fix ? [fix] : []))
  return [...new Set(steps)]
}

/** `a`, `a and b`, `a, b and c`; of more than `most` only how many there are, as `12 things`. */
export function listNames(names: readonly string[], most = Infinity, things = ''): string {
  if (names.length > most) return `${names.length.toLocaleString('en-US')} ${things}`
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
