import { sql } from 'kysely'
import type { EarlierEffect, Effects } from '../../ports/store.ts'
import { appendAudit } from './audit-table.ts'
import type { Database, Engine } from './engine.ts'
import { toStorable } from './schema.ts'

export function createEffectsTable(engine: Engine): Effects {
  return {
    /** A settled effect with the same fingerprint stays settled: there is nothing to do. */
    intend: (key, fingerprint, now) =>
      engine.transaction('effects.intend', async (transaction) => {
        const earlier = await find(transaction, key)
        if (earlier.state === 'settled' && earlier.fingerprint === fingerprint) return earlier
        await transaction
          .insertInto('effects')
          .values({
            key: toStorable(key),
            fingerprint,
            state: 'intended',
            outcome: null,
            intended_at: now,
            settled_at: null,
          })
          .onConflict((conflict) =>
            conflict
              .column('key')
              .doUpdateSet({ fingerprint, state: 'intended', intended_at: now, settled_at: null }),
          )
          .execute()
        return earlier
      }),
    /** Without a known intent (an older backup was restored) the outcome is recorded all the same. */
    settle: (key, outcome, entry, now) =>
      engine.transaction('effects.settle', async (transaction) => {
        const settled = { state: 'settled' as const, outcome: JSON.stringify(outcome), settled_at: now }
        await transaction
          .insertInto('effects')
          .values({ key: toStorable(key), fingerprint: '', intended_at: now, ...settled })
          .onConflict((conflict) => conflict.column('key').doUpdateSet(settled))
          .execute()
        await appendAudit(engine, transaction, entry, now)
      }),
    find: (key) => engine.run('effects.find', (database) => find(database, key)),
  }
}

async function find(database: Database, key: string): Promise<EarlierEffect> {
  const { rows } = await sql<{ state: 'intended' | 'settled'; fingerprint: string; outcome: string | null }>`
    select state, fingerprint, outcome from effects where key = ${toStorable(key)}`.execute(database)
  const [row] = rows
  if (!row) return { state: 'none' }
  const outcome = row.outcome === null ? undefined : (JSON.parse(row.outcome) as Record<string, unknown>)
  if (row.state === 'settled')
    return { state: 'settled', fingerprint: row.fingerprint, outcome: outcome ?? {} }
  return { state: 'intended', fingerprint: row.fingerprint, outcome }
}
