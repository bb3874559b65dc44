import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { immutableCauses } from './immutable-fields.ts'
import { isMap } from './field-set.ts'
import type { Kind } from './kinds.ts'
import type { Schema } from './schema.ts'
import { type Cause, StatusError } from './status-error.ts'

type Value = Record<string, unknown>

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

/** Refuses what the server's validation refuses: names, required fields, selectors, immutable fields. */
export function validateObject(kind: Kind, live: KubernetesObject | undefined, next: KubernetesObject): void {
  const causes = [
    ...nameCauses(next),
    ...sizeCauses(next),
    ...schemaCauses(kind.schema, next, ''),
    ...(live === undefined ? [] : finalizerCauses(live, next)),
    ...(rulesByKind[next.kind]?.(next) ?? []),
    ...(live === undefined ? [] : immutableCauses(live, next)),
  ]
  if (causes.length === 0) return
  const words = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))]
  const details = words.length === 1 ? words[0] : `[${words.join(', ')}]`
  const name = next.metadata.name
  throw new StatusError(
    422,
    'Invalid',
    `${next.kind}${kind.group ? `.${kind.group}` : ''} "${name}" is invalid: ${details}`,
    causes,
  )
}

function nameCauses(object: KubernetesObject): Cause[] {
  const { name } = object.metadata
  const isValid = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)
  const isFree = object.kind.endsWith('Role') || object.kind.endsWith('RoleBinding')
  return isValid || isFree ? [] : [invalid('metadata.name', `Invalid value: "${name}": ${nameRule}`)]
}

const nameRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

/** Bytes of all annotations, and of a ConfigMap's or a Secret's data. */
const largestAnnotations = 256 * 1024
const largestData = 1024 * 1024

function sizeCauses(object: KubernetesObject): Cause[] {
  const tooLong = (field: string, value: unknown, limit: number): Cause[] =>
    bytesOf(value) > limit
      ? [{ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${limit} bytes`, field }]
      : []
  const causes = tooLong('metadata.annotations', object.metadata.annotations, largestAnnotations)
  if (object.kind === 'ConfigMap') causes.push(...tooLong('[]', object['data'], largestData))
  if (object.kind === 'Secret') causes.push(...tooLong('data', object['data'], largestData))
  return causes
}

function bytesOf(texts: unknown): number {
  const sizes = Object.entries((texts ?? {}) as Record<string, string>)
  return sizes.reduce((sum, [name, text]) => sum + Buffer.byteLength(name) + Buffer.byteLength(text), 0)
}

/** Numbers below what the schema of a custom kind allows. */
function schemaCauses(schema: Schema, value: unknown, path: string): Cause[] {
  if (schema.kind === 'scalar' && schema.minimum !== undefined && typeof value === 'number')
    return value < schema.minimum ? [tooSmall(path, value, schema.minimum)] : []
  if (Array.isArray(value))
    return schema.kind === 'list'
      ? value.flatMap((item, index) => schemaCauses(schema.item, item, `${path}[${index}]`))
      : []
  if (!isMap(value) || schema.kind !== 'struct') return []
  return Object.entries(value).flatMap(([field, child]) =>
    schemaCauses(schema.field(field) ?? { kind: 'any' }, child, path === '' ? field : `${path}.${field}`),
  )
}

function tooSmall(path: string, value: number, minimum: number): Cause {
  const rule = `${path} in body should be greater than or equal to ${minimum}`
  return invalid(path, `Invalid value: ${value}: ${rule}`)
}

/** The server checks this twice, and says it twice. */
function finalizerCauses(live: KubernetesObject, next: KubernetesObject): Cause[] {
  if (live.metadata.deletionTimestamp === undefined) return []
  const before = (live.metadata['finalizers'] ?? []) as string[]
  const more = ((next.metadata['finalizers'] ?? []) as string[]).filter((name) => !before.includes(name))
  if (more.length === 0) return []
  const found = `[]string{${more.map((name) => `"${name}"`).join(', ')}}`
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${found}`
  const cause = { reason: 'FieldValueForbidden', message, field: 'metadata.finalizers' }
  return [cause, cause]
}

function workloadCauses(object: Value): Cause[] {
  const spec = (object['spec'] ?? {}) as Value
  const template = (spec['template'] ?? {}) as Value
  const labels = ((template['metadata'] as Value | undefined)?.['labels'] ?? {}) as Value
  const selector = ((spec['selector'] as Value | undefined)?.['matchLabels'] ?? {}) as Value
  const causes = containerCauses((template['spec'] ?? {}) as Value, 'spec.template.spec')
  if (spec['selector'] === undefined) causes.push(required('spec.selector'))
  const isMatch = Object.entries(selector).every(([key, value]) => labels[key] === value)
  if (spec['selector'] === undefined || !isMatch)
    causes.push(
      invalid(
        'spec.template.metadata.labels',
        `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``,
      ),
    )
  if (typeof spec['replicas'] === 'number' && spec['replicas'] < 0)
    causes.push(
      invalid('spec.replicas', `Invalid value: ${spec['replicas']}: must be greater than or equal to 0`),
    )
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
  CronJob: (object) => {
    const schedule = String((object['spec'] as Value | undefined)?.['schedule'] ?? '')
    const parts = schedule.split(' ').filter((part) => part !== '')
    if (parts.length === 5 || schedule.startsWith('@')) return []
    const rule = `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`
    return [invalid('spec.schedule', `Invalid value: "${schedule}": ${rule}`)]
  },
  Pod: (object) => containerCauses((object['spec'] ?? {}) as Value, 'spec'),
  Service: (object) => {
    const spec = (object['spec'] ?? {}) as Value
    const isPortless = spec['type'] === 'ExternalName' || spec['clusterIP'] === 'None'
    return ((spec['ports'] ?? []) as unknown[]).length === 0 && !isPortless ? [required('spec.ports')] : []
  },
}

function invalid(field: string, message: string): Cause {
  return { reason: 'FieldValueInvalid', message, field }
}

function required(field: string): Cause {
  return { reason: 'FieldValueRequired', message: 'Required value', field }
}
