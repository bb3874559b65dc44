import type { Schema } from './schema.ts'

/** A set of field paths. A path is its elements joined by line feeds, each as fieldsV1 writes it: `f:spec`, `k:{"name":"app"}`, `v:"x"`. */
export type FieldSet = Set<string>

export const separator = '\n'

type Value = Record<string, unknown>

export function isMap(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The schema below a field; unknown fields count as untyped. */
export function schemaBelow(schema: Schema, field: string): Schema {
  if (schema.kind === 'struct') return schema.field(field) ?? { kind: 'any' }
  if (schema.kind === 'map') return schema.value
  return { kind: 'any' }
}

/** Whether the value is owned field by field (or item by item) and not as a whole. */
export function isGranular(schema: Schema, value: unknown): boolean {
  if (isMap(value)) return !(schema.kind === 'struct' || schema.kind === 'map') || !schema.isAtomic
  if (Array.isArray(value)) return schema.kind === 'list' && schema.by !== 'atomic'
  return false
}

/** The path element of a list item. */
export function itemElement(schema: Schema & { kind: 'list' }, item: unknown): string {
  if (schema.by === 'set') return `v:${JSON.stringify(item)}`
  const keys = schema.keys.toSorted().flatMap((key) => {
    const value = isMap(item) ? (item[key] ?? keyDefaults[key]) : undefined
    return value === undefined ? [] : [[key, value]]
  })
  return `k:${JSON.stringify(Object.fromEntries(keys))}`
}

/** A key that is left out counts as its default. */
const keyDefaults: Record<string, unknown> = { protocol: 'TCP' }

/** The children of a granular value with their path elements and schemas. */
export function childrenOf(schema: Schema, value: unknown): [string, unknown, Schema][] {
  if (Array.isArray(value) && schema.kind === 'list')
    return value.map((item) => [itemElement(schema, item), item, schema.item])
  return Object.entries(value as Value).map(([field, child]) => [
    `f:${field}`,
    child,
    schemaBelow(schema, field),
  ])
}

/** Every path a value names: leaves, list items, entries of free maps, and what is atomic or empty. */
export function fieldSetOf(schema: Schema, value: unknown, path = ''): FieldSet {
  const set: FieldSet = new Set()
  const visit = (schema: Schema, value: unknown, path: string) => {
    if (!isGranular(schema, value)) {
      set.add(path)
      return
    }
    const children = childrenOf(schema, value)
    const isList = Array.isArray(value)
    for (const [element, child, childSchema] of children) {
      const childPath = path === '' ? element : path + separator + element
      const isEmpty = isMap(child) && Object.keys(child).length === 0
      if (isList || isEmpty || child === null) set.add(childPath)
      if (!isEmpty) visit(childSchema, child, childPath)
    }
  }
  visit(schema, value, path)
  dropUntracked(set)
  return set
}

export function dropUntracked(set: FieldSet): void {
  for (const path of untrackedPaths) set.delete(path)
}

/** Identity and the server's own bookkeeping belong to nobody. */
const untrackedPaths = [
  'f:apiVersion',
  'f:kind',
  'f:metadata',
  ...[
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'managedFields',
    'selfLink',
    'generateName',
  ].map((field) => `f:metadata${separator}f:${field}`),
]

/** Adds every named field above the members: a struct counts as owned while something below it is. */
export function withNamedParents(set: FieldSet): FieldSet {
  const all = new Set(set)
  for (const path of set) {
    let parent = path
    while (parent.includes(separator)) {
      parent = parent.slice(0, parent.lastIndexOf(separator))
      const element = parent.slice(parent.lastIndexOf(separator) + 1)
      if (element.startsWith('f:')) all.add(parent)
    }
  }
  return all
}

/** As managedFields writes it: nested objects, `{}` a member, `.` a member with members below. */
export function toFieldsV1(set: FieldSet): Value {
  const root: Value = {}
  for (const path of [...set].toSorted()) {
    let node = root
    for (const element of path.split(separator)) node = (node[element] ??= {}) as Value
    node['.'] = {}
  }
  return tidy(root)
}

function tidy(node: Value): Value {
  const names = Object.keys(node)
  if (names.length === 1 && names[0] === '.') return {}
  return Object.fromEntries(names.map((name) => [name, name === '.' ? {} : tidy(node[name] as Value)]))
}

export function fromFieldsV1(fields: unknown): FieldSet {
  const set: FieldSet = new Set()
  const visit = (node: Value, path: string) => {
    const names = Object.keys(node)
    if (path !== '' && (names.length === 0 || names.includes('.'))) set.add(path)
    for (const name of names) {
      if (name !== '.') visit(node[name] as Value, path === '' ? name : path + separator + name)
    }
  }
  if (isMap(fields)) visit(fields, '')
  return set
}

/** For people and conflict causes: `.spec.template.spec.containers[name="app"].image`. */
export function formatPath(path: string): string {
  return path
    .split(separator)
    .map((element) => {
      const body = element.slice(2)
      if (element.startsWith('f:')) return `.${body}`
      if (element.startsWith('v:')) return `[=${body}]`
      const keys = Object.entries(JSON.parse(body) as Value)
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
    })
    .join('')
}
