import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { isSame } from './compare-values.ts'
import { isMap, itemElement } from './field-set.ts'
import type { Kind } from './kinds.ts'
import type { Schema } from './schema.ts'
import { StatusError } from './status-error.ts'

type Value = Record<string, unknown>

export interface Cause {
  reason: string
  message: string
  field: string
}

/** Fields that the kind does not have, dotted: what `fieldValidation=Strict` refuses. */
export function unknownFields(schema: Schema, value: unknown, path = ''): string[] {
  if (Array.isArray(value))
    return schema.kind === 'list'
      ? value.flatMap((item, index) => unknownFields(schema.item, item, `${path}[${index}]`))
      : []
  if (!isMap(value)) return []
  return Object.entries(value).flatMap(([field, child]) => {
    const where = path === '' ? field : `${path}.${field}`
    if (schema.kind === 'map') return unknownFields(schema.value, child, where)
    if (schema.kind !== 'struct') return []
    const below = schema.field(field)
    return below === undefined ? [where] : unknownFields(below, child, where)
  })
}

/** Server-side apply cannot tell items with equal keys apart and fails on them. */
export function duplicateItems(schema: Schema, value: unknown, path = ''): string[] {
  if (Array.isArray(value)) {
    if (schema.kind !== 'list') return []
    const seen = new Set<string>()
    return value.flatMap((item) => {
      const element = schema.by === 'atomic' ? undefined : itemElement(schema, item)
      const isDuplicate = element !== undefined && seen.has(element)
      if (element !== undefined) seen.add(element)
      const below = duplicateItems(schema.item, item, `${path}[]`)
      return isDuplicate ? [`${path}: duplicate entries for key [${element}]`, ...below] : below
    })
  }
  if (!isMap(value)) return []
  return Object.entries(value).flatMap(([field, child]) => {
    const below =
      schema.kind === 'struct' ? schema.field(field) : schema.kind === 'map' ? schema.value : undefined
    return below === undefined ? [] : duplicateItems(below, child, `${path}.${field}`)
  })
}

/** Refuses what the server's validation refuses: names, required fields, selectors, immutable fields. */
export function validateObject(kind: Kind, live: KubernetesObject | undefined, next: KubernetesObject): void {
  const causes = [
    ...nameCauses(next),
    ...(rulesByKind[next.kind]?.(next) ?? []),
    ...(live === undefined ? [] : immutableCauses(live, next)),
  ]
  if (causes.length === 0) return
  const details = causes.map(({ field, message }) => `${field}: ${message}`).join(', ')
  const name = next.metadata.name
  throw new StatusError(
    422,
    'Invalid',
    `${next.kind}${kind.group ? `.${kind.group}` : ''} "${name}" is invalid: ${details}`,
    causes,
  )
}

function nameCauses(object: KubernetesObject): Cause[] {
  const isValid = /^[a-z0-9]([-a-z0-9.:]*[a-z0-9])?$/.test(object.metadata.name)
  const isFree = object.kind.endsWith('Role') || object.kind.endsWith('RoleBinding')
  if (isValid || isFree) return []
  return [
    invalid('metadata.name', `Invalid value: "${object.metadata.name}": a lowercase RFC 1123 subdomain`),
  ]
}

function workloadCauses(object: Value): Cause[] {
  const spec = (object['spec'] ?? {}) as Value
  const template = (spec['template'] ?? {}) as Value
  const labels = ((template['metadata'] as Value | undefined)?.['labels'] ?? {}) as Value
  const selector = ((spec['selector'] as Value | undefined)?.['matchLabels'] ?? {}) as Value
  const causes = containerCauses((template['spec'] ?? {}) as Value, 'spec.template.spec')
  if (spec['selector'] === undefined) causes.push(required('spec.selector'))
  if (Object.entries(selector).some(([key, value]) => labels[key] !== value))
    causes.push(invalid('spec.template.metadata.labels', '`selector` does not match template `labels`'))
  if (typeof spec['replicas'] === 'number' && spec['replicas'] < 0)
    causes.push(invalid('spec.replicas', 'must be greater than or equal to 0'))
  return causes
}

function containerCauses(pod: Value, path: string): Cause[] {
  const containers = (pod['containers'] ?? []) as Value[]
  if (containers.length === 0) return [required(`${path}.containers`)]
  return containers.flatMap((container, index) => {
    const where = `${path}.containers[${index}]`
    return ['name', 'image']
      .filter((field) => !container[field])
      .map((field) => required(`${where}.${field}`))
  })
}

const rulesByKind: Record<string, (object: Value) => Cause[]> = {
  Deployment: workloadCauses,
  StatefulSet: workloadCauses,
  DaemonSet: workloadCauses,
  ReplicaSet: workloadCauses,
  Job: (object) => {
    const template = ((object['spec'] as Value | undefined)?.['template'] ?? {}) as Value
    return containerCauses((template['spec'] ?? {}) as Value, 'spec.template.spec')
  },
  Pod: (object) => containerCauses((object['spec'] ?? {}) as Value, 'spec'),
  Service: (object) => {
    const spec = (object['spec'] ?? {}) as Value
    const isPortless = spec['type'] === 'ExternalName' || spec['clusterIP'] === 'None'
    return ((spec['ports'] ?? []) as unknown[]).length === 0 && !isPortless ? [required('spec.ports')] : []
  },
}

/** Paths that cannot change once set, by kind. */
const immutableFields: Record<string, string[]> = {
  Deployment: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  DaemonSet: ['spec.selector'],
  StatefulSet: ['spec.selector', 'spec.serviceName', 'spec.volumeClaimTemplates', 'spec.podManagementPolicy'],
  Job: ['spec.selector', 'spec.template', 'spec.completions'],
  Service: ['spec.clusterIP'],
  PersistentVolumeClaim: ['spec.storageClassName', 'spec.accessModes', 'spec.volumeName'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  Secret: ['type'],
  StorageClass: ['provisioner', 'parameters'],
}

function immutableCauses(live: KubernetesObject, next: KubernetesObject): Cause[] {
  const fields = [...(immutableFields[next.kind] ?? [])]
  if (live['immutable'] === true) fields.push('data', 'binaryData', 'immutable')
  return fields
    .filter((path) => at(live, path) !== undefined && !isSame(at(live, path), at(next, path)))
    .map((path) => invalid(path, 'field is immutable'))
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, field) => (isMap(node) ? node[field] : undefined), value)
}

function invalid(field: string, message: string): Cause {
  return { reason: 'FieldValueInvalid', message, field }
}

function required(field: string): Cause {
  return { reason: 'FieldValueRequired', message: 'Required value', field }
}
