/** A JSON object, as opposed to a list or a scalar. */
export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether two JSON values are equal, whatever the order of their fields. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index]))
  }
  if (!isFields(left) || !isFields(right)) return false
  const fields = Object.keys(left)
  return (
    fields.length === Object.keys(right).length &&
    fields.every((field) => Object.hasOwn(right, field) && isEqual(left[field], right[field]))
  )
}

type KeyOf = (item: Fields) => string | undefined

const byName: KeyOf = (item) => text(item.name)

/** The merge keys of Kubernetes' own list types. Source: "x-kubernetes-list-map-keys" in the OpenAPI of Kubernetes. */
const keysByField = new Map<string, KeyOf>([
  ['containers', byName],
  ['initContainers', byName],
  ['ephemeralContainers', byName],
  ['volumes', byName],
  ['env', byName],
  ['imagePullSecrets', byName],
  ['volumeMounts', (item) => text(item.mountPath)],
  ['volumeDevices', (item) => text(item.devicePath)],
  ['hostAliases', (item) => text(item.ip)],
  ['topologySpreadConstraints', (item) => join(item.topologyKey, item.whenUnsatisfiable)],
  ['ports', (item) => join(item.containerPort ?? item.port ?? item.number, item.protocol ?? 'TCP')],
  ['conditions', (item) => text(item.type)],
])

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function join(first: unknown, second: unknown): string | undefined {
  const [left, right] = [text(first), text(second)]
  return left === undefined ? undefined : `${left}/${right ?? ''}`
}

/** One item of a list as it stands on both sides; absent where it is on one side only. */
export interface ItemPair {
  /** The merge key, or the position where the list has none. */
  key: string
  before?: unknown
  after?: unknown
  beforeIndex?: number
}

/**
 * Pairs the items of two lists: by Kubernetes' merge key, by a unique `name` in lists that are not known, else by position.
 * A key that occurs twice on one side says nothing, so the list falls back to positions.
 */
export function pairItems(field: string, before: readonly unknown[], after: readonly unknown[]): ItemPair[] {
  const keyOf = keysByField.get(field) ?? byName
  const old = indexBy(before, keyOf)
  const young = indexBy(after, keyOf)
  if (!old || !young) return pairByPosition(before, after)
  const pairs: ItemPair[] = before.map((item, beforeIndex) => {
    const key = keyOf(item as Fields) as string
    const match = young.get(key)
    return { key, before: item, beforeIndex, ...(match === undefined ? {} : { after: after[match] }) }
  })
  const added = [...young]
    .filter(([key]) => !old.has(key))
    .map(([key, index]) => ({ key, after: after[index] }))
  return [...pairs, ...added]
}

function indexBy(items: readonly unknown[], keyOf: KeyOf): Map<string, number> | undefined {
  const index = new Map<string, number>()
  for (const [position, item] of items.entries()) {
    const key = isFields(item) ? keyOf(item) : undefined
    if (key === undefined || index.has(key)) return undefined
    index.set(key, position)
  }
  return index
}

function pairByPosition(before: readonly unknown[], after: readonly unknown[]): ItemPair[] {
  return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => ({
    key: String(index),
    ...(index < before.length ? { before: before[index], beforeIndex: index } : {}),
    ...(index < after.length ? { after: after[index] } : {}),
  }))
}
