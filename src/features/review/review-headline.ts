import { type Outcome, type Verdict, worstOutcome } from '../../domain/verdict.ts'

export const outcomeIcons: Record<Outcome, string> = { pass: '✅', wait: '⏳', block: '⛔' }

/** The first line people read, and what they can do next. */
export interface Headline {
  icon: string
  title: string
  next: string[]
}

/** Without verdicts (on the command line) it says only what changes. */
export function toHeadline(verdicts: readonly Verdict[], objects: number): Headline {
  if (verdicts.length === 0) {
    return { icon: '🔎', title: objects === 0 ? 'Nothing changes' : 'What changes', next: [] }
  }
  const worst = worstOutcome(verdicts)
  const closed = verdicts.filter(({ outcome }) => outcome === worst)
  const gates = listNames(closed.map(({ gate }) => gate))
  const next = verdicts.filter(({ outcome }) => outcome !== 'pass').flatMap(({ fix }) => (fix ? [fix] : []))
  switch (worst) {
    case 'pass':
      return { icon: outcomeIcons.pass, title: 'Ready to merge: every gate is open', next: [] }
    case 'wait':
      return { icon: outcomeIcons.wait, title: `Waiting for ${gates}`, next }
    case 'block':
      return { icon: outcomeIcons.block, title: `Blocked by ${gates}`, next }
  }
}

/** `a`, `a and b`, `a, b and c` */
export function listNames(names: readonly string[]): string {
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
