import { configurationSchema } from './configuration-schema.ts'

/** The JSON Schema that editors read, as text; without the keywords that only our own messages use. */
export function publishedSchema(): string {
  return JSON.stringify(
    configurationSchema,
    (key, value: unknown) => (key.startsWith('x-') ? undefined : value),
    2,
  )
}
