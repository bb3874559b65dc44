import { clockOffset } from '../health/clock-offset.ts'

/** What people should know of a cluster's clock; undefined: it is near enough to this machine's. */
export function describeSkew(skewMs: number | undefined): string | undefined {
  const offset = clockOffset(skewMs)
  if (offset === 0) return undefined
  const seconds = Math.round(Math.abs(offset) / 1000)
  const side = offset > 0 ? 'ahead of' : 'behind'
  return `the clock of the API server is ${seconds} s ${side} the one here: ages of objects and the end of pauses go by its clock, everything else by this one`
}

export const skewFix = 'keep the time of both by NTP'
