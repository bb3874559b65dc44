/** How many calls one API server is given at once, and what that follows from. */
export interface AdaptiveLimit {
  /** Rounded down it is the number of calls; it grows by parts. */
  calls: number
  /** Of calls when the server had nothing to complain about, in milliseconds; undefined before the first. */
  usualMs?: number
  /** Answers still to come of calls that began before the last cut: they tell nothing new. */
  settling: number
}

export interface CallSample {
  status: number
  milliseconds: number
}

const fewestCalls = 2
const mostCalls = 32
export const firstLimit: AdaptiveLimit = { calls: 16, settling: 0 }

/** So many times the usual time is a queue in the server, and no slow object. */
const slowFactor = 4
/** Below this nothing is slow. */
const quickMs = 250
/** How much one answer changes what is usual. */
const smoothing = 0.05

/**
 * Additive increase, multiplicative decrease: each good answer gives a part of one more call, an answer that says "too many"
 * takes half, a slow one a tenth. What was under way at a cut cuts no further.
 */
export function adaptLimit(limit: AdaptiveLimit, { status, milliseconds }: CallSample): AdaptiveLimit {
  if (limit.settling > 0) return { ...limit, settling: limit.settling - 1 }
  if (status === 429 || status === 503) return cut(limit, 0.5)
  const { usualMs = milliseconds } = limit
  if (milliseconds > quickMs && milliseconds > usualMs * slowFactor) return cut(limit, 0.9)
  return {
    calls: Math.min(mostCalls, limit.calls + 1 / limit.calls),
    usualMs: usualMs + (milliseconds - usualMs) * smoothing,
    settling: 0,
  }
}

function cut(limit: AdaptiveLimit, factor: number): AdaptiveLimit {
  return {
    ...limit,
    calls: Math.max(fewestCalls, limit.calls * factor),
    settling: Math.floor(limit.calls) - 1,
  }
}
