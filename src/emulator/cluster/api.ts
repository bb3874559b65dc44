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
import { unknownFields, validateObject } from './validate-object.ts'
import { withFirstStatus } from './first-status.ts'

/**
 * Refuses a write, or lets it pass (undefined): a message as from an admission webhook, or with the name of a policy
 * as from a ValidatingAdmissionPolicy, which the server calls invalid and not forbidden.
 */
export type Admission = (
  object: KubernetesObject,
  operation: 'CREATE' | 'UPDATE' | 'DELETE',
) => string | { policy: string; message: string } | undefined

export interface WriteOptions {
  manager: string
  subresource?: 'status'
  isDryRun?: boolean
  isStrict?: boolean
}

export interface DeleteOptions {
  preconditions?: { uid?: string; resourceVersion?: string }
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  isDryRun?: boolean
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
    options?: DeleteOptions,
  ): { object: KubernetesObject; isGone: boolean }
}

export function createApi(storage: Storage, clock: Clock, random: Random, admission: () => Admission[]): Api {
  const writerOf = (kind: Kind, options: WriteOptions): Writer => ({
    manager: options.manager,
    apiVersion: apiVersionOf(kind),
    time: timestamp(clock),
    ...(options.subresource === undefined ? {} : { subresource: options.subresource }),
  })
  const admit = (kind: Kind, object: KubernetesObject, operation: 'CREATE' | 'UPDATE' | 'DELETE') => {
    const refusal = admission()
      .map((rule) => rule(object, operation))
      .find((answer) => answer !== undefined)
    if (refusal !== undefined) throw admissionRefusal(kind, object, refusal)
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
            message: `namespace ${namespace.metadata.name} is being terminated`,
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
        `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${unknown.map((field) => `unknown field "${field}"`).join(', ')}`,
      )
  }
  const createNew = (kind: Kind, object: KubernetesObject, options: WriteOptions) => {
    demandNamespace(kind, object)
    const born = {
      ...object,
      metadata: { ...object.metadata, uid: random.uuid(), creationTimestamp: timestamp(clock) },
    }
    if (kind.hasGeneration) born.metadata.generation = 1
    admit(kind, born, 'CREATE')
    const complete = withFirstStatus(allocate(born, random))
    validateObject(kind, undefined, complete)
    return options.isDryRun ? complete : storage.put(storageKind(kind), complete)
  }
  const store = (kind: Kind, live: KubernetesObject, next: KubernetesObject, options: WriteOptions) => {
    if (isSameButTimes(live, next)) return live
    admit(kind, next, 'UPDATE')
    validateObject(kind, live, next)
    const hasNewSpec = kind.hasGeneration && !isSame(withoutStatus(live), withoutStatus(next))
    if (hasNewSpec)
      next = { ...next, metadata: { ...next.metadata, generation: (live.metadata.generation ?? 0) + 1 } }
    if (options.isDryRun) return next
    const isOver = next.metadata.deletionTimestamp !== undefined && finalizersOf(next).length === 0
    if (isOver && kind.kind !== 'Namespace') {
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
        throw new StatusError(409, 'AlreadyExists', `${resourceName(kind)} "${name}" already exists`)
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
      const live = storage.get(storageKind(kind), object.metadata.namespace ?? '', object.metadata.name)
      demandVersion(kind, object, live)
      demandMeant(kind, live, object)
      const stated = withoutIdentity(normalise(kind.schema, object) as KubernetesObject)
      const intent = options.subresource === 'status' ? statusOnly(stated) : withoutStatusFor(kind, stated)
      const base = live ?? { ...bare(intent) }
      const outcome = applyFields(kind.schema, base, intent, writerOf(kind, options), options.force)
      if ('conflicts' in outcome) throw applyConflict(outcome.conflicts)
      const complete = withDefaults(kind.schema, outcome.object)
      return live === undefined
        ? { object: createNew(kind, complete, options), isNew: true }
        : { object: store(kind, live, complete, options), isNew: false }
    },
    delete(kind, namespace, name, options = {}) {
      const live = storage.get(storageKind(kind), namespace, name)
      if (live === undefined) throw notFound(kind, name)
      demandPreconditions(kind, live, options.preconditions ?? {})
      admit(kind, live, 'DELETE')
      const ending = withPropagation(live, options.propagationPolicy)
      const isGone = finalizersOf(ending).length === 0 && kind.kind !== 'Namespace'
      if (options.isDryRun) return { object: live, isGone }
      if (isGone) {
        storage.remove(storageKind(kind), live)
        return { object: live, isGone }
      }
      if (live.metadata.deletionTimestamp !== undefined) return { object: live, isGone }
      const metadata = {
        ...ending.metadata,
        deletionTimestamp: timestamp(clock),
        ...(kind.kind === 'Namespace' ? {} : { deletionGracePeriodSeconds: 0 }),
      }
      const status = kind.kind === 'Namespace' ? { status: { phase: 'Terminating' } } : {}
      return { object: storage.put(storageKind(kind), { ...ending, ...status, metadata }), isGone }
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
    `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
  )
}

function demandPreconditions(
  kind: Kind,
  live: KubernetesObject,
  { uid, resourceVersion }: { uid?: string; resourceVersion?: string },
): void {
  const record = live.metadata
  const refuse = (what: string, given: string, actual: string, so: string) => {
    throw new StatusError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${kind.kind} "${record.name}": the ${what} in the precondition (${given}) does not match the ${what} in record (${actual}). The object might have been ${so}`,
    )
  }
  if (uid !== undefined && uid !== record.uid)
    refuse('UID', uid, record.uid ?? '', 'deleted and then recreated')
  if (resourceVersion !== undefined && resourceVersion !== record.resourceVersion)
    refuse('ResourceVersion', resourceVersion, record.resourceVersion ?? '', 'modified')
}

/** What an owner waits for before it goes. */
function withPropagation(
  object: KubernetesObject,
  policy: DeleteOptions['propagationPolicy'],
): KubernetesObject {
  const names: Record<string, string> = { Foreground: 'foregroundDeletion', Orphan: 'orphan' }
  const finalizer = names[policy ?? '']
  if (finalizer === undefined || finalizersOf(object).includes(finalizer)) return object
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizersOf(object), finalizer] } }
}

/** An apply may say by its uid which object it means. */
function demandMeant(kind: Kind, live: KubernetesObject | undefined, object: KubernetesObject): void {
  const { uid, name } = object.metadata
  if (uid === undefined || uid === live?.metadata.uid) return
  if (live === undefined) {
    const because = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
    const words = `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${because}`
    throw new StatusError(409, 'Conflict', words)
  }
  const message = `Invalid value: "${uid}": field is immutable`
  const cause = { reason: 'FieldValueInvalid', message, field: 'metadata.uid' }
  const words = `${kind.kind} "${name}" is invalid: metadata.uid: ${message}`
  throw new StatusError(422, 'Invalid', words, [cause, cause])
}

/** What was only said to mean an object is not applied to it. */
function withoutIdentity(object: KubernetesObject): KubernetesObject {
  const { uid: _, resourceVersion: __, ...metadata } = object.metadata
  return { ...object, metadata }
}

function statusOnly({ apiVersion, kind, metadata, status }: KubernetesObject): KubernetesObject {
  const { name, namespace } = metadata
  return { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, status }
}

function resourceName(kind: Kind): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
}

function admissionRefusal(
  kind: Kind,
  { metadata }: KubernetesObject,
  refusal: string | { policy: string; message: string },
): StatusError {
  if (typeof refusal === 'string')
    return new StatusError(403, 'Forbidden', `admission webhook denied the request: ${refusal}`)
  const { policy } = refusal
  const message = `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${refusal.message}`
  const words = `${resourceName(kind)} "${metadata.name}" is forbidden: ${message}`
  return new StatusError(422, 'Invalid', words, [{ message }])
}

export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
}

export function notFound(kind: Kind, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${resourceName(kind)} "${name}" not found`)
}

function applyConflict(conflicts: Conflict[]): StatusError {
  const words = conflicts.map(({ manager, field, entry }) => {
    const using = entry.operation === 'Update' ? ` using ${entry.apiVersion}` : ''
    const sub = entry.subresource ? ` with subresource "${entry.subresource}"` : ''
    return { message: `conflict with "${manager}"${sub}${using}`, field, reason: 'FieldManagerConflict' }
  })
  return new StatusError(409, 'Conflict', conflictMessage(words), words)
}

/** One conflict in one line; several by manager. */
function conflictMessage(words: { message: string; field: string }[]): string {
  if (words.length === 1) return `Apply failed with 1 conflict: ${words[0]!.message}: ${words[0]!.field}`
  const parts = [...Map.groupBy(words, ({ message }) => message)].map(([message, fields]) =>
    [`${message.replace('conflict', 'conflicts')}:`, ...fields.map(({ field }) => `- ${field}`)].join('\n'),
  )
  return `Apply failed with ${words.length} conflicts: ${parts.join('\n')}`
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
  const { namespace, uid, creationTimestamp, generation, deletionTimestamp, resourceVersion } = live.metadata
  const system = { namespace, uid, creationTimestamp, generation, deletionTimestamp, resourceVersion }
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
  if (object.kind === 'DaemonSet')
    return withMetadata(object, 'annotations', { 'deprecated.daemonset.template.generation': '1' })
  if (object.kind === 'PersistentVolumeClaim') {
    const finalizers = [...new Set([...finalizersOf(object), 'kubernetes.io/pvc-protection'])]
    return { ...object, metadata: { ...object.metadata, finalizers } }
  }
  return object
}

function withMetadata(
  object: KubernetesObject,
  field: 'labels' | 'annotations',
  more: object,
): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, [field]: { ...more, ...object.metadata[field] } } }
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
    'controller-uid': object.metadata.uid,
    'job-name': object.metadata.name,
  }
  const template = {
    ...spec.template,
    metadata: { ...spec.template?.metadata, labels: { ...spec.template?.metadata?.labels, ...labels } },
  }
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': object.metadata.uid } }
  // A job without labels of its own has those of its pods.
  const named =
    object.metadata.labels === undefined ? withMetadata(object, 'labels', template.metadata.labels) : object
  return { ...named, spec: { selector, ...spec, template } }
}
