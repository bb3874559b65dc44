import type { Instant } from '../../domain/refs.ts'
import type { Delivery, Inbox } from '../../ports/store.ts'
import { appendAudit } from './audit-table.ts'
import type { DatabaseTransaction, Engine } from './engine.ts'
import { type Condition, toStorable } from './schema.ts'

/** How long a processed delivery's id is remembered; GitHub redelivers for three days. */
const rememberedMs = 30 * 24 * 3_600_000

export function createInboxTable(engine: Engine): Inbox {
  return {
    async accept({ id, event, body, receivedAt }) {
      const stored = await engine.run('inbox.accept', (database) =>
        database
          .insertInto('inbox')
          .values({ id, event, body, received_at: receivedAt, state: 'waiting', attempt: 0 })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .returning('sequence')
          .executeTakeFirst(),
      )
      if (!stored) return 'duplicate'
      engine.announce()
      return 'stored'
    },
    async claim(now, leaseMs, limit) {
      // Mostly nothing waits: to look takes a third of what a transaction takes.
      const isAnyFree = await engine.run('inbox.claim', (database) =>
        database.selectFrom('inbox').select('sequence').where(isFree(now)).limit(1).executeTakeFirst(),
      )
      if (!isAnyFree) return []
      return engine.transaction('inbox.claim', (transaction) =>
        claim(engine, transaction, now, leaseMs, limit),
      )
    },
    async done(id, outcome, now) {
      await engine.run('inbox.done', async (database) => {
        await database
          .updateTable('inbox')
          .set({ state: 'done', outcome: toStorable(outcome), settled_at: now, body: '' })
          .where('id', '=', id)
          .execute()
        await database
          .deleteFrom('inbox')
          .where('state', '=', 'done')
          .where('settled_at', '<', now - rememberedMs)
          .execute()
      })
    },
    reject: (id, reason, now) => reject(engine, id, reason, now),
    counts: () =>
      engine.run('inbox.counts', async (database) => {
        const count = () => database.fn.countAll<number>()
        return database
          .selectFrom('inbox')
          .select([
            count().filterWhere('state', '=', 'waiting').as('waiting'),
            count().filterWhere('state', '=', 'rejected').as('rejected'),
          ])
          .executeTakeFirstOrThrow()
      }),
  }
}

/** Waiting, and nobody is at it. */
function isFree(now: Instant): Condition<'inbox'> {
  return (where) =>
    where.and([
      where('state', '=', 'waiting'),
      where.or([where('leased_until', 'is', null), where('leased_until', '<=', now)]),
    ])
}

async function claim(
  engine: Engine,
  transaction: DatabaseTransaction,
  now: Instant,
  leaseMs: number,
  limit: number,
): Promise<Delivery[]> {
  const free = await transaction
    .selectFrom('inbox')
    .select('sequence')
    .where(isFree(now))
    .orderBy('received_at')
    .orderBy('sequence')
    .limit(limit)
    .$if(engine.hasRowLocks, (query) => query.forUpdate().skipLocked())
    .execute()
  if (free.length === 0) return []
  const rows = await transaction
    .updateTable('inbox')
    .set((set) => ({ leased_until: now + leaseMs, attempt: set('attempt', '+', 1) }))
    .where(
      'sequence',
      'in',
      free.map((row) => row.sequence),
    )
    .returning(['sequence', 'id', 'event', 'body', 'received_at', 'attempt'])
    .execute()
  return rows
    .toSorted((a, b) => a.received_at - b.received_at || a.sequence - b.sequence)
    .map(({ id, event, body, received_at, attempt }) => ({
      id,
      event,
      body,
      receivedAt: received_at,
      attempt,
    }))
}

function reject(engine: Engine, id: string, reason: string, now: Instant): Promise<void> {
  return engine.transaction('inbox.reject', async (transaction) => {
    const rejected = await transaction
      .updateTable('inbox')
      .set({ state: 'rejected', outcome: toStorable(reason), settled_at: now })
      .where('id', '=', id)
      .returning('event')
      .executeTakeFirst()
    if (!rejected) return
    const entry = { what: 'reject-delivery', subject: `delivery/${id}`, actor: 'drawbridge', reason }
    await appendAudit(engine, transaction, { ...entry, data: { event: rejected.event } }, now)
  })
}
