import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import { isFields } from './fields.ts'
import table from './kubernetes-types.json' with { type: 'json' }

/**
 * What Kubernetes knows of a value's place, in the notation of `kubernetes-types.json`:
 *
 *     core.v1.PodSpec                 fields of this type
 *     [name]core.v1.Container         a list whose items are told apart by these fields
 *     [=]                             a list that is a set of scalars
 *     []core.v1.Toleration            a list that is replaced as a whole
 *     {}quantity                      a map whose values are amounts
 *
 * Undefined: nothing is known, as in custom resources.
 */
export type Shape = string | undefined

const types: Record<string, Record<string, string>> = table.types
const kinds: Record<string, string> = table.kinds

/** The type of a whole object, by its newest version: older ones have the same lists. */
export function shapeOf(object: KubernetesObject): Shape {
  const { group, kind } = objectId(object)
  return own(kinds, `${currentGroup(group, kind)}/${kind}`)
}

/** Kinds that left the group `extensions`, with the group that serves them now. */
const leavers: Record<string, string> = {
  DaemonSet: 'apps',
  Deployment: 'apps',
  ReplicaSet: 'apps',
  Ingress: 'networking.k8s.io',
  NetworkPolicy: 'networking.k8s.io',
  PodSecurityPolicy: 'policy',
}

/**
 * The group that serves a kind today: both names mean the same objects.
 * Source: Kubernetes, "Deprecated API Migration Guide".
 */
export function currentGroup(group: string, kind: string): string {
  return group === 'extensions' ? (own(leavers, kind) ?? group) : group
}

/** What is known of a field of a value of this shape. `value` helps where nothing is known. */
export function shapeOfField(shape: Shape, field: string, value?: unknown): Shape {
  if (shape?.startsWith('{}')) return shape.slice(2)
  const fields = shape && own(types, shape)
  return fields ? own(fields, field) : guess(field, value)
}

export function shapeOfItem(shape: Shape): Shape {
  return shape?.startsWith('[') ? shape.slice(shape.indexOf(']') + 1) || undefined : undefined
}

/** `map` with its keys, `set`, `whole`, or undefined where nothing is known of the list. */
export function listTypeOf(shape: Shape): { type: 'map' | 'set' | 'whole'; keys: string[] } | undefined {
  if (!shape?.startsWith('[')) return undefined
  const keys = shape.slice(1, shape.indexOf(']'))
  if (keys === '') return { type: 'whole', keys: [] }
  return keys === '=' ? { type: 'set', keys: [] } : { type: 'map', keys: keys.split(',') }
}

/** Whether Kubernetes knows the fields of this shape, so that an empty list in it says nothing. */
export function isKnown(shape: Shape): boolean {
  return shape !== undefined && Object.hasOwn(types, shape)
}

/** Custom resources that describe pods use the words of Kubernetes for them. */
const guesses: Record<string, string> = {
  containers: '[name]core.v1.Container',
  initContainers: '[name]core.v1.Container',
  env: '[name]core.v1.EnvVar',
  volumes: '[name]core.v1.Volume',
  volumeMounts: '[mountPath]core.v1.VolumeMount',
  resources: 'core.v1.ResourceRequirements',
  metadata: 'meta.v1.ObjectMeta',
}

function guess(field: string, value: unknown): Shape {
  if (isFields(value) && Array.isArray(value.containers)) return 'core.v1.PodSpec'
  if (isFields(value) && isFields(value.spec) && Array.isArray(value.spec.containers))
    return 'core.v1.PodTemplateSpec'
  const shape = own(guesses, field)
  return shape?.startsWith('[') === Array.isArray(value) ? shape : undefined
}

/** Untrusted names such as `constructor` must not find what every object inherits. */
function own<T>(entries: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined
}
