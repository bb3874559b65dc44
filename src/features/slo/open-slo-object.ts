import type { Problem } from '../../domain/problem.ts'

/** Where a field is written: the keys to it. */
export type Keys = (string | number)[]

/** One object of OpenSLO, with where its fields are written. */
export interface OpenSloObject {
  kind: string
  name: string
  metadata: Record<string, unknown>
  spec: Record<string, unknown>
  complain(code: string, keys: Keys, message: string, fix: string): Problem
}

/** Names what is not understood of an SLO, which then measures nothing. */
export type Refuse = (keys: Keys, message: string, fix: string) => void

/** Names every field but those that are known, so that none is ever dropped in silence. */
export function refuseOthers(
  record: Record<string, unknown>,
  known: readonly string[],
  at: Keys,
  refuse: Refuse,
): void {
  for (const key of Object.keys(record).filter((field) => !known.includes(field)))
    refuse([...at, key], 'is not supported', 'remove it')
}

/** What is no mapping is an empty one. */
export function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}
