import type { Instant } from '../../domain/refs.ts'

/** `2026-11-23T09:00Z`, `2026-11-23T09:00+01:00`; undefined where it is no moment, or says no zone. */
export function parseInstant(text: string): Instant | undefined {
  const isIso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text)
  const instant = isIso ? Date.parse(text) : Number.NaN
  return Number.isFinite(instant) ? instant : undefined
}
