/** A field of a payload is missing or of another kind; names the field. */
export class MalformedField extends Error {}

/** Reads fields of something that may be anything. */
export interface FieldReader {
  /** The value at a dotted path; undefined where any step is missing. */
  get(path: string): unknown
  /** `{}`-like objects only. */
  has(path: string): boolean
  text(path: string): string
  boolean(path: string): boolean
  /** A positive whole number. */
  number(path: string): number
  /** A numeric id as text. */
  id(path: string): string
  sha(path: string): string
  /** One reader for each item. */
  list(path: string): FieldReader[]
}

/** Names and addresses are shorter; what is longer is no name. */
const longestText = 1_000

export function readFields(value: unknown, prefix = ''): FieldReader {
  const fail = (path: string, expected: string): never => {
    throw new MalformedField(`${prefix}${path} is not ${expected}`)
  }
  const get = (path: string): unknown => path.split('.').reduce<unknown>(step, value)
  return {
    get,
    has: (path) => typeof get(path) === 'object' && get(path) !== null,
    text(path) {
      const text = get(path)
      return typeof text === 'string' && text !== '' && text.length <= longestText
        ? text
        : fail(path, 'a text')
    },
    boolean(path) {
      const flag = get(path)
      return typeof flag === 'boolean' ? flag : fail(path, 'true or false')
    },
    number(path) {
      const number = get(path)
      return isCount(number) ? number : fail(path, 'a positive whole number')
    },
    id(path) {
      const id = get(path)
      return isCount(id) ? String(id) : fail(path, 'a numeric id')
    },
    sha(path) {
      const sha = get(path)
      const isSha = typeof sha === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)
      return isSha ? sha : fail(path, 'a full commit id')
    },
    list(path) {
      const items = get(path)
      if (!Array.isArray(items)) return fail(path, 'a list')
      return items.map((item: unknown, index) => readFields(item, `${prefix}${path}[${index}].`))
    },
  }
}

function step(value: unknown, name: string): unknown {
  const isReadable = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return isReadable ? (value as Record<string, unknown>)[name] : undefined
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}
