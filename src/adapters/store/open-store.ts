import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Store } from '../../ports/store.ts'
import { sql } from 'kysely'
import { AdapterError } from '../../ports/adapter-error.ts'
import { createAgentsTable } from './agents-table.ts'
import { createAuditTable } from './audit-table.ts'
import { createCacheTable } from './cache-table.ts'
import { createEffectsTable } from './effects-table.ts'
import type { Engine } from './engine.ts'
import { createInboxTable } from './inbox-table.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations.ts'
import { openPostgresEngine } from './postgres-engine.ts'
import { createQueueTable } from './queue-table.ts'
import { createReleasesTable } from './releases-table.ts'
import { createReviewsTable } from './reviews-table.ts'
import { openSqliteEngine } from './sqlite-engine.ts'

export interface StoreOptions {
  /** `postgres://…`; wins over `folder`. */
  url?: string
  /** Where the embedded database's file lies. */
  folder?: string
  clock: Clock
  log?: Log
}

/** Opens the database and brings its schema up to date; refuses a schema this version does not understand. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const engine = await openEngine(options)
  try {
    await migrate(engine, migrations, options.clock.now())
  } catch (error) {
    await engine.close()
    throw error
  }
  return {
    inbox: createInboxTable(engine),
    queue: createQueueTable(engine),
    effects: createEffectsTable(engine),
    audit: createAuditTable(engine),
    releases: createReleasesTable(engine),
    agents: createAgentsTable(engine),
    reviews: createReviewsTable(engine),
    cache: createCacheTable(engine),
    ping: () => engine.run('ping', async (database) => void (await sql`select 1`.execute(database))),
    close: () => engine.close(),
  }
}

function openEngine({ url, folder, clock, log }: StoreOptions): Promise<Engine> {
  if (url && /^postgres(ql)?:\/\//.test(url)) return openPostgresEngine(url, clock, log)
  if (!url && folder) return openSqliteEngine(folder, clock)
  throw new AdapterError({
    system: 'store',
    operation: 'open',
    target: 'database',
    retryable: false,
    message: 'give either an address that starts with postgres:// or a folder for the embedded database',
  })
}
