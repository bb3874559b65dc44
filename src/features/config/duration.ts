const unitSeconds: Record<string, number> = { d: 86_400, h: 3600, m: 60, s: 1 }

/** Seconds of `20m`, `1h30m`, `2d`; undefined where the text is no duration or longer than ten years. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 20 || !/^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/.test(text) || text === '') return undefined
  let seconds = 0
  for (const [, amount, unit] of text.matchAll(/(\d+)([dhms])/g)) {
    seconds += Number(amount) * (unitSeconds[unit ?? ''] ?? 0)
  }
  return seconds <= 3650 * 86_400 ? seconds : undefined
}

/** Milliseconds of `250ms`, `0.5ms`, `1s`, `2.5s`; undefined where the text is neither. */
export function parseMilliseconds(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s)$/.exec(text) ?? []
  return amount === undefined
    ? undefined
    : Number((Number(amount) * (unit === 's' ? 1000 : 1)).toPrecision(12))
}
