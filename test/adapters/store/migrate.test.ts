import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/adapters/store/engine.ts'
import { migrate } from '../../../src/adapters/store/migrate.ts'
import { type Migration, migrations } from '../../../src/adapters/store/migrations.ts'
import { openStore } from '../../../src/adapters/store/open-store.ts'
import { openPostgresEngine } from '../../../src/adapters/store/postgres-engine.ts'
import { openSqliteEngine } from '../../../src/adapters/store/sqlite-engine.ts'
import { createEmulatedClock } from '../../../src/emulator/clock.ts'
import { noPostgres, type PostgresUnderTest, startPostgres } from './start-postgres.ts'

const clock = createEmulatedClock(0)

interface DatabaseUnderTest {
  options: { url?: string; folder?: string }
  engine(): Promise<Engine>
  execute(statement: string): Promise<void>
  remove(): Promise<void>
}

async function aSqlite(): Promise<DatabaseUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-migrate-'))
  return {
    options: { folder },
    engine: () => openSqliteEngine(folder, clock),
    async execute(statement) {
      using database = new DatabaseSync(join(folder, 'drawbridge.sqlite'))
      database.exec(statement)
    },
    remove: () => rm(folder, { recursive: true }),
  }
}

/** The step that would come next. */
const next = migrations.length + 1

/** Adds a column and fills it from what is there. */
const addLength: Migration = {
  number: next,
  name: 'length of reasons',
  statements: () => [
    'alter table queue add column reason_length integer',
    'update queue set reason_length = length(reason)',
  ],
}
const broken: Migration = {
  number: next,
  name: 'broken',
  statements: () => ['create table half (a integer)', 'create table half (a integer)'],
}
const deadRow = `insert into queue (key, kind, work, state, due_at, epoch, attempt, lapses, reason)
  values ('sweep/1', 'sweep', '{}', 'dead', 1, 1, 1, 0, 'broken')`

function describeMigrations(name: string, create: () => Promise<DatabaseUnderTest>): void {
  describe(`migrations on ${name}`, () => {
    let database: DatabaseUnderTest
    let engine: Engine | undefined

    beforeEach(async () => {
      database = await create()
      await open()
    })
    afterEach(async () => {
      await engine?.close()
      engine = undefined
      await database.remove()
    })

    const open = async () => (await openStore({ ...database.options, clock })).close()
    const migrateTo = async (...more: Migration[]) => {
      engine ??= await database.engine()
      await migrate(engine, [...migrations, ...more], 5)
      return engine
    }

    it('carry data along, and are applied once', async () => {
      await database.execute(deadRow)
      await migrateTo(addLength)
      const { database: db } = await migrateTo(addLength)
      const rows = await sql<{ reason_length: number }>`select reason_length from queue`.execute(db)
      expect(rows.rows).toEqual([{ reason_length: 6 }])
      const record = await sql`select number, applied_at from drawbridge_schema order by number`.execute(db)
      expect(record.rows).toEqual([
        ...migrations.map(({ number }) => ({ number, applied_at: 0 })),
        { number: next, applied_at: 5 },
      ])
    })

    it('that fail leave nothing behind, and the next start goes on', async () => {
      await expect(migrateTo(broken)).rejects.toThrow(`migration ${next} (broken) failed and was taken back`)
      const { database: db } = await migrateTo(addLength)
      await expect(sql`select * from half`.execute(db)).rejects.toThrow('half')
    })

    it('of a newer version are refused with what to do', async () => {
      await migrateTo(addLength)
      await expect(open()).rejects.toThrow(
        `the schema is at ${next} and this version knows ${migrations.length}; start the version that wrote it, or a newer one`,
      )
    })

    it.each([
      ['another content', `update drawbridge_schema set checksum = 'x'`, 'applied with other content'],
      ['a gap', 'update drawbridge_schema set number = 0 where number = 1', 'recorded out of order'],
      ['a missing table', 'drop table effects', 'has no table "effects"'],
      [
        'tables without a record',
        'delete from drawbridge_schema',
        'A table of that name may be there already',
      ],
    ])('are refused with what to do: %s', async (_, damage, message) => {
      await database.execute(damage)
      await expect(open()).rejects.toThrow(message)
      await expect(open()).rejects.toMatchObject({
        name: 'AdapterError',
        operation: 'migrate',
        retryable: false,
      })
    })

    it('run once when several replicas start at the same time', async () => {
      await database.remove()
      database = await create()
      await Promise.all([open(), open(), open()])
      await expect(open()).resolves.toBeUndefined()
    })
  })
}

describeMigrations('SQLite', aSqlite)

describe.skipIf(noPostgres !== '')(`PostgreSQL${noPostgres}`, () => {
  let server: PostgresUnderTest
  let databases = 0
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.stop())

  const aPostgres = async (): Promise<DatabaseUnderTest> => {
    const name = `migrate_${++databases}`
    await server.createDatabase(name)
    const url = server.url(name)
    return {
      options: { url },
      engine: () => openPostgresEngine(url, clock),
      execute: (statement) => server.execute(name, statement),
      remove: () => server.dropDatabase(name),
    }
  }
  describeMigrations('PostgreSQL', aPostgres)

  describe('PostgreSQL between replicas', () => {
    const work = { kind: 'sweep', repository: { id: '1', owner: 'o', name: 'n', installation: '1' } } as const
    const never = new AbortController().signal

    it('wakes a replica when another one enqueues or stores a delivery', async () => {
      const { options } = await aPostgres()
      const [ours, theirs] = await Promise.all([
        openStore({ ...options, clock }),
        openStore({ ...options, clock }),
      ])
      // The listener's own first notice, then silence.
      await theirs.queue.wait(1e9, never)
      const waiting = theirs.queue.wait(1e9, never)
      await ours.queue.enqueue(work, 0)
      await waiting
      const again = theirs.queue.wait(1e9, never)
      await ours.inbox.accept({ id: 'one', event: 'push', body: '{}', receivedAt: 0 })
      await expect(again).resolves.toBeUndefined()
      await Promise.all([ours.close(), theirs.close()])
    })

    it('survives the loss of every connection, and listens again', async () => {
      const { options } = await aPostgres()
      const held = createEmulatedClock(0)
      const [ours, theirs] = [
        await openStore({ ...options, clock }),
        await openStore({ ...options, clock: held }),
      ]
      await theirs.queue.wait(1e9, never)
      await server.execute(
        'postgres',
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${options.url?.split('/').at(-1)}'`,
      )
      await expect
        .poll(() =>
          ours.ping().then(
            () => 'up',
            () => 'down',
          ),
        )
        .toBe('up')
      await expect
        .poll(() =>
          theirs.ping().then(
            () => 'up',
            () => 'down',
          ),
        )
        .toBe('up')
      let isAwake = false
      const waiting = theirs.queue.wait(1e9, never).then(() => (isAwake = true))
      await expect.poll(async () => (await held.advance(1_000), isAwake)).toBe(true)
      await waiting
      await Promise.all([ours.close(), theirs.close()])
    })

    it('tells a failure by its code, without the address and its password', async () => {
      const url = 'postgres://drawbridge:hush@127.0.0.1:1/none'
      const opened = openStore({ url, clock }).catch((error: unknown) => error)
      expect(await opened).toMatchObject({ name: 'AdapterError', system: 'store', retryable: true })
      expect(String(await opened)).toContain('ECONNREFUSED')
      expect(String(await opened)).not.toContain('hush')
    })
  })
})
