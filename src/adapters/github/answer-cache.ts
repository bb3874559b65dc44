import type { Instant } from '../../domain/refs.ts'

/** An answer that GitHub confirms for free with 304 while it is unchanged. */
export interface KnownAnswer {
  etag: string
  answer: { status: number; url: string; headers: Record<string, unknown>; data: unknown }
  /** When GitHub said so last. */
  at: Instant
}

export interface AnswerCache {
  get(key: string): KnownAnswer | undefined
  put(key: string, answer: KnownAnswer): void
}

/** Keeps the most recently used answers; `size` of them. Each is handed out as a copy: Octokit's pagination reshapes what it gets. */
export function createAnswerCache(size = 2_000): AnswerCache {
  const answers = new Map<string, KnownAnswer>()
  return {
    get(key) {
      const known = answers.get(key)
      if (known) {
        answers.delete(key)
        answers.set(key, known)
      }
      return known && structuredClone(known)
    },
    put(key, answer) {
      answers.delete(key)
      answers.set(key, structuredClone(answer))
      const [oldest] = answers.keys()
      if (answers.size > size && oldest !== undefined) answers.delete(oldest)
    },
  }
}
