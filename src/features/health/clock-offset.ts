/** More than answers of a busy server explain; what takes minutes is still right below it. */
export const mostSkewMs = 5_000

/**
 * What is added to our time where the times that a cluster writes are compared with it, and the end of a pause there. Its
 * clock counts for that alone: how long something takes is measured by ours, so that no cluster shortens a soak.
 */
export function clockOffset(skewMs: number | undefined): number {
  return skewMs === undefined || Math.abs(skewMs) <= mostSkewMs ? 0 : skewMs
}
