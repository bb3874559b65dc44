import type { DatabaseSync, StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'

/** kysely on `node:sqlite`: one connection, handed from user to user in order of asking. */
export function createSqliteDialect(database: DatabaseSync): Dialect {
  return {
    createDriver: () => createDriver(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}

function createDriver(database: DatabaseSync): Driver {
  const connection = createConnection(database)
  const execute = async (text: string) => void (await connection.executeQuery(CompiledQuery.raw(text)))
  let last: Promise<void> = Promise.resolve()
  let release = () => {}
  return {
    init: async () => {},
    async acquireConnection() {
      const before = last
      const { promise, resolve } = Promise.withResolvers<void>()
      last = promise
      await before
      release = resolve
      return connection
    },
    // IMMEDIATE: takes the write lock at once instead of failing when a read becomes a write.
    beginTransaction: () => execute('begin immediate'),
    commitTransaction: () => execute('commit'),
    // Where the disk is full, SQLite has rolled back by itself.
    rollbackTransaction: async () => (database.isTransaction ? execute('rollback') : undefined),
    releaseConnection: async () => release(),
    destroy: async () => database.close(),
  }
}

/** Prepared statements kept; the queries are few and fixed. */
const statementLimit = 200
/** Each blocks for at most `busyTimeoutMs`: five seconds in all. */
const busyTries = 250
export const busyTimeoutMs = 20

function createConnection(database: DatabaseSync): DatabaseConnection {
  const statements = new Map<string, StatementSync>()
  const prepare = (text: string) => {
    const known = statements.get(text)
    if (known) return known
    const statement = database.prepare(text)
    if (statements.size < statementLimit) statements.set(text, statement)
    return statement
  }
  const execute = <Row>(query: CompiledQuery): QueryResult<Row> => {
    const statement = prepare(query.sql)
    const parameters = query.parameters as (string | number | null | Uint8Array)[]
    if (statement.columns().length > 0) return { rows: statement.all(...parameters) as Row[] }
    const { changes } = statement.run(...parameters)
    return { rows: [], numAffectedRows: BigInt(changes) }
  }
  return {
    /** Another connection's transaction is waited for with the event loop free: it may be one of this process. */
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      for (let tries = 1; ; tries++) {
        try {
          return execute<Row>(query)
        } catch (error) {
          if (!isBusy(error) || tries >= busyTries) throw error
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
    },
    streamQuery() {
      throw new Error('the store streams nothing')
    },
  }
}

/** SQLITE_BUSY */
function isBusy(error: unknown): boolean {
  return (error as { errcode?: unknown }).errcode === 5
}
