import type { Kysely, Transaction } from 'kysely'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Schema } from './schema.ts'

export type Database = Kysely<Schema>
export type DatabaseTransaction = Transaction<Schema>

/** What differs between the databases; the tables' queries are written once on top of it. */
export interface Engine {
  kind: 'sqlite' | 'postgres'
  /** For migrations; everything else goes through `run` and `transaction`, which name the failure. */
  database: Database
  run<T>(operation: string, work: (database: Database) => Promise<T>): Promise<T>
  /** Starts as a writer. Never call `run` inside: SQLite has one connection. */
  transaction<T>(operation: string, work: (transaction: DatabaseTransaction) => Promise<T>): Promise<T>
  /** False: transactions are serialised anyway. */
  hasRowLocks: boolean
  /** Grows with every call, across keys, restarts and replicas. */
  nextEpoch(transaction: DatabaseTransaction): Promise<number>
  /** Until the transaction ends, nobody else appends to the audit. */
  lockAudit(transaction: DatabaseTransaction): Promise<void>
  /** Something may have become due: wakes those who wait, in every replica. */
  announce(): void
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** Runs `work`; what the database throws becomes an AdapterError that tells its code and quotes no value. */
export async function named<T>(kind: Engine['kind'], operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AdapterError || isOurMistake(error)) throw error
    throw new AdapterError({
      system: 'store',
      operation,
      target: kind,
      retryable: true,
      message: failureWords(failureCode(error)),
      cause: error,
    })
  }
}

/** SQLITE_FULL, and the SQLSTATE of PostgreSQL for the same. */
const fullDiskCodes: ReadonlySet<string> = new Set(['SQLite code 13', '53100', 'ENOSPC'])

function failureWords(code: string): string {
  return fullDiskCodes.has(code)
    ? `no space is left on the disk of the database (${code})`
    : `the database failed (${code})`
}

/** SQLSTATE, errno or SQLite's result code; never the message, which may quote a row. */
export function failureCode(error: unknown): string {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  if (typeof errcode === 'number') return `SQLite code ${errcode}`
  if (typeof code === 'string') return code
  return 'no answer'
}

function isOurMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError
}
