/** Lets at most `limit` pieces of work run at once, the others wait in line. Aborted work that waits never starts. */
export function createGate(limit: number): <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T> {
  let free = limit
  const waiting: (() => void)[] = []
  return async (work, signal) => {
    // A place that becomes free is handed to the first in line, so nobody can slip in between.
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      signal?.throwIfAborted()
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}
