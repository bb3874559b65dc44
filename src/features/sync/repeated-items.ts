import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { isFields } from '../diff/fields.ts'
import { listTypeOf, type Shape, shapeOf, shapeOfField, shapeOfItem } from '../diff/kubernetes-shapes.ts'

/** Two items of one list that the API server cannot tell apart. */
export interface RepeatedItem {
  /** `spec.template.spec.containers[0].env` */
  list: string
  /** Of the later item, from 0. */
  index: number
  /** Of the item that it repeats. */
  first: number
  /** What both say: `name: MODE`. No values of other fields. */
  key: string
}

/** More are not told of one object. */
const mostItems = 10

/**
 * Items whose keys are the same: server-side apply refuses them, or loses one of them without a word. A protocol that is
 * left out is TCP. Source: Kubernetes, "Server-Side Apply", `x-kubernetes-list-map-keys`; kubernetes/kubernetes#118725.
 */
export function repeatedItems(object: KubernetesObject): RepeatedItem[] {
  const found: RepeatedItem[] = []
  const visit = (value: unknown, shape: Shape, path: string) => {
    if (found.length >= mostItems) return
    if (Array.isArray(value)) visitItems(value, shape, path)
    else if (isFields(value))
      for (const [field, child] of Object.entries(value))
        visit(child, shapeOfField(shape, field, child), path === '' ? field : `${path}.${field}`)
  }
  const visitItems = (items: unknown[], shape: Shape, path: string) => {
    const list = listTypeOf(shape)
    const seen = new Map<string, number>()
    for (const [index, item] of items.entries()) {
      const key = list?.type === 'map' ? keyOf(item, list.keys) : undefined
      const first = key === undefined ? undefined : seen.get(key)
      if (key !== undefined && first !== undefined) found.push({ list: path, index, first, key })
      else if (key !== undefined) seen.set(key, index)
      visit(item, shapeOfItem(shape), `${path}[${index}]`)
    }
  }
  visit(object, shapeOf(object), '')
  return found.slice(0, mostItems)
}

function keyOf(item: unknown, keys: readonly string[]): string | undefined {
  if (!isFields(item)) return undefined
  const parts = keys.map((key) => [key, item[key] ?? (key === 'protocol' ? 'TCP' : undefined)] as const)
  if (parts.every(([, value]) => value === undefined)) return undefined
  return parts
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(', ')
}
