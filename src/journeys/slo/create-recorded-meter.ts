import type { Instant } from '../../domain/refs.ts'
import { remember } from '../../domain/remember.ts'
import type { Slo } from '../../domain/slo.ts'
import { sumOf } from '../../features/slo/counts.ts'
import { countRecorded, ofAllVersions, type RecordedStep } from '../../features/slo/recorded-steps.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { SloMeter, Span } from './create-slo-meter.ts'
import { openRecording, type Recording } from './open-recording.ts'

/** Counts the past from few queries over long spans, where the meter of the present asks one for each count. */
export interface RecordedMeter extends SloMeter {
  /** What was recorded between, in order of time; undefined where nothing can be concluded from part of it. */
  steps(slo: Slo, from: Instant, to: Instant): Promise<RecordedStep[] | undefined>
  /** How far apart the steps are; between them nothing can be looked at. */
  stepSeconds(slo: Slo): Promise<number>
}

/** A meter on what was recorded until `end`. `onQuery` is told of each range that is asked for. */
export function createRecordedMeter(
  metrics: Metrics,
  end: Instant,
  onQuery: () => void = () => {},
): RecordedMeter {
  const recordings = new Map<Slo, Promise<Recording>>()
  const recordingOf = (slo: Slo) => remember(recordings, slo, () => openRecording(metrics, slo, end, onQuery))
  const countOf = async (slo: Slo, seconds: number, at: Instant) => {
    const { steps, stepMs } = await recordingOf(slo)
    const from = at - seconds * 1000
    const recorded = await steps(from, at)
    return recorded && countRecorded(recorded, stepMs, from, at)
  }
  const seriesByVersion = async (slo: Slo, { from, to, stepSeconds }: Span) => {
    const { steps, stepMs } = await recordingOf(slo)
    const recorded = await steps(from, to)
    const width = stepSeconds * 1000
    const begins = Array.from(
      { length: Math.floor((to - from) / width) },
      (_, back) => to - (back + 1) * width,
    )
    return (
      recorded &&
      begins.toReversed().flatMap((at) => {
        const versions = countRecorded(recorded, stepMs, at, at + width)
        return versions ? [{ at, versions }] : []
      })
    )
  }

  return {
    async count(slo, seconds, at) {
      const counts = await countOf(slo, seconds, at)
      return counts && sumOf([...counts.values()])
    },

    async countByVersion(slo, seconds, at) {
      return (slo.versionLabel === undefined ? undefined : await countOf(slo, seconds, at)) ?? new Map()
    },

    async series(slo, span) {
      const steps = await seriesByVersion(slo, span)
      return steps && ofAllVersions(steps)
    },

    seriesByVersion,

    pulse: async (slo, at) => (await recordingOf(slo)).pulse(at),
    steps: async (slo, from, to) => (await recordingOf(slo)).steps(from, to),
    stepSeconds: async (slo) => (await recordingOf(slo)).stepMs / 1000,
  }
}
