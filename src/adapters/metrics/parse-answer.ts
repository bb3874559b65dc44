import type { QueryAnswer } from '../../ports/metrics.ts'

type Sample = Extract<QueryAnswer, { kind: 'samples' }>['samples'][number]

const maxSamples = 1_000

/** What an answer of the query API says; empty results are `samples` without any, which is not zero. */
export function parseAnswer(status: number, text: string): QueryAnswer {
  const body = parse(text)
  if (status !== 200 || body?.status !== 'success') {
    const kind =
      typeof body?.errorType === 'string' && /^[a-z_]{1,30}$/.test(body.errorType)
        ? `, ${body.errorType}`
        : ''
    return inconclusive(`answers with an error (HTTP ${status}${kind})`)
  }
  if (hasEntries(body.warnings)) return inconclusive('answers in part only, with warnings')
  const data = toRecord(body.data)
  if (data?.resultType === 'scalar') return toSamples([{ metric: {}, value: data.result }])
  if (data?.resultType !== 'vector' || !Array.isArray(data.result))
    return inconclusive('answers in an unknown form')
  if (data.result.length > maxSamples) return inconclusive(`answers more than ${maxSamples} series`)
  return toSamples(data.result)
}

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
  const labels = Object.entries(toRecord(result?.metric) ?? {}).map(([name, label]) => [name, String(label)])
  return { labels: Object.fromEntries(labels), value: number, at: seconds * 1000 }
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

function inconclusive(reason: string): QueryAnswer {
  return { kind: 'inconclusive', reason: `the metrics server ${reason}` }
}
