import { isMap } from './is-map.ts'

type Value = Record<string, unknown>

/** Fields that name the items of lists, in the order in which they are tried. */
const itemKeys = ['name', 'containerPort', 'port', 'mountPath', 'key', 'type', 'ip']

/** A step into a map, or into the item of a list with this key and value. */
export type Step = { field: string } | { key: string; value: unknown; index: number }

/** The field by which the items of a list are told apart; undefined: by their place. */
export function itemKeyOf(items: readonly unknown[]): string | undefined {
  return itemKeys.find((key) => items.every((item) => isMap(item) && item[key] !== undefined))
}

/** Whether a fieldsV1 tree names the field, or something above it as a whole. */
export function coversField(fields: unknown, path: readonly Step[]): boolean {
  let node = fields
  for (const step of path) {
    if (!isMap(node)) return false
    const next = 'field' in step ? node[`f:${step.field}`] : itemNode(node, step)
    if (next === undefined) return isLeaf(node)
    node = next
  }
  return node !== undefined
}

function isLeaf(node: Value): boolean {
  return Object.keys(node).every((name) => name === '.')
}

function itemNode(node: Value, step: { key: string; value: unknown }): unknown {
  const match = Object.keys(node).find((name) => {
    if (!name.startsWith('k:')) return false
    const keys: unknown = JSON.parse(name.slice(2))
    return isMap(keys) && keys[step.key] === step.value
  })
  return match === undefined ? undefined : node[match]
}
