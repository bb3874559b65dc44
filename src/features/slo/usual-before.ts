import { type Counts, type CountsAt, ratioOf, sumOf } from './counts.ts'

const hourMs = 3_600_000

/** Steps of an hour that bursts may be in: no more than so many are left out. */
const burstShare = 0.1

/**
 * What failed before a release, by the day before it: of the whole day, of which a burst or two tell less than of an hour. Of
 * its last hour without the worst tenth, where that is more: load lasts, and a burst does not. `hour` is what is known without
 * a day.
 */
export function usualBefore(hour: Counts | undefined, day: readonly CountsAt[]): Counts | undefined {
  const whole = sumOf(day.map(({ counts }) => counts))
  const end = day.at(-1)?.at
  if (end === undefined || whole.total === 0) return hour
  const steps = day.filter(({ at }) => at > end - hourMs).map(({ counts }) => counts)
  const calmest = steps.toSorted((a, b) => ratioOf(a) - ratioOf(b))
  const calm = sumOf(calmest.slice(0, Math.floor(steps.length * (1 - burstShare))))
  return ratioOf(calm) > ratioOf(whole) ? calm : whole
}
