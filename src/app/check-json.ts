/** Containers inside containers; GitHub's payloads stay below 15. */
const maxDepth = 64
/** Values in one document; the largest published payload has some thousands. */
const maxValues = 1_000_000

/**
 * Why a text is not acceptable as a payload; undefined where it is. Counted before it is parsed: what is too deep or
 * has too many values never reaches the parser.
 */
export function checkJson(text: string): string | undefined {
  const shape = measure(text)
  if (shape.depth > maxDepth) return `nested deeper than ${maxDepth} levels`
  if (shape.values > maxValues) return `more than ${maxValues} values`
  try {
    const value: unknown = JSON.parse(text)
    const isObject = value !== null && typeof value === 'object' && !Array.isArray(value)
    return isObject ? undefined : 'not a JSON object'
  } catch {
    return 'not JSON'
  }
}

function measure(text: string): { depth: number; values: number } {
  let depth = 0
  let deepest = 0
  let values = 0
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at)
        break
      case '{':
      case '[':
        values++
        deepest = Math.max(deepest, ++depth)
        break
      case '}':
      case ']':
        depth--
        break
      case ',':
        values++
        break
    }
  }
  return { depth: deepest, values }
}

/** Index of the closing quote; the text's end where there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text[end - 1 - escapes] === '\\') escapes++
    if (escapes % 2 === 0) return end
  }
  return text.length
}
