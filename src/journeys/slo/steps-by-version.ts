import type { Instant } from '../../domain/refs.ts'
import { remember } from '../../domain/remember.ts'
import type { Slo } from '../../domain/slo.ts'
import type { Counts } from '../../features/slo/counts.ts'
import type { RecordedStep } from '../../features/slo/recorded-steps.ts'
import type { RangeAnswer } from '../../ports/metrics.ts'

/**
 * What two range queries by version say of each step, in order of time. They count over `range` seconds, one scrape more than
 * the step. Undefined: nothing can be concluded.
 */
export function stepsByVersion(
  { versionLabel }: Pick<Slo, 'versionLabel'>,
  { bad, total }: { bad: RangeAnswer; total: RangeAnswer },
  { stepSeconds, range }: { stepSeconds: number; range: number },
): RecordedStep[] | undefined {
  if (bad.kind !== 'series' || total.kind !== 'series') return undefined
  const share = stepSeconds / range
  const nameOf = (labels: Record<string, string>) =>
    versionLabel === undefined ? '' : (labels[versionLabel] ?? '')
  const badAt = new Map(
    bad.series.map(({ labels, samples }) => [
      nameOf(labels),
      new Map(samples.map(({ at, value }) => [at, value])),
    ]),
  )
  const versionsAt = new Map<Instant, Map<string, Counts>>()
  for (const { labels, samples } of total.series) {
    const name = nameOf(labels)
    for (const { at, value } of samples) {
      const failed = badAt.get(name)?.get(at)
      if (failed === undefined) continue
      const versions = remember(versionsAt, at, () => new Map())
      versions.set(name, { bad: failed * share, total: value * share })
    }
  }
  const inOrder = [...versionsAt].toSorted(([left], [right]) => left - right)
  return inOrder.map(([at, versions]) => ({ at: at - stepSeconds * 1000, versions }))
}
