/** More than answers of a busy server explain; windows and deadlines of minutes are still right below it. */
const mostSkewMs = 5_000

/** What people should know of a cluster's clock; undefined: it is near enough to this machine's. */
export function describeSkew(skewMs: number | undefined): string | undefined {
  if (skewMs === undefined || Math.abs(skewMs) <= mostSkewMs) return undefined
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  const side = skewMs > 0 ? 'ahead of' : 'behind'
  return `the clock of the API server is ${seconds} s ${side} the one here: deadlines and ages of objects are wrong by as much`
}

export const skewFix = 'keep the time of both by NTP'
