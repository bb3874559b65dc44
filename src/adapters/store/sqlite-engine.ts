import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely, sql } from 'kysely'
import type { Clock } from '../../ports/clock.ts'
import { type Engine, named } from './engine.ts'
import type { Schema } from './schema.ts'
import { busyTimeoutMs, createSqliteDialect } from './sqlite-dialect.ts'
import { createWaker } from './waker.ts'

/**
 * The embedded database: one file, one writer.
 * `synchronous=FULL`: in WAL mode NORMAL would lose the last commits when the machine loses power, and a delivery
 * that was acknowledged must not be lost. It costs one fsync a commit (0.3 ms on an SSD).
 */
export async function openSqliteEngine(folder: string, clock: Clock): Promise<Engine> {
  const sqlite = await named('sqlite', 'open', async () => open(folder))
  const database = new Kysely<Schema>({ dialect: createSqliteDialect(sqlite) })
  const waker = createWaker(clock)
  return {
    kind: 'sqlite',
    database,
    hasRowLocks: false,
    run: (operation, work) => named('sqlite', operation, () => work(database)),
    transaction: (operation, work) =>
      named('sqlite', operation, () => database.transaction().execute((transaction) => work(transaction))),
    async nextEpoch(transaction) {
      const advanced = sql<{ value: number }>`update queue_epoch set value = value + 1 returning value`
      const { rows } = await advanced.execute(transaction)
      return rows[0]?.value ?? 0
    },
    lockAudit: async () => {},
    announce: () => waker.wake(),
    wait: (timeoutMs, signal) => waker.wait(timeoutMs, signal),
    async close() {
      waker.wake()
      await database.destroy()
    },
  }
}

function open(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const sqlite = new DatabaseSync(join(folder, 'drawbridge.sqlite'))
  // While it is opened, blocking is harmless: two that create the file at once wait for each other.
  sqlite.exec('pragma busy_timeout = 5000')
  sqlite.exec('pragma journal_mode = wal')
  sqlite.exec('pragma synchronous = full')
  sqlite.exec('pragma journal_size_limit = 67108864')
  sqlite.exec(`pragma busy_timeout = ${busyTimeoutMs}`)
  return sqlite
}
