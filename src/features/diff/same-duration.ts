const units: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

/** A duration as Go writes it, in milliseconds: `1h30m`, `90s`. Undefined where the text is none. */
function parseGoDuration(text: string): number | undefined {
  if (text.length > 40 || !/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)
  return [...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0)
}

/** `interval`, `scrapeTimeout`, `renewBefore` …: fields of custom resources that hold a duration by their name. */
const durationField = /(duration|interval|timeout|period|renewbefore|ttl|delay)$/i

/** Whether two values are the same duration, written differently: `60s` and `1m`. */
export function isSameDuration(path: readonly string[], before: unknown, after: unknown): boolean {
  if (typeof before !== 'string' || typeof after !== 'string' || path[0] !== 'spec') return false
  if (!durationField.test(path.at(-1) ?? '')) return false
  const duration = parseGoDuration(before)
  return duration !== undefined && duration === parseGoDuration(after)
}
