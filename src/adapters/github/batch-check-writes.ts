/** What one request may carry. */
export interface BatchLimits {
  /** GitHub ends a request after ten seconds of work. Source: GitHub Docs, "Rate limits and query limits for the GraphQL API". */
  writes: number
  /** Source: GitHub Docs, "Create a check run": 50 an API request. */
  annotations: number
  /** Characters of all that is written. */
  size: number
}

export const batchLimits: BatchLimits = { writes: 25, annotations: 50, size: 500_000 }

/** One write of a check run; its further writes wait for the id that the first one answers. */
export interface Batchable {
  annotations: number
  size: number
  /** Its own check's first write must have been answered. */
  needsId: boolean
}

/**
 * The next request: what stands first in each line, line by line, as far as the limits go. A line is the writes of one
 * commit, whose order is kept; a line whose next write waits for an answer is left for the next request. What is larger
 * than the limits goes alone. Takes what it answers off the lines.
 */
export function takeBatch<Write extends Batchable>(
  lines: readonly Write[][],
  hasId: (write: Write) => boolean,
  limits: BatchLimits = batchLimits,
): Write[] {
  const batch: Write[] = []
  let [annotations, size] = [0, 0]
  const fits = (write: Write) =>
    batch.length === 0 ||
    (batch.length < limits.writes &&
      annotations + write.annotations <= limits.annotations &&
      size + write.size <= limits.size)
  for (const line of lines) {
    for (let next = line[0]; next !== undefined; next = line[0]) {
      if (next.needsId && !hasId(next)) break
      if (!fits(next)) {
        if (batch.length >= limits.writes) return batch
        break
      }
      batch.push(next)
      annotations += next.annotations
      size += next.size
      line.shift()
    }
  }
  return batch
}
