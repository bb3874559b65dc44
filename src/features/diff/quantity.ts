const suffixes: Record<string, [bigint, bigint]> = {
  n: [1n, 1_000_000_000n],
  u: [1n, 1_000_000n],
  m: [1n, 1_000n],
  '': [1n, 1n],
  k: [10n ** 3n, 1n],
  M: [10n ** 6n, 1n],
  G: [10n ** 9n, 1n],
  T: [10n ** 12n, 1n],
  P: [10n ** 15n, 1n],
  E: [10n ** 18n, 1n],
  Ki: [2n ** 10n, 1n],
  Mi: [2n ** 20n, 1n],
  Gi: [2n ** 30n, 1n],
  Ti: [2n ** 40n, 1n],
  Pi: [2n ** 50n, 1n],
  Ei: [2n ** 60n, 1n],
}

const shape = /^([+-]?)(\d{0,30})(?:\.(\d{0,30}))?(?:([eE])([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/

/**
 * A Kubernetes quantity in billionths, exact; undefined where the text is none.
 * Source: Kubernetes API reference, "Quantity".
 */
export function parseQuantity(value: unknown): bigint | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const match = shape.exec(String(value))
  const [, sign, whole = '', fraction = '', , exponent, suffix = ''] = match ?? []
  if (!match || whole + fraction === '') return undefined
  const [times, by] = suffixes[suffix] ?? [1n, 1n]
  const power = BigInt(exponent ?? 0)
  const digits = BigInt(whole + fraction) * times * 1_000_000_000n * 10n ** (power > 0n ? power : 0n)
  const parts = digits / (by * 10n ** BigInt(fraction.length) * 10n ** (power < 0n ? -power : 0n))
  return sign === '-' ? -parts : parts
}

/** `1000m` and `1`, `1Gi` and `1024Mi`: the same amount, written differently. */
export function isSameQuantity(before: unknown, after: unknown): boolean {
  const amount = parseQuantity(before)
  return amount !== undefined && amount === parseQuantity(after)
}
