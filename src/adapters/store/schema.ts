import type { ExpressionBuilder, ExpressionWrapper, Generated, SqlBool } from 'kysely'

/** The tables as the queries see them. Instants are milliseconds; JSON is kept as text in both databases. */
export interface Schema {
  inbox: InboxRow
  queue: QueueRow
  /** SQLite only; PostgreSQL has a sequence. */
  queue_epoch: { value: number }
  effects: EffectRow
  audit: { sequence: number; at: number; subject: string; entry: string; hash: string }
  releases: { repository_id: string; target: string; repository: string; release: string }
  agents: { repository_id: string; place: string; state: string }
  reviews: { pull: string; id: string; review: string; at: number }
  cache: { key: string; value: Uint8Array; size: number; at: number }
}

interface InboxRow {
  sequence: Generated<number>
  id: string
  event: string
  /** Emptied when the delivery is done; kept when it was rejected. */
  body: string
  received_at: number
  state: 'waiting' | 'done' | 'rejected'
  leased_until: number | null
  attempt: number
  /** The outcome, or the reason of the rejection. */
  outcome: string | null
  settled_at: number | null
}

interface QueueRow {
  key: string
  kind: string
  work: string
  state: 'waiting' | 'running' | 'dead'
  due_at: number
  /** Asked for while it was running: due again when it ends. */
  rerun_at: number | null
  epoch: number
  attempt: number
  lapses: number
  holder: string | null
  leased_until: number | null
  reason: string | null
}

interface EffectRow {
  key: string
  fingerprint: string
  state: 'intended' | 'settled'
  outcome: string | null
  intended_at: number
  settled_at: number | null
}

/** Which rows of a table are meant. */
export type Condition<Table extends keyof Schema> = (
  where: ExpressionBuilder<Schema, Table>,
) => ExpressionWrapper<Schema, Table, SqlBool>

/** Text as both databases can keep it: PostgreSQL has no NUL, and neither stores half a surrogate pair. */
export function toStorable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}
