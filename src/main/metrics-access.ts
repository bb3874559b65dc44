import { isWebAddress, type SettingReader, settingProblem } from './setting-reader.ts'

/** A Prometheus, Thanos, Mimir or VictoriaMetrics, and what it wants to know of who asks. */
export interface MetricsAccess {
  url: string
  headers: Record<string, string>
}

/** From `PROMETHEUS_…`; undefined: there is none. */
export function readMetricsAccess(reader: SettingReader): MetricsAccess | undefined {
  const url = reader.optional('PROMETHEUS_URL', isWebAddress, 'an address', 'use https://HOST')
  const token = reader.optional('PROMETHEUS_TOKEN', isHeader, 'one line', 'write the token alone')
  const user = reader.optional('PROMETHEUS_USER', isHeader, 'one line', 'write the name alone')
  const password = reader.optional('PROMETHEUS_PASSWORD', isHeader, 'one line', 'write the password alone')
  const tenant = reader.optional('PROMETHEUS_TENANT', isHeader, 'one line', 'write the tenant alone')
  if ((user === undefined) !== (password === undefined)) {
    const missing = user === undefined ? 'PROMETHEUS_USER' : 'PROMETHEUS_PASSWORD'
    const sentence = 'is not set, but its neighbour is'
    reader.problems.push(settingProblem('SETTING_MISSING', missing, sentence, 'set both, or neither'))
  }
  if (token !== undefined && user !== undefined) {
    const sentence = 'PROMETHEUS_USER is set too'
    reader.problems.push(settingProblem('SETTING_INVALID', 'PROMETHEUS_TOKEN', sentence, 'keep one of them'))
  }
  if (url === undefined) return undefined
  const basic = `${user ?? ''}:${password ?? ''}`
  return {
    url,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(user !== undefined && { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
      // Mimir and Cortex read the one, Thanos the other.
      ...(tenant !== undefined && { 'x-scope-orgid': tenant, 'thanos-tenant': tenant }),
    },
  }
}

/** What may stand in a header. */
function isHeader(value: string): boolean {
  return /^[\x20-\x7e]+$/.test(value)
}
