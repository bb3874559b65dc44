import type { Instant } from './refs.ts'

/** One row of the append-only, hash-chained audit. */
export interface AuditEntry {
  /** `comment`, `merge`, `attest`, `refuse`, `command`, `heal` … */
  what: string
  /** Natural key of the thing acted on. */
  subject: string
  /** Login of the person, or `drawbridge`. */
  actor: string
  reason: string
  data: Record<string, unknown>
}

export interface AuditRow extends AuditEntry {
  sequence: number
  at: Instant
  /** sha256 over the previous row's hash and this row's canonical JSON; hexadecimal. */
  hash: string
}
