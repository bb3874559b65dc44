import { type TSchema, Type } from 'typebox'
import { personPattern } from '../person-name.ts'

/**
 * The shape of `.drawbridge.yaml`: one source for the type of the document, for validation and for the published JSON Schema.
 * `x-expected` completes the sentence "… is not …" and `x-fix` says what to write; both reach people.
 */
export function described(expected: string, fix: string, description: string) {
  return { 'x-expected': expected, 'x-fix': fix, description }
}

export const memberPattern = `^(${personPattern}|@[A-Za-z0-9_-]+/[A-Za-z0-9._-]+)$`

export const strict = { additionalProperties: false }

export function list<Item extends TSchema>(item: Item, what: string, description: string) {
  return Type.Array(item, {
    maxItems: 500,
    ...described(`a list of ${what}`, 'write it as [a, b]', description),
  })
}

export function flag(description: string) {
  return Type.Boolean(described('true or false', 'write true or false, without quotes', description))
}

export function text(maxLength: number, description: string) {
  const size = `a text of 1 to ${maxLength.toLocaleString('en-US')} characters`
  return Type.String({ minLength: 1, maxLength, ...described(size, 'write it in quotes', description) })
}

export const name = (what: string, description: string) =>
  Type.String({
    maxLength: 63,
    pattern: '^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$',
    ...described(
      `a name of ${what}`,
      'use letters, digits, and single "-", "_" or "." between them, at most 63 characters',
      description,
    ),
  })

export const duration = (description: string) =>
  Type.String({
    maxLength: 20,
    pattern: '^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$',
    minLength: 2,
    ...described('a duration', 'write 20m, 1h30m or 2d', description),
  })

export const timeOfDay = (description: string) =>
  Type.String({
    pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
    ...described('a time of day', 'use HH:MM', description),
  })

export const date = (description: string) =>
  Type.String({
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
    ...described('a date', 'use YYYY-MM-DD', description),
  })

export const wholeNumber = (minimum: number, maximum: number, description: string) =>
  Type.Integer({
    minimum,
    maximum,
    ...described(`a whole number from ${minimum} to ${maximum}`, 'write it without quotes', description),
  })

export function oneOf<const Values extends string[]>(values: [...Values], description: string) {
  const all = values.join(', ')
  return Type.Enum(values, described(`one of ${all}`, `write one of ${all}`, description))
}

export const labelValueSchema = Type.String({
  maxLength: 63,
  pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$',
  ...described(
    'the value of a label',
    'use letters, digits, "-", "_" and ".", at most 63 characters, in quotes where YAML reads something else',
    'Letters, digits, "-", "_" and ".".',
  ),
})

export const labelsSchema = (description: string) =>
  Type.Record(Type.String(), labelValueSchema, {
    maxProperties: 50,
    ...described('labels', 'write { region: eu }', description),
  })

export const expression = (description: string) => text(2_000, description)
