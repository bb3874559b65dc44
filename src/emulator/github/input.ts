import { ApiError } from './api-error.ts'

/** The JSON body of a request; a field of the wrong type is refused in GitHub's words. */
export interface Input {
  text(field: string): string
  optionalText(field: string): string | undefined
  nullableText(field: string): string | null | undefined
  boolean(field: string): boolean | undefined
  texts(field: string): string[]
  numbers(field: string): number[] | undefined
  object(field: string): Record<string, unknown> | undefined
  objects(field: string): Record<string, unknown>[] | undefined
  has(field: string): boolean
}

export function readInput(raw: string): Input {
  const fields = new Map(Object.entries(parse(raw)))
  const wrong = (field: string, expected: string) =>
    new ApiError(
      422,
      `Invalid request.\n\nFor 'properties/${field}', ${JSON.stringify(fields.get(field))} is not ${expected}.`,
    )

  const optional = <T>(
    field: string,
    expected: string,
    is: (value: unknown) => value is T,
  ): T | undefined => {
    const value = fields.get(field)
    if (value === undefined || value === null) return undefined
    if (!is(value)) throw wrong(field, expected)
    return value
  }
  const list =
    <T>(is: (value: unknown) => value is T) =>
    (value: unknown): value is T[] =>
      Array.isArray(value) && value.every(is)

  return {
    text(field) {
      const value = optional(field, 'a string', isText)
      if (value === undefined) throw new ApiError(422, `Invalid request.\n\n"${field}" wasn't supplied.`)
      return value
    },
    optionalText: (field) => optional(field, 'a string', isText),
    nullableText: (field) => (fields.get(field) === null ? null : optional(field, 'a string', isText)),
    boolean: (field) => optional(field, 'a boolean', isBoolean),
    texts: (field) => optional(field, 'an array', list(isText)) ?? [],
    numbers: (field) => optional(field, 'an array', list(isNumber)),
    object: (field) => optional(field, 'an object', isObject),
    objects: (field) => optional(field, 'an array', list(isObject)),
    has: (field) => fields.has(field),
  }
}

function parse(raw: string): object {
  if (raw.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(raw)
    if (isObject(value)) return value
    if (Array.isArray(value)) return { items: value }
  } catch {
    // Answered below.
  }
  throw new ApiError(400, 'Problems parsing JSON')
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
