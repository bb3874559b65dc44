import { sql } from 'kysely'
import type { Instant } from '../../domain/refs.ts'
import { type Work, workKey } from '../../domain/work.ts'
import type { Lease, Queue } from '../../ports/store.ts'
import { appendAudit } from './audit-table.ts'
import type { DatabaseTransaction, Engine } from './engine.ts'
import { type Condition, toStorable } from './schema.ts'

/** A newer version may have enqueued kinds that this one cannot run: they are left alone, not failed. */
const knownKinds = Object.keys({
  'review-pull': true,
  'compare-rules': true,
  'run-command': true,
  'rerun-checks': true,
  'press-button': true,
  'judge-group': true,
  'turn-windows': true,
  'record-merge': true,
  'advance-rollouts': true,
  'promote-releases': true,
  'guard-budgets': true,
  'notice-silence': true,
  'publish-deployments': true,
  'guard-slo': true,
  'guard-health': true,
  'reconcile-target': true,
  sweep: true,
} satisfies Record<Work['kind'], true>)

export function createQueueTable(engine: Engine): Queue {
  return {
    async enqueue(work, due) {
      await engine.run('queue.enqueue', () => enqueue(engine, work, due))
      engine.announce()
    },
    async claim(worker, now, leaseMs) {
      // Mostly nothing is due: to look takes a third of what a transaction takes.
      const isAnyDue = await engine.run('queue.claim', (database) =>
        database.selectFrom('queue').select('key').where(isClaimable(now)).limit(1).executeTakeFirst(),
      )
      if (!isAnyDue) return undefined
      return engine.transaction('queue.claim', (transaction) =>
        claim(engine, transaction, worker, now, leaseMs),
      )
    },
    renew: (lease, now, leaseMs) =>
      engine.run('queue.renew', async (database) => {
        const renewed = await database
          .updateTable('queue')
          .set({ leased_until: now + leaseMs })
          .where(isHeldBy(lease))
          .returning('key')
          .executeTakeFirst()
        return renewed !== undefined
      }),
    async complete(lease, _now, next) {
      const isHeld = await engine.transaction('queue.complete', async (transaction) => {
        const held = await lockHeld(engine, transaction, lease)
        if (!held) return false
        const due = earliest(held.rerun_at ?? undefined, next)
        if (due === undefined) await transaction.deleteFrom('queue').where(isHeldBy(lease)).execute()
        else await release(transaction, lease, { due_at: due, attempt: 0, reason: null })
        return true
      })
      engine.announce()
      return isHeld
    },
    async fail(lease, now, reason, retryAt) {
      const isHeld = await engine.transaction('queue.fail', async (transaction) => {
        const held = await lockHeld(engine, transaction, lease)
        if (!held) return false
        const told = toStorable(reason)
        if (retryAt !== undefined) {
          await release(transaction, lease, { due_at: retryAt, attempt: lease.attempt, reason: told })
          return true
        }
        // Asked for once more while it ran: the newer wish gets its own tries.
        if (held.rerun_at !== null)
          await release(transaction, lease, { due_at: held.rerun_at, attempt: 0, reason: told })
        else await bury(transaction, lease, told)
        const entry = { what: 'dead-letter', subject: lease.key, actor: 'drawbridge', reason }
        const data = { kind: lease.work.kind, attempt: lease.attempt, runsOnceMore: held.rerun_at !== null }
        await appendAudit(engine, transaction, { ...entry, data }, now)
        return true
      })
      engine.announce()
      return isHeld
    },
    nextDue: () =>
      engine.run('queue.nextDue', async (database) => {
        const row = await database
          .selectFrom('queue')
          .select((select) => select.fn.min('due_at').as('due'))
          .where('state', '=', 'waiting')
          .where('kind', 'in', knownKinds)
          .executeTakeFirst()
        return row?.due ?? undefined
      }),
    depth: (now) => depth(engine, now),
    wait: (timeoutMs, signal) => engine.wait(timeoutMs, signal),
  }
}

/** One statement, so that two who enqueue the same key at once meet in the row. */
async function enqueue(engine: Engine, work: Work, due: Instant): Promise<void> {
  const earlier = (column: string) =>
    sql`case when queue.${sql.raw(column)} < excluded.due_at then queue.${sql.raw(column)} else excluded.due_at end`
  await sql`
    insert into queue (key, kind, work, state, due_at, epoch, attempt, lapses)
    values (${toStorable(workKey(work))}, ${work.kind}, ${JSON.stringify(work)}, 'waiting', ${due}, 0, 0, 0)
    on conflict (key) do update set
      work = excluded.work,
      due_at = case queue.state
        when 'waiting' then ${earlier('due_at')} when 'dead' then excluded.due_at else queue.due_at end,
      rerun_at = case queue.state when 'running' then ${earlier('rerun_at')} else null end,
      attempt = case queue.state when 'dead' then 0 else queue.attempt end,
      lapses = case queue.state when 'dead' then 0 else queue.lapses end,
      state = case queue.state when 'dead' then 'waiting' else queue.state end
  `.execute(engine.database)
}

async function claim(
  engine: Engine,
  transaction: DatabaseTransaction,
  worker: string,
  now: Instant,
  leaseMs: number,
): Promise<Lease | undefined> {
  const row = await transaction
    .selectFrom('queue')
    .select(['key', 'work', 'state', 'attempt', 'lapses', 'rerun_at'])
    .where(isClaimable(now))
    .orderBy('due_at')
    .limit(1)
    .$if(engine.hasRowLocks, (query) => query.forUpdate().skipLocked())
    .executeTakeFirst()
  if (!row) return undefined
  const epoch = await engine.nextEpoch(transaction)
  const attempt = row.attempt + 1
  const lapses = row.state === 'running' ? row.lapses + 1 : row.lapses
  // A run that starts now answers every wish up to now.
  const rerun_at = row.rerun_at !== null && row.rerun_at > now ? row.rerun_at : null
  await transaction
    .updateTable('queue')
    .set({ state: 'running', epoch, attempt, lapses, rerun_at, holder: worker, leased_until: now + leaseMs })
    .where('key', '=', row.key)
    .execute()
  return { work: JSON.parse(row.work) as Work, key: row.key, epoch, attempt, lapses }
}

/** Waiting and due, or running under a lease that has run out. */
function isClaimable(now: Instant): Condition<'queue'> {
  return (where) =>
    where.and([
      where('kind', 'in', knownKinds),
      where.or([
        where.and([where('state', '=', 'waiting'), where('due_at', '<=', now)]),
        where.and([where('state', '=', 'running'), where('leased_until', '<=', now)]),
      ]),
    ])
}

/** The fence: whoever claimed later has another epoch. */
function isHeldBy(lease: Lease): Condition<'queue'> {
  return (where) =>
    where.and([
      where('key', '=', lease.key),
      where('epoch', '=', lease.epoch),
      where('state', '=', 'running'),
    ])
}

function lockHeld(engine: Engine, transaction: DatabaseTransaction, lease: Lease) {
  return transaction
    .selectFrom('queue')
    .select('rerun_at')
    .where(isHeldBy(lease))
    .$if(engine.hasRowLocks, (query) => query.forUpdate())
    .executeTakeFirst()
}

async function release(
  transaction: DatabaseTransaction,
  lease: Lease,
  values: { due_at: Instant; attempt: number; reason: string | null },
): Promise<void> {
  const lapses = values.attempt === 0 ? { lapses: 0 } : {}
  await transaction
    .updateTable('queue')
    .set({ state: 'waiting', rerun_at: null, holder: null, leased_until: null, ...lapses, ...values })
    .where(isHeldBy(lease))
    .execute()
}

async function bury(transaction: DatabaseTransaction, lease: Lease, reason: string): Promise<void> {
  await transaction
    .updateTable('queue')
    .set({ state: 'dead', holder: null, leased_until: null, reason })
    .where(isHeldBy(lease))
    .execute()
}

function depth(engine: Engine, now: Instant): ReturnType<Queue['depth']> {
  return engine.run('queue.depth', async (database) => {
    const count = () => database.fn.countAll<number>()
    const row = await database
      .selectFrom('queue')
      .select([
        count().filterWhere(isClaimable(now)).as('due'),
        count().filterWhere('state', '=', 'waiting').as('waiting'),
        count().filterWhere('state', '=', 'running').as('running'),
        count().filterWhere('state', '=', 'dead').as('dead'),
        database.fn.min('due_at').filterWhere(isClaimable(now)).as('oldest'),
      ])
      .where('kind', 'in', knownKinds)
      .executeTakeFirstOrThrow()
    const { due, waiting, running, dead, oldest } = row
    return { due, waiting, running, dead, oldestDueMs: oldest === null ? 0 : Math.max(0, now - oldest) }
  })
}

function earliest(...instants: (Instant | undefined)[]): Instant | undefined {
  const known = instants.filter((instant) => instant !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
