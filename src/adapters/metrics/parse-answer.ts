import type { QueryAnswer, RangeAnswer } from '../../ports/metrics.ts'

type Sample = Extract<QueryAnswer, { kind: 'samples' }>['samples'][number]
type Series = Extract<RangeAnswer, { kind: 'series' }>['series'][number]
export type Inconclusive = Extract<QueryAnswer, { kind: 'inconclusive' }>

const maxSamples = 1_000
/** Of one series: Prometheus itself refuses more. */
const maxSteps = 11_000

/** What an answer to an instant query says; empty results are `samples` without any, which is not zero. */
export function parseAnswer(status: number, text: string): QueryAnswer {
  const data = parseData(status, text)
  if (data.kind === 'inconclusive') return data
  if (data.resultType === 'scalar') return toSamples([{ metric: {}, value: data.result }])
  if (data.resultType !== 'vector' || !Array.isArray(data.result)) return unknownForm
  if (data.result.length > maxSamples) return inconclusive(`answers more than ${maxSamples} series`)
  return toSamples(data.result)
}

/** What an answer to a range query says. One sample that is no number makes the whole inconclusive. */
export function parseRangeAnswer(status: number, text: string): RangeAnswer {
  const data = parseData(status, text)
  if (data.kind === 'inconclusive') return data
  if (data.resultType !== 'matrix' || !Array.isArray(data.result)) return unknownForm
  if (data.result.length > maxSamples) return inconclusive(`answers more than ${maxSamples} series`)
  const series: Series[] = []
  for (const result of data.result.map(toRecord)) {
    const values: unknown = result?.values
    if (!Array.isArray(values)) return unknownForm
    if (values.length > maxSteps) return inconclusive(`answers more than ${maxSteps} steps`)
    const samples = values.map((value) => toSample({ metric: result?.metric, value }))
    const fault = samples.find((sample) => typeof sample === 'string')
    if (fault !== undefined) return inconclusive(fault)
    series.push({
      labels: toLabels(result?.metric),
      samples: samples.filter((sample) => typeof sample !== 'string'),
    })
  }
  return { kind: 'series', series }
}

function parseData(
  status: number,
  text: string,
): { kind: 'data'; resultType: unknown; result: unknown } | Inconclusive {
  const body = parse(text)
  if (status !== 200 || body?.status !== 'success') {
    const kind =
      typeof body?.errorType === 'string' && /^[a-z_]{1,30}$/.test(body.errorType)
        ? `, ${body.errorType}`
        : ''
    return inconclusive(`answers with an error (HTTP ${status}${kind})`)
  }
  if (hasEntries(body.warnings)) return inconclusive('answers in part only, with warnings')
  if (body.isPartial === true) return inconclusive('answers in part only')
  const data = toRecord(body.data)
  return { kind: 'data', resultType: data?.resultType, result: data?.result }
}

const unknownForm = inconclusive('answers in an unknown form')

function toSamples(results: readonly unknown[]): QueryAnswer {
  const samples: Sample[] = []
  for (const result of results) {
    const sample = toSample(toRecord(result))
    if (typeof sample === 'string') return inconclusive(sample)
    samples.push(sample)
  }
  return { kind: 'samples', samples }
}

function toSample(result: Record<string, unknown> | undefined): Sample | string {
  const value = result?.value
  if (!Array.isArray(value) || value.length !== 2) return 'answers in an unknown form'
  const [seconds, written] = value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || typeof written !== 'string') {
    return 'answers in an unknown form'
  }
  const number = written.trim() === '' ? Number.NaN : Number(written)
  // Number() reads neither "+Inf" nor "NaN" as a finite number.
  if (!Number.isFinite(number)) return `answers ${/^(?:NaN|[+-]?Inf)$/.test(written) ? written : 'no number'}`
  return { labels: toLabels(result?.metric), value: number, at: seconds * 1000 }
}

function toLabels(metric: unknown): Record<string, string> {
  const labels = Object.entries(toRecord(metric) ?? {}).map(([name, label]) => [name, String(label)])
  return Object.fromEntries(labels)
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return toRecord(JSON.parse(text))
  } catch {
    return undefined
  }
}

function toRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

function hasEntries(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null
}

export function inconclusive(reason: string): Inconclusive {
  return { kind: 'inconclusive', reason: `the metrics server ${reason}` }
}
