import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import { isSame } from './compare-values.ts'
import { normalise, withDefaults } from './defaults.ts'
import { apiVersionOf, type Kind } from './kinds.ts'
import { applyFields, type Conflict, updateFields, type Writer } from './managed-fields.ts'
import { storageKind } from './served-kinds.ts'
import { StatusError } from './status-error.ts'
import type { Storage } from './storage.ts'
import { duplicateItems, unknownFields, validateObject } from './validate-object.ts'

/** Refuses a write as an admission webhook would: the message, or undefined to let it pass. */
export type Admission = (
  object: KubernetesObject,
  operation: 'CREATE' | 'UPDATE' | 'DELETE',
) => string | undefined

export interface WriteOptions {
  manager: string
  subresource?: 'status'
  isDryRun?: boolean
  isStrict?: boolean
}

/** The verbs of the API server on its storage. */
export interface Api {
  get(kind: Kind, namespace: string, name: string): KubernetesObject | undefined
  create(kind: Kind, object: KubernetesObject, options: WriteOptions): KubernetesObject
  /** Changes the live object; the result is written as an update by `manager`. */
  update(
    kind: Kind,
    namespace: string,
    name: string,
    change: (live: KubernetesObject) => KubernetesObject,
    options: WriteOptions,
  ): KubernetesObject
  apply(
    kind: Kind,
    object: KubernetesObject,
    options: WriteOptions & { force: boolean },
  ): { object: KubernetesObject; isNew: boolean }
  delete(
    kind: Kind,
    namespace: string,
    name: string,
    preconditions: { uid?: string; resourceVersion?: string },
    options?: { isDryRun?: boolean },
  ): KubernetesObject
}

export function createApi(storage: Storage, clock: Clock, random: Random, admission: () => Admission[]): Api {
  const writerOf = (kind: Kind, options: WriteOptions): Writer => ({
    manager: options.manager,
    apiVersion: apiVersionOf(kind),
    time: timestamp(clock),
    ...(options.subresource === undefined ? {} : { subresource: options.subresource }),
  })
  const admit = (object: KubernetesObject, operation: 'CREATE' | 'UPDATE' | 'DELETE') => {
    const refusal = admission()
      .map((rule) => rule(object, operation))
      .find((message) => message !== undefined)
    if (refusal !== undefined)
      throw new StatusError(403, 'Forbidden', `admission webhook denied the request: ${refusal}`)
  }
  const demandNamespace = (kind: Kind, object: KubernetesObject) => {
    if (!kind.isNamespaced) return
    const namespace = storage.get('/Namespace', '', object.metadata.namespace ?? '')
    if (namespace === undefined)
      throw new StatusError(404, 'NotFound', `namespaces "${object.metadata.namespace}" not found`)
    if (namespace.metadata.deletionTimestamp !== undefined)
      throw new StatusError(
        403,
        'Forbidden',
        `${kind.plural} "${object.metadata.name}" is forbidden: unable to create new content in namespace ${namespace.metadata.name} because it is being terminated`,
        [
          {
            reason: 'NamespaceTerminating',
            message: 'namespace is being terminated',
            field: 'metadata.namespace',
          },
        ],
      )
  }
  const demandKnownFields = (kind: Kind, object: KubernetesObject, options: WriteOptions) => {
    const unknown = options.isStrict ? unknownFields(kind.schema, object) : []
    if (unknown.length > 0)
      throw new StatusError(
        400,
        'BadRequest',
        `strict decoding error: ${unknown.map((field) => `unknown field "${field}"`).join(', ')}`,
      )
  }
  const createNew = (kind: Kind, object: KubernetesObject, options: WriteOptions) => {
    demandNamespace(kind, object)
    const born = {
      ...object,
      metadata: { ...object.metadata, uid: random.uuid(), creationTimestamp: timestamp(clock) },
    }
    if (kind.hasGeneration) born.metadata.generation = 1
    admit(born, 'CREATE')
    const complete = allocate(born, random)
    validateObject(kind, undefined, complete)
    return options.isDryRun ? complete : storage.put(storageKind(kind), complete)
  }
  const store = (kind: Kind, live: KubernetesObject, next: KubernetesObject, options: WriteOptions) => {
    if (isSameButTimes(live, next)) return live
    admit(next, 'UPDATE')
    validateObject(kind, live, next)
    const hasNewSpec = kind.hasGeneration && !isSame(withoutStatus(live), withoutStatus(next))
    if (hasNewSpec)
      next = { ...next, metadata: { ...next.metadata, generation: (live.metadata.generation ?? 0) + 1 } }
    if (options.isDryRun) return next
    if (next.metadata.deletionTimestamp !== undefined && finalizersOf(next).length === 0) {
      storage.remove(storageKind(kind), next)
      return next
    }
    return storage.put(storageKind(kind), next)
  }

  return {
    get: (kind, namespace, name) => storage.get(storageKind(kind), namespace, name),
    create(kind, object, options) {
      const name =
        object.metadata.name ?? `${String(object.metadata['generateName'])}${random.uuid().slice(0, 5)}`
      const named = { ...object, metadata: { ...object.metadata, name } }
      if (storage.get(storageKind(kind), named.metadata.namespace ?? '', name))
        throw new StatusError(409, 'AlreadyExists', `${kind.plural} "${name}" already exists`)
      demandKnownFields(kind, named, options)
      const complete = withDefaults(kind.schema, withoutStatusFor(kind, named))
      return createNew(kind, updateFields(kind.schema, undefined, complete, writerOf(kind, options)), options)
    },
    update(kind, namespace, name, change, options) {
      const live = storage.get(storageKind(kind), namespace, name)
      if (live === undefined) throw notFound(kind, name)
      const changed = change(live)
      demandVersion(kind, changed, live)
      demandKnownFields(kind, changed, options)
      const next = withDefaults(kind.schema, keepSystemFields(kind, live, changed, options))
      return store(kind, live, updateFields(kind.schema, live, next, writerOf(kind, options)), options)
    },
    apply(kind, object, options) {
      demandKnownFields(kind, object, options)
      const duplicates = duplicateItems(kind.schema, object)
      if (duplicates.length > 0)
        throw new StatusError(500, '', `failed to create typed patch object: ${duplicates.join(', ')}`)
      const live = storage.get(storageKind(kind), object.metadata.namespace ?? '', object.metadata.name)
      demandVersion(kind, object, live)
      const intent = withoutStatusFor(kind, normalise(kind.schema, object) as KubernetesObject)
      const base = live ?? { ...bare(intent) }
      const outcome = applyFields(kind.schema, base, intent, writerOf(kind, options), options.force)
      if ('conflicts' in outcome) throw applyConflict(outcome.conflicts)
      const complete = withDefaults(kind.schema, outcome.object)
      return live === undefined
        ? { object: createNew(kind, complete, options), isNew: true }
        : { object: store(kind, live, complete, options), isNew: false }
    },
    delete(kind, namespace, name, preconditions, options = {}) {
      const live = storage.get(storageKind(kind), namespace, name)
      if (live === undefined) throw notFound(kind, name)
      if (preconditions.uid !== undefined && preconditions.uid !== live.metadata.uid)
        throw new StatusError(
          409,
          'Conflict',
          `Operation cannot be fulfilled on ${kind.plural} "${name}": Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${live.metadata.uid}`,
        )
      admit(live, 'DELETE')
      if (options.isDryRun) return live
      if (finalizersOf(live).length === 0 && kind.kind !== 'Namespace') {
        storage.remove(storageKind(kind), live)
        return live
      }
      if (live.metadata.deletionTimestamp !== undefined) return live
      return storage.put(storageKind(kind), {
        ...live,
        metadata: { ...live.metadata, deletionTimestamp: timestamp(clock), deletionGracePeriodSeconds: 0 },
      })
    },
  }
}

/** A version in what is sent has to be the one that is stored. */
function demandVersion(kind: Kind, sent: KubernetesObject, live: KubernetesObject | undefined): void {
  const { name, resourceVersion } = sent.metadata
  if (resourceVersion === undefined || resourceVersion === live?.metadata.resourceVersion) return
  throw new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${kind.plural} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
  )
}

export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
}

function notFound(kind: Kind, name: string): StatusError {
  return new StatusError(
    404,
    'NotFound',
    `${kind.plural}${kind.group ? `.${kind.group}` : ''} "${name}" not found`,
  )
}

function applyConflict(conflicts: Conflict[]): StatusError {
  const words = conflicts.map(({ manager, field, entry }) => {
    const using = entry.operation === 'Update' ? ` using ${entry.apiVersion}` : ''
    const sub = entry.subresource ? ` with subresource "${entry.subresource}"` : ''
    return { message: `conflict with "${manager}"${sub}${using}`, field, reason: 'FieldManagerConflict' }
  })
  const count = conflicts.length
  return new StatusError(
    409,
    'Conflict',
    `Apply failed with ${count} conflict${count > 1 ? 's' : ''}: ${words.map(({ message, field }) => `${message}: ${field}`).join(', ')}`,
    words,
  )
}

/** What an object has before anything was applied. */
function bare(object: KubernetesObject): KubernetesObject {
  const { name, namespace } = object.metadata
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: namespace === undefined ? { name } : { name, namespace },
  }
}

function finalizersOf(object: KubernetesObject): string[] {
  return (object.metadata['finalizers'] ?? []) as string[]
}

/** Status is written through its subresource only. */
function withoutStatusFor(kind: Kind, object: KubernetesObject): KubernetesObject {
  if (!kind.hasStatus) return object
  const { status: _, ...rest } = object
  return rest
}

function withoutStatus(object: KubernetesObject): unknown {
  const { status: _, metadata: __, ...rest } = object
  return rest
}

function isSameButTimes(live: KubernetesObject, next: KubernetesObject): boolean {
  const strip = (object: KubernetesObject) => {
    const { resourceVersion: _, managedFields, ...metadata } = object.metadata
    const entries = ((managedFields ?? []) as { time: string }[]).map(({ time: _time, ...entry }) => entry)
    return { ...object, metadata: { ...metadata, managedFields: entries } }
  }
  return isSame(strip(live), strip(next))
}

/** An update cannot change identity; outside its subresource it cannot change status, within it nothing else. */
function keepSystemFields(
  kind: Kind,
  live: KubernetesObject,
  next: KubernetesObject,
  options: WriteOptions,
): KubernetesObject {
  if (options.subresource === 'status') return { ...live, status: next['status'] }
  const { uid, creationTimestamp, generation, deletionTimestamp, resourceVersion } = live.metadata
  const system = { uid, creationTimestamp, generation, deletionTimestamp, resourceVersion }
  const present = Object.fromEntries(Object.entries(system).filter(([, value]) => value !== undefined))
  const status = kind.hasStatus && live['status'] !== undefined ? { status: live['status'] } : {}
  return {
    ...withoutStatusFor(kind, next),
    ...status,
    metadata: { ...next.metadata, name: live.metadata.name, ...present },
  }
}

/** Values that only the server can choose. */
function allocate(object: KubernetesObject, random: Random): KubernetesObject {
  if (object.kind === 'Service') return withClusterIp(object, random)
  if (object.kind === 'Job') return withJobSelector(object)
  return object
}

function withClusterIp(object: KubernetesObject, random: Random): KubernetesObject {
  const spec = (object['spec'] ?? {}) as Record<string, unknown>
  if (spec['type'] === 'ExternalName') return object
  const [high = 0, low = 0] = random.bytes(2)
  const clusterIP = spec['clusterIP'] ?? `10.96.${high}.${low}`
  return { ...object, spec: { ...spec, clusterIP, clusterIPs: spec['clusterIPs'] ?? [clusterIP] } }
}

function withJobSelector(object: KubernetesObject): KubernetesObject {
  const spec = (object['spec'] ?? {}) as { template?: { metadata?: { labels?: object } } }
  const labels = {
    'batch.kubernetes.io/controller-uid': object.metadata.uid,
    'batch.kubernetes.io/job-name': object.metadata.name,
    'job-name': object.metadata.name,
  }
  const template = {
    ...spec.template,
    metadata: { ...spec.template?.metadata, labels: { ...spec.template?.metadata?.labels, ...labels } },
  }
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': object.metadata.uid } }
  return { ...object, spec: { selector, ...spec, template } }
}
