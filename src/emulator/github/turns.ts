import type { Repository } from './state.ts'

const turns = new WeakMap<Repository, Promise<unknown>>()

/** One writer of a repository's refs at a time, in order of arrival. */
export function inTurn<T>(repository: Repository, work: () => Promise<T>): Promise<T> {
  const before = turns.get(repository) ?? Promise.resolve()
  const next = before.then(work, work)
  turns.set(repository, next)
  return next
}
