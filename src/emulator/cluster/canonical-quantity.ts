/** Powers of 1000 from n to E, and of 1024 from Ki to Ei. */
const decimal: Record<string, number> = { n: -3, u: -2, m: -1, '': 0, k: 1, M: 2, G: 3, T: 4, P: 5, E: 6 }
const binary: Record<string, number> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 }

/**
 * A quantity as the server writes it back: the largest suffix of its family without a fraction (`1000m` → `1`,
 * `1024Mi` → `1Gi`, `0.5` → `500m`). What is no quantity is returned as it is.
 * Source: k8s.io/apimachinery, pkg/api/resource/quantity.go.
 */
export function canonicalQuantity(value: unknown): unknown {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(n|u|m|k|[KMGTPE]i?)?$/.exec(String(value))
  if (match === null || (match[2] === '' && (match[3] ?? '') === '')) return value
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match
  const nano = toNano(whole, fraction, suffix)
  if (nano === undefined) return value
  if (nano === 0n) return '0'
  return (sign === '-' ? '-' : '') + (suffix in binary ? toBinary(nano) : toDecimal(nano))
}

/** Units of 10^-9. */
function toNano(whole: string, fraction: string, suffix: string): bigint | undefined {
  if (fraction.length > 9 || whole.length > 18) return undefined
  const nano = BigInt(whole + fraction.padEnd(9, '0'))
  if (suffix in binary) return nano * 1024n ** BigInt(binary[suffix]!)
  const power = decimal[suffix]
  if (power === undefined) return undefined
  return power >= 0 ? nano * 1000n ** BigInt(power) : nano / 1000n ** BigInt(-power)
}

function toDecimal(nano: bigint): string {
  const powers = Object.entries(decimal).toSorted((a, b) => b[1] - a[1])
  for (const [suffix, power] of powers) {
    const unit = 1000n ** BigInt(power + 3)
    if (nano % unit === 0n) return `${nano / unit}${suffix}`
  }
  return `${nano}n`
}

function toBinary(nano: bigint): string {
  const units = nano / 10n ** 9n
  if (nano % 10n ** 9n !== 0n || units < 1024n) return toDecimal(nano)
  const powers = Object.entries(binary).toSorted((a, b) => b[1] - a[1])
  for (const [suffix, power] of powers) {
    const unit = 1024n ** BigInt(power)
    if (units % unit === 0n) return `${units / unit}${suffix}`
  }
  return `${units}`
}
