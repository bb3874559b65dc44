import { Ajv } from 'ajv'

/** What of a value a published schema does not allow. */
export function schemaErrors(schema: object, value: unknown): unknown[] {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema)
  return validate(value) ? [] : (validate.errors ?? [])
}
