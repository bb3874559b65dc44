import type { Instant } from '../../domain/refs.ts'
import type { Verdict } from '../../domain/verdict.ts'

/** A gate that people opened by hand, for people to read. */
export interface OverriddenGate {
  gate: string
  /** Who, and why: `overridden by @ada and @bob (the shop is down)`. */
  reason: string
  by: string[]
  /** What the gate says without it, first. */
  details: string[]
  until?: Instant
}

/** The gates that stand open only because of an override. */
export function overriddenGates(verdicts: readonly Verdict[]): OverriddenGate[] {
  return verdicts.flatMap(({ gate, outcome, reason, overriddenBy, details, until }) =>
    outcome === 'pass' && overriddenBy ? [{ gate, reason, by: overriddenBy, details, until }] : [],
  )
}
