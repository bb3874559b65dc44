import type { FieldChange, PathStep } from '../../domain/object-diff.ts'
import { type Fields, isFields, own } from './fields.ts'
import { type Shape, shapeOfField, shapeOfItem } from './kubernetes-shapes.ts'
import { formatStep, pairItems } from './list-items.ts'

/** Further changes of one object are in its hunks only, and so are values beyond so many characters in all. */
const mostChanges = 2_000
const mostCharacters = 100_000

/**
 * What differs between two values, field by field, list items by key; null and absent are the same, as for Kubernetes.
 * Bounded by `mostChanges`. Applied to `before`, the changes give `after`: removals first, then additions in their order, the
 * order of a list last.
 */
export function diffFields(before: unknown, after: unknown, shape?: Shape): FieldChange[] {
  const changes: FieldChange[] = []
  compare(before, after, [], shape)
  return changes

  function compare(old: unknown, young: unknown, path: PathStep[], at: Shape): void {
    if (old === young || changes.length >= mostChanges) return
    if (isFields(old) && isFields(young)) compareFields(old, young, path, at)
    else if (Array.isArray(old) && Array.isArray(young)) compareItems(old, young, path, at)
    else if ((old ?? undefined) !== (young ?? undefined)) add(path, old, young)
  }

  function compareFields(old: Fields, young: Fields, path: PathStep[], at: Shape): void {
    for (const name of new Set([...Object.keys(old), ...Object.keys(young)])) {
      const [left, right] = [own(old, name), own(young, name)]
      compare(left, right, [...path, name], shapeOfField(at, name, right ?? left))
    }
  }

  function compareItems(old: unknown[], young: unknown[], path: PathStep[], at: Shape): void {
    const { pairs, order } = pairItems(at, old, young)
    for (const { step, before: left, after: right } of pairs)
      compare(left, right, [...path, step], shapeOfItem(at))
    if (order) changes.push({ field: formatPath(path), path, isOrder: true, ...order })
  }

  function add(path: PathStep[], old: unknown, young: unknown): void {
    changes.push({ field: formatPath(path), path, ...given('before', old), ...given('after', young) })
  }
}

/** As many of the changes as fit a message; the values of the longest texts are what makes them long. */
export function cutFields(changes: readonly FieldChange[]): { fields: FieldChange[]; isCut: boolean } {
  let room = mostCharacters
  const fields = changes.filter(({ before, after }) => {
    room -= lengthOf(before) + lengthOf(after)
    return room >= 0
  })
  return { fields, isCut: fields.length < changes.length || changes.length >= mostChanges }
}

function lengthOf(value: unknown): number {
  return value === undefined ? 0 : (JSON.stringify(value) ?? '').length
}

/** `spec.template.spec.containers[app].ports[80/TCP]` */
export function formatPath(path: readonly PathStep[]): string {
  const parts = path.map((step) => (typeof step === 'string' ? `.${step}` : `[${formatStep(step)}]`))
  return parts.join('').replace(/^\./, '')
}

function given(name: 'before' | 'after', value: unknown): Partial<FieldChange> {
  return value === undefined || value === null ? {} : { [name]: value }
}
