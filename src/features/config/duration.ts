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
