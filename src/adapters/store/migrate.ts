import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Instant } from '../../domain/refs.ts'
import type { DatabaseTransaction, Engine } from './engine.ts'
import type { Migration } from './migrations.ts'

interface AppliedMigration {
  number: number
  name: string
  checksum: string
}

/**
 * Brings the schema up to the newest migration, in one transaction; replicas that start together wait for each other.
 * Refuses, with what to do, a schema that is newer, was changed, or is there in part.
 */
export async function migrate(engine: Engine, migrations: readonly Migration[], now: Instant): Promise<void> {
  await engine.transaction('migrate', async (transaction) => {
    // drawbridge in ASCII, cut to 32 bits; only this statement uses it.
    if (engine.kind === 'postgres') await sql`select pg_advisory_xact_lock(1685217655)`.execute(transaction)
    const isNew = !(await hasTable(engine, transaction, 'drawbridge_schema'))
    if (isNew) await createRecord(engine, transaction)
    const applied = await readRecord(transaction)
    const fault = findFault(engine.kind, migrations, applied)
    if (fault) throw refusal(engine.kind, fault)
    for (const migration of migrations.slice(applied.length)) {
      await apply(engine.kind, transaction, migration, now)
    }
    for (const table of ['inbox', 'queue', 'effects', 'audit', 'releases', 'reviews', 'cache']) {
      if (!(await hasTable(engine, transaction, table))) {
        throw refusal(
          engine.kind,
          `the schema is recorded as complete but has no table "${table}"; ${restore}`,
        )
      }
    }
  })
}

export function checksum(kind: Engine['kind'], migration: Migration): string {
  return createHash('sha256').update(migration.statements(kind).join(';\n')).digest('hex')
}

const restore =
  'restore the database from a backup, or start with an empty one: the rest is rebuilt from git and GitHub'

function findFault(
  kind: Engine['kind'],
  known: readonly Migration[],
  applied: AppliedMigration[],
): string | undefined {
  const newest = applied.at(-1)
  const ours = known.at(-1)?.number ?? 0
  if (newest && newest.number > ours) {
    return `the schema is at ${newest.number} and this version knows ${ours}; start the version that wrote it, or a newer one`
  }
  for (const [index, row] of applied.entries()) {
    const migration = known[index]
    if (migration?.number !== row.number)
      return `migration ${row.number} is recorded out of order; ${restore}`
    if (checksum(kind, migration) !== row.checksum) {
      return `migration ${row.number} was applied with other content than this version has; start the version that wrote it`
    }
  }
  return undefined
}

async function apply(
  kind: Engine['kind'],
  transaction: DatabaseTransaction,
  migration: Migration,
  now: Instant,
): Promise<void> {
  const run = async (statement: string) => void (await sql.raw(statement).execute(transaction))
  try {
    for (const statement of migration.statements(kind)) await run(statement)
  } catch (error) {
    const message = `migration ${migration.number} (${migration.name}) failed and was taken back; nothing was changed. `
    throw refusal(kind, `${message}A table of that name may be there already: ${restore}`, error)
  }
  await sql`insert into drawbridge_schema (number, name, checksum, applied_at)
    values (${migration.number}, ${migration.name}, ${checksum(kind, migration)}, ${now})`.execute(
    transaction,
  )
}

async function hasTable(engine: Engine, transaction: DatabaseTransaction, name: string): Promise<boolean> {
  const query =
    engine.kind === 'sqlite'
      ? sql`select 1 from sqlite_master where type = 'table' and name = ${name}`
      : sql`select 1 from pg_tables where schemaname = current_schema() and tablename = ${name}`
  return (await query.execute(transaction)).rows.length > 0
}

async function createRecord(engine: Engine, transaction: DatabaseTransaction): Promise<void> {
  const integer = engine.kind === 'sqlite' ? 'integer' : 'bigint'
  const columns = `number ${integer} primary key, name text not null, checksum text not null, applied_at ${integer} not null`
  await sql.raw(`create table drawbridge_schema (${columns})`).execute(transaction)
}

async function readRecord(transaction: DatabaseTransaction): Promise<AppliedMigration[]> {
  const query = sql<AppliedMigration>`select number, name, checksum from drawbridge_schema order by number`
  return (await query.execute(transaction)).rows
}

function refusal(target: string, message: string, cause?: unknown): AdapterError {
  return new AdapterError({ system: 'store', operation: 'migrate', target, retryable: false, message, cause })
}
