import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { formatPath, isMap, itemElement } from './field-set.ts'
import type { ScalarType, Schema } from './schema.ts'
import { StatusError } from './status-error.ts'

/**
 * Server-side apply reads an object by its schema before anything else: a field that is not there, a value of another
 * type, and two items with the same key are an internal error with this text, not an invalid object.
 */
export function demandTyped(schema: Schema, object: KubernetesObject): void {
  const errors = typeErrors(schema, object, '')
  if (errors.length === 0) return demandDecodable(object)
  const which = describe(object)
  const words = errors.length === 1 ? errors[0] : `errors:\n  ${errors.join('\n  ')}`
  throw new StatusError(500, undefined, `failed to create typed patch object (${which}): ${words}`)
}

/** Values of a Secret, and what is not text of a ConfigMap, are read as base64 next. */
function demandDecodable(object: KubernetesObject): void {
  const bytes = object.kind === 'Secret' ? object['data'] : object['binaryData']
  for (const value of Object.values((bytes ?? {}) as Record<string, string>)) {
    const at = value.search(/[^A-Za-z0-9+/=\r\n]/)
    if (at >= 0)
      throw new StatusError(
        500,
        undefined,
        `failed to convert new object (${describe(object)}) to proper version: unable to convert unstructured object to ${kindOf(object)}: error decoding from json: illegal base64 data at input byte ${at}`,
      )
  }
}

function describe(object: KubernetesObject): string {
  const { namespace = '', name } = object.metadata
  return `${namespace}/${name}; ${kindOf(object)}`
}

function kindOf({ apiVersion, kind }: KubernetesObject): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  return `${group}/${version}, Kind=${kind}`
}

function typeErrors(schema: Schema, value: unknown, path: string): string[] {
  if (value === null || value === undefined) return []
  if (schema.kind === 'scalar') return scalarErrors(schema.type, value, path)
  if (Array.isArray(value)) return schema.kind === 'list' ? listErrors(schema, value, path) : []
  if (!isMap(value)) return []
  return Object.entries(value).flatMap(([field, child]) => {
    const where = `${path}.${field}`
    if (schema.kind === 'map') return typeErrors(schema.value, child, where)
    if (schema.kind !== 'struct') return []
    const below = schema.field(field)
    return below === undefined ? [`${where}: field not declared in schema`] : typeErrors(below, child, where)
  })
}

function listErrors(schema: Schema & { kind: 'list' }, items: unknown[], path: string): string[] {
  if (schema.by === 'atomic') return items.flatMap((item) => typeErrors(schema.item, item, path))
  const seen = new Set<string>()
  return items.flatMap((item) => {
    const element = itemElement(schema, item)
    const isDuplicate = seen.has(element)
    seen.add(element)
    const key = formatPath(element)
    if (isDuplicate) return [`${path}: duplicate entries for key ${key}`]
    return typeErrors(schema.item, item, path + key)
  })
}

const expected: Record<ScalarType, string> = {
  string: 'string',
  numeric: 'numeric (int or float)',
  boolean: 'boolean',
}

function scalarErrors(type: ScalarType | undefined, value: unknown, path: string): string[] {
  if (type === undefined || typeof value === (type === 'numeric' ? 'number' : type)) return []
  const found =
    typeof value === 'string' ? 'string' : `&value.valueUnstructured{Value:${JSON.stringify(value)}}`
  return [`${path}: expected ${expected[type]}, got ${found}`]
}
