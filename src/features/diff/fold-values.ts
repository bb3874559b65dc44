import { type Fields, isFields, own } from './fields.ts'
import { type Shape, shapeOfField, shapeOfItem } from './kubernetes-shapes.ts'
import { pairItems } from './list-items.ts'

/** What counts as the same although it is written differently. */
export interface FoldRule {
  /** Of two values that differ. */
  isSame(old: unknown, young: unknown, path: readonly string[], shape: Shape): boolean
  /** Of a field that only one side has. */
  saysNothing?(value: unknown, field: string, owner: Fields, shape: Shape): boolean
}

export interface Folded<T> {
  /** The old side, with every folded value already as in the new one, so that what still differs is a real change. */
  before: T
  /** Lines of the diff that this hides. */
  lines: number
}

/** Takes out of a comparison what a rule calls the same. It is counted, never dropped. */
export function foldValues<T>(before: T, after: T, shape: Shape, rule: FoldRule): Folded<T> {
  let lines = 0
  const folded = fold(before, after, [], shape) as T
  return { before: folded, lines }

  function fold(old: unknown, young: unknown, path: readonly string[], at: Shape): unknown {
    if (old === young) return old
    if (isFields(old) && isFields(young)) return foldFields(old, young, path, at)
    if (Array.isArray(old) && Array.isArray(young)) return foldList(old, young, path, at)
    if (!rule.isSame(old, young, path, at)) return old
    lines += countLines(old) + countLines(young)
    return young
  }

  function foldFields(old: Fields, young: Fields, path: readonly string[], at: Shape): Fields {
    const silent = (value: unknown, name: string, owner: Fields) => {
      const says = !rule.saysNothing?.(value, name, owner, at)
      if (!says) lines += countLines(value)
      return !says
    }
    const kept = Object.entries(old).flatMap(([name, value]): [string, unknown][] => {
      const other = own(young, name)
      if (other === undefined) return silent(value, name, old) ? [] : [[name, value]]
      return [[name, fold(value, other, [...path, name], shapeOfField(at, name, other))]]
    })
    const filled = Object.entries(young).filter(
      ([name, value]) => own(old, name) === undefined && silent(value, name, young),
    )
    return Object.fromEntries([...kept, ...filled])
  }

  function foldList(old: unknown[], young: unknown[], path: readonly string[], at: Shape): unknown[] {
    const result = [...old]
    for (const pair of pairItems(at, old, young).pairs) {
      if (pair.beforeIndex === undefined || !('after' in pair)) continue
      result[pair.beforeIndex] = fold(pair.before, pair.after, path, shapeOfItem(at))
    }
    return result
  }
}

/** Lines of a value in YAML, roughly. */
function countLines(value: unknown): number {
  if (typeof value === 'string') return value.split('\n').length
  if (Array.isArray(value)) return Math.max(1, sum(value))
  return isFields(value) ? 1 + sum(Object.values(value)) : 1
}

function sum(values: readonly unknown[]): number {
  return values.reduce<number>((total, value) => total + countLines(value), 0)
}
