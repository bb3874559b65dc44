import { Kysely, PostgresDialect, sql } from 'kysely'
import { Pool, types } from 'pg'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { type DatabaseTransaction, type Engine, failureCode, named } from './engine.ts'
import { listen } from './postgres-listener.ts'
import type { Schema } from './schema.ts'
import { createWaker } from './waker.ts'

/** Of one replica. */
const poolSize = 10
/** Serialization failure and deadlock: the transaction did nothing and may simply be repeated. */
const repeatable = new Set(['40001', '40P01'])
const maxTries = 3

/** PostgreSQL for several replicas: row locks spread the work, notices wake the workers. */
export async function openPostgresEngine(url: string, clock: Clock, log?: Log): Promise<Engine> {
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
    types: { getTypeParser },
  })
  // An idle connection that breaks would otherwise end the process; the next query opens another.
  pool.on('error', (error) => log?.warn({ code: failureCode(error) }, 'database connection lost'))
  const database = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  const waker = createWaker(clock)
  const listener = listen(url, clock, () => waker.wake(), log)
  const notices = createNotices(pool, log)
  return {
    kind: 'postgres',
    database,
    hasRowLocks: true,
    run: (operation, work) => named('postgres', operation, () => work(database)),
    transaction: (operation, work) => named('postgres', operation, () => repeat(database, work)),
    async nextEpoch(transaction) {
      const { rows } = await sql<{ epoch: number }>`select nextval('queue_epoch') as epoch`.execute(
        transaction,
      )
      return rows[0]?.epoch ?? 0
    },
    lockAudit: async (transaction) =>
      void (await sql`select pg_advisory_xact_lock(1685217656)`.execute(transaction)),
    announce() {
      waker.wake()
      notices.send()
    },
    wait: (timeoutMs, signal) => waker.wait(timeoutMs, signal),
    async close() {
      waker.wake()
      await Promise.all([notices.settled(), listener.close()])
      await database.destroy()
    },
  }
}

/** int8 as number: instants and counters stay far below 2^53. */
const int8: number = types.builtins.INT8
const getTypeParser: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === int8 ? Number : types.getTypeParser(oid, format)

async function repeat<T>(
  database: Kysely<Schema>,
  work: (transaction: DatabaseTransaction) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await database.transaction().execute((transaction) => work(transaction))
    } catch (error) {
      if (tries >= maxTries || !repeatable.has(failureCode(error))) throw error
    }
  }
}

/** NOTIFY takes a lock across the database, so any number of announcements during one become one more. */
function createNotices(pool: Pool, log?: Log): { send(): void; settled(): Promise<void> } {
  let sending: Promise<void> | undefined
  let isWanted = false
  const sendAll = async () => {
    while (isWanted) {
      isWanted = false
      try {
        await pool.query('notify drawbridge_work')
      } catch (error) {
        log?.debug({ code: failureCode(error) }, 'notice not sent')
      }
    }
    sending = undefined
  }
  return {
    send() {
      isWanted = true
      sending ??= sendAll()
    },
    settled: async () => sending,
  }
}
