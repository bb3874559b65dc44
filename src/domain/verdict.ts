import type { Instant } from './refs.ts'

/** The gates a change passes, in the order in which they are shown. */
export const gateNames = [
  'configuration',
  'render',
  'tenancy',
  'signatures',
  'policy',
  'approvals',
  'window',
  'promotion',
] as const
/** Gates that answer only where the configuration asks for them. */
export const optionalGates: readonly GateName[] = ['tenancy', 'signatures']
export type GateName = (typeof gateNames)[number]

/** Gates that two people may open by hand. A change that cannot be read or rendered has nothing that could be released. */
export const overridableGates = ['policy', 'approvals', 'window', 'promotion'] as const
export type OverridableGate = (typeof overridableGates)[number]

/** pass: open. wait: opens by itself or by somebody's ordinary act. block: the change itself must become another. */
export type Outcome = 'pass' | 'wait' | 'block'

/** One gate's answer about one change. `reason` reaches people as written. */
export interface Verdict {
  gate: GateName
  outcome: Outcome
  reason: string
  /** Further lines for people: what is missing, which rule said so. */
  details: string[]
  /** When the answer changes by itself, if it is known. */
  until?: Instant
  /** What a person can do about it. */
  fix?: string
  /** Logins of the people who opened it by hand. */
  overriddenBy?: string[]
}

const severity: Record<Outcome, number> = { pass: 0, wait: 1, block: 2 }

/** All gates are evaluated and the worst outcome wins, so that the author sees everything that is missing at once. */
export function worstOutcome(verdicts: readonly Verdict[]): Outcome {
  return verdicts.reduce<Outcome>(
    (worst, verdict) => (severity[verdict.outcome] > severity[worst] ? verdict.outcome : worst),
    'pass',
  )
}
