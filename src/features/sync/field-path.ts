import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { type Fields, isFields } from '../diff/fields.ts'

/**
 * The object without the field that the path names, as conflicts of server-side apply name fields:
 * `.spec.ports[port=80,protocol="TCP"].targetPort`. Names are not quoted there and may hold dots, so that the longest name
 * that the object has is meant. The same object where it has no such field.
 * Source: sigs.k8s.io/structured-merge-diff, fieldpath/element.go, `PathElement.String`.
 */
export function removeField(object: KubernetesObject, path: string): KubernetesObject {
  const rest = without(object, path)
  return rest === absent ? object : (rest as KubernetesObject)
}

/** The path names nothing. */
const absent = Symbol('absent')

function without(value: unknown, path: string): unknown {
  if (path.startsWith('.') && isFields(value)) return withoutName(value, path.slice(1))
  if (path.startsWith('[') && Array.isArray(value)) return withoutItem(value, path)
  return absent
}

function withoutName(fields: Fields, path: string): unknown {
  const names = Object.keys(fields)
    .filter((name) => path === name || (path.startsWith(name) && '.['.includes(path.charAt(name.length))))
    .toSorted((a, b) => b.length - a.length)
  for (const name of names) {
    const { [name]: child, ...others } = fields
    if (path === name) return others
    const rest = without(child, path.slice(name.length))
    if (rest !== absent) return { ...fields, [name]: rest }
  }
  return absent
}

function withoutItem(items: unknown[], path: string): unknown {
  const step = readStep(path)
  const index = step === undefined ? -1 : items.findIndex((item, place) => step.isMeant(item, place))
  if (step === undefined || index === -1) return absent
  if (step.rest === '') return items.toSpliced(index, 1)
  const rest = without(items[index], step.rest)
  return rest === absent ? absent : items.with(index, rest)
}

/** `[name="app"]`, `[="value"]` or `[3]`, and what follows. */
function readStep(
  path: string,
): { isMeant(item: unknown, place: number): boolean; rest: string } | undefined {
  const match = /^\[((?:[^"\]]|"(?:[^"\\]|\\.)*")*)\](.*)$/s.exec(path)
  if (match === null) return undefined
  const [, inside = '', rest = ''] = match
  if (/^\d+$/.test(inside)) return { isMeant: (_, place) => place === Number(inside), rest }
  const pairs = [...inside.matchAll(/([^=,]*)=("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(
    ([, key = '', text = '']) => [key, readScalar(text)] as const,
  )
  const isMeant = (item: unknown) =>
    pairs.every(([key, wanted]) => {
      if (key === '') return item === wanted
      // A key that is left out counts as its default.
      const value = isFields(item) ? (item[key] ?? (key === 'protocol' ? 'TCP' : undefined)) : undefined
      return value === wanted
    })
  return { isMeant, rest }
}

function readScalar(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
