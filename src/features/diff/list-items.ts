import type { PathStep } from '../../domain/object-diff.ts'
import { type Fields, isEqual, isFields } from './fields.ts'
import { listTypeOf, type Shape } from './kubernetes-shapes.ts'

/** One item of a list as it stands on both sides; absent where it is on one side only. */
export interface ItemPair {
  step: PathStep
  before?: unknown
  after?: unknown
  beforeIndex?: number
}

export interface PairedItems {
  pairs: ItemPair[]
  /** The keys of both sides, where the items that stay or come stand otherwise than they were with the new ones at the end. */
  order?: { before: PathStep[]; after: PathStep[] }
}

/**
 * Pairs the items of two lists as Kubernetes merges them: by key, or as a set. Lists that it replaces as a whole, and lists
 * of which nothing is known, are paired by a name that every item has, unknown scalars by their value, else by position.
 * A key that occurs twice on one side says nothing, so the list falls back to positions.
 */
export function pairItems(shape: Shape, before: readonly unknown[], after: readonly unknown[]): PairedItems {
  for (const stepOf of candidates(shape)) {
    const old = indexBy(before, stepOf)
    const young = old && indexBy(after, stepOf)
    if (old && young) return pairByKey(before, after, old, young)
  }
  return { pairs: pairByPosition(before, after) }
}

/** `80/TCP`, `app`, `3`. */
export function formatStep(step: PathStep): string {
  return typeof step === 'object' ? Object.values(step).join('/') : String(step)
}

type StepOf = (item: unknown) => PathStep | undefined

/** What tells items apart where Kubernetes does not say. */
const names = ['name', 'id', 'host', 'alert', 'record', 'key']

/** Filled in by the API server before it looks at keys. */
const defaultKeys: Fields = { protocol: 'TCP' }

function candidates(shape: Shape): StepOf[] {
  const list = listTypeOf(shape)
  if (list?.type === 'map') return [byFields(list.keys), ...names.map((name) => byFields([name]))]
  if (list?.type === 'whole') return names.map((name) => byFields([name]))
  return [byValue, ...names.map((name) => byFields([name]))]
}

function byFields(keys: readonly string[]): StepOf {
  return (item) => {
    if (!isFields(item)) return undefined
    const entries = keys.map((key) => [key, item[key] ?? defaultKeys[key]])
    return entries.every(([, value]) => isShort(value))
      ? (Object.fromEntries(entries) as PathStep)
      : undefined
  }
}

function byValue(item: unknown): PathStep | undefined {
  return isShort(item) ? { '=': item } : undefined
}

/** Long texts are content, not names. */
function isShort(value: unknown): value is string | number {
  return (typeof value === 'string' && value.length <= 253) || typeof value === 'number'
}

function indexBy(items: readonly unknown[], stepOf: StepOf): Map<string, PathStep> | undefined {
  const index = new Map<string, PathStep>()
  for (const item of items) {
    const step = stepOf(item)
    if (step === undefined) return undefined
    const key = keyOf(step)
    if (index.has(key)) return undefined
    index.set(key, step)
  }
  return index
}

/** A text that tells steps of one list apart: a number is not the text that looks like it. */
function keyOf(step: PathStep): string {
  if (typeof step !== 'object') return String(step)
  return Object.values(step)
    .map((value) => `${typeof value === 'number' ? '#' : '"'}${String(value)}`)
    .join('\0')
}

function pairByKey(
  before: readonly unknown[],
  after: readonly unknown[],
  old: Map<string, PathStep>,
  young: Map<string, PathStep>,
): PairedItems {
  const places = new Map([...young.keys()].map((key, place) => [key, place]))
  const kept = [...old].map(([key, step], beforeIndex): ItemPair => {
    const place = places.get(key)
    return {
      step,
      before: before[beforeIndex],
      beforeIndex,
      ...(place !== undefined && { after: after[place] }),
    }
  })
  const added = [...young].filter(([key]) => !old.has(key))
  const expected = [...[...old.keys()].filter((key) => young.has(key)), ...added.map(([key]) => key)]
  const isMoved = expected.some((key, place) => places.get(key) !== place)
  return {
    pairs: [...kept, ...added.map(([key, step]) => ({ step, after: after[places.get(key) ?? 0] }))],
    ...(isMoved && { order: { before: [...old.values()], after: [...young.values()] } }),
  }
}

/** By position from the first item that differs; what both sides end with counts from the end. */
function pairByPosition(before: readonly unknown[], after: readonly unknown[]): ItemPair[] {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && isEqual(before[head], after[head])) head += 1
  let tail = 0
  while (tail < shorter - head && isEqual(before.at(-1 - tail), after.at(-1 - tail))) tail += 1
  const longest = Math.max(before.length, after.length)
  return Array.from({ length: longest - tail }, (_, index) => ({
    step: index,
    ...(index < before.length - tail ? { before: before[index], beforeIndex: index } : {}),
    ...(index < after.length - tail ? { after: after[index] } : {}),
  }))
}
