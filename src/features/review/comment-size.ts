/** GitHub takes 65,536 characters of a comment; the rest is room for what it may count differently. */
export const commentLimit = 60_000

/** GitHub takes 65,535 characters of a check's summary. */
export const checkLimit = 60_000

/**
 * At least as much as GitHub counts, whether it counts bytes, UTF-16 units or code points, and a line end as one or two:
 * its pages say "characters", its answers were seen to mean bytes.
 */
export function sizeOf(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return Buffer.byteLength(text) + lines
}

/** The beginning of a text taken from elsewhere, never half of a character. */
export function clip(text: string, limit = 400): string {
  return text.length <= limit ? text : `${text.slice(0, limit).replace(/\p{Surrogate}$/u, '')}…`
}
