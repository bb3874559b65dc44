// Calls the pure feature `audit/chain`: the rule of the chain is the same wherever rows are kept.
import type { AuditEntry, AuditRow } from '../../domain/audit.ts'
import type { Instant } from '../../domain/refs.ts'
import { canonicalJson, chainHash, chainStart, findBrokenLink } from '../../features/audit/chain.ts'
import type { Audit } from '../../ports/store.ts'
import type { DatabaseTransaction, Engine } from './engine.ts'
import { toStorable } from './schema.ts'

/** Rows read at a time by `verify`. */
const pageSize = 1000

export function createAuditTable(engine: Engine): Audit {
  return {
    append: (entry, now) =>
      engine.transaction('audit.append', (transaction) => appendAudit(engine, transaction, entry, now)),
    /** Newest first. */
    list: ({ subject, limit }) =>
      engine.run('audit.list', async (database) => {
        const all = database.selectFrom('audit').selectAll().orderBy('sequence', 'desc').limit(limit)
        const query = subject === undefined ? all : all.where('subject', '=', toStorable(subject))
        return (await query.execute()).map(toRow)
      }),
    verify: () => verify(engine),
  }
}

/** Appends inside the caller's transaction: a change of state and its row are kept together or not at all. */
export async function appendAudit(
  engine: Engine,
  transaction: DatabaseTransaction,
  entry: AuditEntry,
  now: Instant,
): Promise<void> {
  await engine.lockAudit(transaction)
  const newest = transaction
    .selectFrom('audit')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
  const last = await newest.executeTakeFirst()
  const row = { ...entry, sequence: (last?.sequence ?? 0) + 1, at: now }
  const { what, subject, actor, reason, data } = entry
  await transaction
    .insertInto('audit')
    .values({
      sequence: row.sequence,
      at: now,
      subject: toStorable(subject),
      entry: canonicalJson({ what, subject, actor, reason, data }),
      hash: chainHash(last?.hash ?? chainStart, row),
    })
    .execute()
}

async function verify(engine: Engine): Promise<number | undefined> {
  let previous: AuditRow | undefined
  for (;;) {
    const after = previous?.sequence ?? 0
    const page = await engine.run('audit.verify', (database) =>
      database
        .selectFrom('audit')
        .selectAll()
        .where('sequence', '>', after)
        .orderBy('sequence')
        .limit(pageSize)
        .execute(),
    )
    const rows = page.map(toRow)
    const broken = findBrokenLink(previous, rows)
    if (broken !== undefined || rows.length < pageSize) return broken
    previous = rows.at(-1)
  }
}

function toRow(row: { sequence: number; at: number; entry: string; hash: string }): AuditRow {
  const entry = JSON.parse(row.entry) as AuditEntry
  return { ...entry, sequence: row.sequence, at: row.at, hash: row.hash }
}
