import { hashText } from './git-hash.ts'

/**
 * Longest text (UTF-16 units) that is handed to js-yaml for writing. It tries regular expressions on every text, which
 * run out of stack at some four million; what is longer is written here, always in double quotes.
 */
const longestText = 1_000_000

/** What `write` makes of the value, with texts that are too long for it put in afterwards. */
export function writeLongTexts(value: unknown, write: (value: unknown) => string): string {
  if (!hasLongText(value)) return write(value)
  // No text can contain the hash of all of them, so nothing can pass for a mark.
  const mark = hashText(JSON.stringify(value))
  const texts: string[] = []
  const written = write(withMarks(value, mark, texts))
  return written
    .split(`"\\x01${mark}`)
    .map((part, place) =>
      place === 0 ? part : quoted(texts[place - 1] ?? '') + part.slice(part.indexOf('"') + 1),
    )
    .join('')
}

function hasLongText(value: unknown): boolean {
  if (typeof value === 'string') return value.length > longestText
  return typeof value === 'object' && value !== null && Object.values(value).some(hasLongText)
}

/** Long texts go to `texts`, in the order in which they are written; a control character makes the writer quote a mark. */
function withMarks(value: unknown, mark: string, texts: string[]): unknown {
  if (typeof value === 'string') {
    if (value.length <= longestText) return value
    texts.push(value)
    return `\u0001${mark}`
  }
  if (Array.isArray(value)) return value.map((each) => withMarks(each, mark, texts))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, each]) => [key, withMarks(each, mark, texts)] as const)
  return Object.fromEntries(entries)
}

/** JSON's quoting is YAML's too, but for characters that YAML wants escaped. Lone surrogates are escaped already. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
