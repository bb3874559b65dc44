// Reads numbers with the pure features of rendering: what is kept comes back as it was rendered.
import { parseExactJson } from '../../features/rendering/exact-integers.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RenderOutcome } from '../../ports/renderer.ts'
import type { Cache } from '../../ports/store.ts'

/** Bytes of outcomes (as JSON) that are kept in memory; the least lately used go first. */
const mostBytes = 64 * 1024 * 1024

export interface OutcomeCache {
  get(key: string): Promise<RenderOutcome | undefined>
  put(key: string, outcome: RenderOutcome): Promise<void>
}

/** Outcomes by key: in memory, and in a store that outlives the process where there is one. */
export function createOutcomeCache(store: Cache | undefined, clock: Clock): OutcomeCache {
  const memory = new Map<string, string>()
  let bytes = 0

  function remember(key: string, text: string): void {
    forget(key)
    memory.set(key, text)
    bytes += text.length
    for (const oldest of memory.keys()) {
      if (bytes <= mostBytes) break
      forget(oldest)
    }
  }

  function forget(key: string): void {
    bytes -= memory.get(key)?.length ?? 0
    memory.delete(key)
  }

  return {
    async get(key) {
      const kept = memory.get(key)
      const stored = kept === undefined ? await store?.get(key) : undefined
      const text = kept ?? (stored && new TextDecoder().decode(stored))
      if (text === undefined) return undefined
      remember(key, text)
      return parseExactJson(text) as RenderOutcome
    },
    async put(key, outcome) {
      const text = JSON.stringify(outcome)
      remember(key, text)
      await store?.put(key, new TextEncoder().encode(text), clock.now())
    },
  }
}
