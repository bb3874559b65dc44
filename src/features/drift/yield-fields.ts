import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { IgnoreRule } from '../../domain/reconcile-settings.ts'
import { coversField, itemKeyOf, type Step } from './field-path.ts'
import { managedEntries } from './fingerprint.ts'
import { isMap } from './is-map.ts'

/** JSON pointers, with commas between them: fields of this object that others may write. */
export const ignoreAnnotation = 'drawbridge.dev/ignore'

/**
 * An object without the fields that were left to others. Such a field is set when the object is created; from the moment at
 * which another manager writes it, it is theirs: we apply it no more, and so neither own it nor put it back.
 * `whole` is the live object where it became different; `yielded` are the pointers that were left before.
 */
export function yieldFields(
  object: KubernetesObject,
  rules: readonly IgnoreRule[],
  live: { whole?: KubernetesObject } | undefined,
  yielded: readonly string[],
  manager: string,
): { object: KubernetesObject; yielded: string[] } {
  if (live === undefined) return { object, yielded: [] }
  const pointers = pointersOf(object, rules)
  const others = live.whole ? managedEntries(live.whole).filter((entry) => entry.manager !== manager) : []
  const given = pointers.filter((pointer) => {
    const path = resolve(object, pointer)
    if (path === undefined) return false
    return yielded.includes(pointer) || others.some(({ fieldsV1 }) => coversField(fieldsV1, path))
  })
  return { object: given.reduce(without, object), yielded: given }
}

function pointersOf(object: KubernetesObject, rules: readonly IgnoreRule[]): string[] {
  const annotated = object.metadata.annotations?.[ignoreAnnotation] ?? ''
  const own = annotated.split(',').map((text) => text.trim())
  const general = rules.filter((rule) => fits(rule, object)).flatMap(({ fields }) => fields)
  return [...new Set([...own, ...general])].filter((pointer) => pointer.startsWith('/')).toSorted()
}

function fits({ group, kind, namespace, name }: IgnoreRule, object: KubernetesObject): boolean {
  const ownGroup = object.apiVersion.includes('/') ? object.apiVersion.split('/', 1)[0] : ''
  return (
    (group === undefined || group === ownGroup) &&
    (kind === undefined || kind === object.kind) &&
    (namespace === undefined || namespace === (object.metadata.namespace ?? '')) &&
    (name === undefined || name === object.metadata.name)
  )
}

/** RFC 6901. */
function stepsOf(pointer: string): string[] {
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** What names the object itself is never left to others. */
const fixed = new Set(['apiVersion', 'kind'])

/** The way to a field that the object has; undefined where it has none, or where the field is not anybody's to give. */
function resolve(object: KubernetesObject, pointer: string): Step[] | undefined {
  const names = stepsOf(pointer)
  if (fixed.has(names[0] ?? '')) return undefined
  if (names[0] === 'metadata' && !['labels', 'annotations'].includes(names[1] ?? '')) return undefined
  if (names[0] === 'metadata' && names.length < 3) return undefined
  const path: Step[] = []
  let node: unknown = object
  for (const name of names) {
    const step = Array.isArray(node) ? itemStep(node, name) : { field: name }
    node = step && (Array.isArray(node) ? node[Number(name)] : isMap(node) ? node[name] : undefined)
    if (step === undefined || node === undefined) return undefined
    path.push(step)
  }
  return path
}

function itemStep(items: readonly unknown[], name: string): Step | undefined {
  const index = /^\d{1,6}$/.test(name) ? Number(name) : -1
  const item = items[index]
  if (item === undefined) return undefined
  const key = itemKeyOf(items)
  return { key: key ?? '', value: key === undefined ? undefined : isMap(item) && item[key], index }
}

function without(object: KubernetesObject, pointer: string): KubernetesObject {
  const remove = (node: unknown, [name = '', ...rest]: string[]): unknown => {
    if (Array.isArray(node))
      return rest.length === 0
        ? node.filter((_, index) => index !== Number(name))
        : node.map((item, index) => (index === Number(name) ? remove(item, rest) : item))
    if (!isMap(node)) return node
    if (rest.length > 0) return { ...node, [name]: remove(node[name], rest) }
    const { [name]: _, ...others } = node
    return others
  }
  return remove(object, stepsOf(pointer)) as KubernetesObject
}
