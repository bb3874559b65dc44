import * as models from '@kubernetes/client-node/dist/gen/models/all.js'

/**
 * The shape of a value as server-side apply sees it. Structs have known fields, maps have free keys;
 * an atomic one is owned as a whole. A list with keys is a map of items, a set has scalar members, else it is atomic.
 */
export type Schema =
  | { kind: 'scalar'; format?: 'quantity' | 'bytes'; type?: ScalarType; minimum?: number }
  | {
      kind: 'struct'
      isAtomic: boolean
      field(name: string): Schema | undefined
      /** Of fields, where the schema has them. */
      defaults?: Record<string, unknown>
    }
  | { kind: 'map'; isAtomic: boolean; value: Schema }
  | { kind: 'list'; by: 'atomic' | 'set' | 'keys'; keys: readonly string[]; item: Schema }
  | { kind: 'any' }

/** What a scalar may be; absent: anything. */
export type ScalarType = 'string' | 'numeric' | 'boolean'

interface Attribute {
  baseName: string
  type: string
  format: string
}

const generated = models as unknown as Record<string, { getAttributeTypeMap?(): Attribute[] } | undefined>

/** x-kubernetes-list-map-keys of the published OpenAPI description, by `Type.field`. */
const listKeys: Record<string, readonly string[]> = {
  'V1PodSpec.containers': ['name'],
  'V1PodSpec.initContainers': ['name'],
  'V1PodSpec.ephemeralContainers': ['name'],
  'V1PodSpec.volumes': ['name'],
  'V1PodSpec.imagePullSecrets': ['name'],
  'V1PodSpec.hostAliases': ['ip'],
  'V1PodSpec.resourceClaims': ['name'],
  'V1PodSpec.schedulingGates': ['name'],
  'V1PodSpec.topologySpreadConstraints': ['topologyKey', 'whenUnsatisfiable'],
  'V1Container.env': ['name'],
  'V1Container.ports': ['containerPort', 'protocol'],
  'V1Container.volumeMounts': ['mountPath'],
  'V1Container.volumeDevices': ['devicePath'],
  'V1ResourceRequirements.claims': ['name'],
  'V1ServiceSpec.ports': ['port', 'protocol'],
  'V1ServiceAccount.secrets': ['name'],
  'V1ObjectMeta.ownerReferences': ['uid'],
  'V1ValidatingWebhookConfiguration.webhooks': ['name'],
  'V1MutatingWebhookConfiguration.webhooks': ['name'],
  'V1PodStatus.podIPs': ['ip'],
}

/** Status conditions are keyed by type, but for these. */
const atomicConditions = new Set(['V1JobStatus.conditions'])

/** x-kubernetes-list-type: set. */
const setLists = new Set(['V1ObjectMeta.finalizers'])

/** x-kubernetes-map-type: atomic, on types. */
const atomicTypes = new Set([
  'V1LabelSelector',
  'V1LocalObjectReference',
  'V1ObjectReference',
  'V1TypedLocalObjectReference',
  'V1SecretKeySelector',
  'V1ConfigMapKeySelector',
  'V1ObjectFieldSelector',
  'V1ResourceFieldSelector',
  'V1NodeSelector',
  'V1ScopeSelector',
  'V1RoleRef',
  'RbacV1Subject',
])

/** x-kubernetes-map-type: atomic, on fields. */
const atomicMaps = new Set(['V1ServiceSpec.selector', 'V1PodSpec.nodeSelector'])

/** Fields whose strings are resource quantities. */
const quantities = new Set([
  'V1ResourceRequirements.limits',
  'V1ResourceRequirements.requests',
  'V1VolumeResourceRequirements.limits',
  'V1VolumeResourceRequirements.requests',
  'V1EmptyDirVolumeSource.sizeLimit',
  'V1ResourceQuotaSpec.hard',
  'V1LimitRangeItem.default',
  'V1LimitRangeItem.defaultRequest',
  'V1LimitRangeItem.max',
  'V1LimitRangeItem.min',
  'V1PersistentVolumeSpec.capacity',
  'V1PersistentVolumeClaimStatus.capacity',
  'V2MetricTarget.averageValue',
  'V2MetricTarget.value',
])

const structs = new Map<string, Schema>()

/** The schema of a type of the generated Kubernetes model, e.g. `V1Deployment`. */
export function schemaOfType(type: string, where = ''): Schema {
  const list = /^Array<(.+)>$/.exec(type)
  if (list) return listSchema(list[1]!, where)
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)
  if (map) return { kind: 'map', isAtomic: atomicMaps.has(where), value: schemaOfType(map[1]!, where) }
  if (quantities.has(where)) return { kind: 'scalar', format: 'quantity' }
  if (type === 'any') return { kind: 'any' }
  const attributes = generated[type]?.getAttributeTypeMap?.()
  if (attributes !== undefined && attributes.length > 0) return structSchema(type, attributes)
  const scalar = scalarTypes[type]
  return scalar === undefined ? { kind: 'scalar' } : { kind: 'scalar', type: scalar }
}

/** `any` and dates are left to the server's own validation. */
const scalarTypes: Record<string, ScalarType | undefined> = {
  string: 'string',
  number: 'numeric',
  integer: 'numeric',
  boolean: 'boolean',
}

function listSchema(item: string, where: string): Schema {
  const keys =
    listKeys[where] ?? (where.endsWith('.conditions') && !atomicConditions.has(where) ? ['type'] : [])
  const by = keys.length > 0 ? 'keys' : setLists.has(where) ? 'set' : 'atomic'
  return { kind: 'list', by, keys, item: schemaOfType(item, where) }
}

function structSchema(type: string, attributes: Attribute[]): Schema {
  const known = structs.get(type)
  if (known) return known
  const types = new Map(attributes.map((attribute) => [attribute.baseName, attribute.type]))
  const fields = new Map<string, Schema>()
  const schema: Schema = {
    kind: 'struct',
    isAtomic: atomicTypes.has(type),
    field(name) {
      const fieldType = types.get(name)
      if (fieldType === undefined) return undefined
      const made = fields.get(name) ?? schemaOfType(fieldType, `${type}.${name}`)
      fields.set(name, made)
      return made
    },
  }
  structs.set(type, schema)
  return schema
}

/** The schema of a custom resource: typed metadata, everything else as the CRD's OpenAPI schema says. */
export function schemaOfCustomResource(openApi: unknown): Schema {
  const metadata = schemaOfType('V1ObjectMeta')
  const body = schemaOfOpenApi(openApi)
  return {
    kind: 'struct',
    isAtomic: false,
    field(name) {
      if (name === 'metadata') return metadata
      if (name === 'apiVersion' || name === 'kind') return { kind: 'scalar' }
      return body.kind === 'struct' ? body.field(name) : { kind: 'any' }
    },
  }
}

function schemaOfOpenApi(source: unknown): Schema {
  const schema = (source ?? {}) as Record<string, unknown>
  if (schema['x-kubernetes-preserve-unknown-fields'] === true || schema['type'] === undefined)
    return { kind: 'any' }
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic'
  if (schema['type'] === 'array') {
    const by = schema['x-kubernetes-list-type']
    return {
      kind: 'list',
      by: by === 'map' ? 'keys' : by === 'set' ? 'set' : 'atomic',
      keys: (schema['x-kubernetes-list-map-keys'] as string[] | undefined) ?? [],
      item: schemaOfOpenApi(schema['items']),
    }
  }
  if (schema['type'] !== 'object') {
    const type = scalarTypes[String(schema['type'])]
    const minimum = schema['minimum'] as number | undefined
    return { kind: 'scalar', ...(type && { type }), ...(minimum !== undefined && { minimum }) }
  }
  if (schema['additionalProperties'] !== undefined)
    return { kind: 'map', isAtomic, value: schemaOfOpenApi(schema['additionalProperties']) }
  const properties = new Map(Object.entries((schema['properties'] as object | undefined) ?? {}))
  if (properties.size === 0) return { kind: 'any' }
  const defaults = [...properties].flatMap(([name, property]) =>
    isWithDefault(property) ? [[name, property.default]] : [],
  )
  return {
    kind: 'struct',
    isAtomic,
    defaults: Object.fromEntries(defaults) as Record<string, unknown>,
    field: (name) => (properties.has(name) ? schemaOfOpenApi(properties.get(name)) : undefined),
  }
}

function isWithDefault(property: unknown): property is { default: unknown } {
  return typeof property === 'object' && property !== null && 'default' in property
}
