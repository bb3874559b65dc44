import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { type Fields, isFields } from './fields.ts'

/** Where each kind keeps its pods' description. */
const templatePaths = new Map<string, readonly string[]>([
  ['Pod', []],
  ['PodTemplate', ['template']],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'Rollout'].map(
    (kind) => [kind, ['spec', 'template']] as const,
  ),
])

export interface PodTemplate {
  /** Dotted place of the pod's spec: `spec.template.spec`. */
  path: string
  metadata: Fields
  spec: Fields
}

/** The description of the pods that an object makes; undefined where it makes none. */
export function podTemplateOf(object: KubernetesObject | undefined): PodTemplate | undefined {
  const path = object && templatePaths.get(object.kind)
  if (!path) return undefined
  const template = valueAt(object, path)
  if (!isFields(template) || !isFields(template.spec)) return undefined
  const metadata = isFields(template.metadata) ? template.metadata : {}
  return { path: [...path, 'spec'].join('.'), metadata, spec: template.spec }
}

export interface Container {
  name: string
  /** `spec.template.spec.containers[app]` */
  path: string
  fields: Fields
}

/** All containers of an object's pods, init containers too. */
export function containersOf(object: KubernetesObject | undefined): Container[] {
  const template = podTemplateOf(object)
  if (!template) return []
  return ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
    listAt(template.spec, list).map((fields) => {
      const name = String(fields.name ?? '')
      return { name, path: `${template.path}.${list}[${name}]`, fields }
    }),
  )
}

/** The value at a path of fields; undefined where it ends early. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, field) => (isFields(inner) && Object.hasOwn(inner, field) ? inner[field] : undefined),
    value,
  )
}

/** The maps of the list at a path; empty where there is none. */
export function listAt(value: unknown, ...path: string[]): Fields[] {
  const list = valueAt(value, path)
  return Array.isArray(list) ? list.filter(isFields) : []
}
