import { createHash } from 'node:crypto'
import type { AuditRow } from '../../domain/audit.ts'

/** What the first row is chained to. */
export const chainStart = '0'.repeat(64)

/** The row's hash: sha256 over the previous row's hash and this row's canonical JSON, hexadecimal. */
export function chainHash(previousHash: string, row: Omit<AuditRow, 'hash'>): string {
  const { sequence, at, what, subject, actor, reason, data } = row
  const text = canonicalJson({ sequence, at, what, subject, actor, reason, data })
  return createHash('sha256').update(previousHash).update(text).digest('hex')
}

/**
 * The first sequence in `rows` that was changed, removed, inserted or moved; undefined where the chain holds.
 * `previous` is the row before `rows`; undefined at the start of the chain.
 */
export function findBrokenLink(
  previous: Pick<AuditRow, 'sequence' | 'hash'> | undefined,
  rows: readonly AuditRow[],
): number | undefined {
  let last = previous ?? { sequence: 0, hash: chainStart }
  for (const row of rows) {
    const isNext = row.sequence === last.sequence + 1 && row.hash === chainHash(last.hash, row)
    if (!isNext) return row.sequence
    last = row
  }
  return undefined
}

/** JSON with sorted keys and without spaces: equal values give equal text, also after a round trip through the database. */
export function canonicalJson(value: unknown): string {
  return write(JSON.parse(JSON.stringify(value ?? null)))
}

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${write(field)}`)
  return `{${fields.join(',')}}`
}
