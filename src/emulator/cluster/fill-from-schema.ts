import { isMap, schemaBelow } from './field-set.ts'
import type { Schema } from './schema.ts'

/** Sets what the schema of a custom kind has defaults for, and is not there. An object that is absent stays so. */
export function fillFromSchema(schema: Schema, value: unknown): void {
  if (Array.isArray(value) && schema.kind === 'list')
    for (const item of value) fillFromSchema(schema.item, item)
  if (!isMap(value) || (schema.kind !== 'struct' && schema.kind !== 'map')) return
  if (schema.kind === 'struct')
    for (const [field, standard] of Object.entries(schema.defaults ?? {}))
      value[field] ??= structuredClone(standard)
  for (const [field, child] of Object.entries(value)) fillFromSchema(schemaBelow(schema, field), child)
}
