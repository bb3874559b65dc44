import type { FieldChange, PathStep } from '../../../src/domain/object-diff.ts'

type Fields = Record<string, unknown>

/** Does what a reader of the JSON would do with the changes: removals first, then additions in their order, orders last. */
export function applyChanges<T>(before: T, changes: readonly FieldChange[]): T {
  const root = { root: structuredClone(before) as unknown }
  const isAddition = ({ before: old }: FieldChange) => old === undefined
  const isRemoval = ({ after }: FieldChange) => after === undefined
  const values = changes.filter(({ isOrder }) => !isOrder)
  const inPlace = values.filter((change) => !isAddition(change) && !isRemoval(change))
  for (const change of inPlace) set(root, pathOf(change), change.after)
  for (const change of values.filter(isRemoval).toReversed()) remove(root, pathOf(change))
  for (const change of values.filter((each) => isAddition(each) && !isRemoval(each)))
    add(root, pathOf(change), change.after)
  for (const change of changes.filter(({ isOrder }) => isOrder)) {
    const list = valueAt(root, pathOf(change)) as unknown[]
    set(
      root,
      pathOf(change),
      (change.after as PathStep[]).map((step) => list[indexOf(list, step)]),
    )
  }
  return root.root as T
}

function pathOf({ path }: FieldChange): PathStep[] {
  return ['root', ...(path ?? [])]
}

function valueAt(value: unknown, path: readonly PathStep[]): unknown {
  return path.reduce((inner, step) => {
    if (Array.isArray(inner)) return inner[indexOf(inner, step)] as unknown
    return (inner as Fields)[String(step)]
  }, value)
}

function indexOf(list: unknown[], step: PathStep): number {
  if (typeof step === 'number') return step
  const wanted = Object.entries(step)
  return list.findIndex((item) =>
    wanted.every(([key, value]) =>
      key === '='
        ? item === value
        : ((item as Fields)[key] ?? (key === 'protocol' ? 'TCP' : undefined)) === value,
    ),
  )
}

function set(root: Fields, path: readonly PathStep[], value: unknown): void {
  const parent = valueAt(root, path.slice(0, -1))
  const step = path.at(-1) ?? ''
  if (Array.isArray(parent)) parent[indexOf(parent, step)] = value
  else
    Object.defineProperty(parent, String(step), {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
}

function add(root: Fields, path: readonly PathStep[], value: unknown): void {
  const parent = valueAt(root, path.slice(0, -1))
  const step = path.at(-1) ?? ''
  if (!Array.isArray(parent)) set(root, path, value)
  else if (typeof step === 'number') parent.splice(step, 0, value)
  else parent.push(value)
}

function remove(root: Fields, path: readonly PathStep[]): void {
  const parent = valueAt(root, path.slice(0, -1))
  const step = path.at(-1) ?? ''
  if (Array.isArray(parent)) parent.splice(indexOf(parent, step), 1)
  else delete (parent as Fields)[String(step)]
}
