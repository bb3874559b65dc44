import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { ApplyResult, ReplaceResult } from '../../ports/cluster.ts'
import {
  isOfGoneVersion,
  isTooLargeObject,
  isUnreadableObject,
  type Reply,
  type Status,
} from './http-client.ts'
import { conversionFault, type TypedPatchFault, typedPatchFaults } from './typed-patch-faults.ts'

/**
 * What an API server's answer to an apply means; undefined where it is none of the expected ones. `sent`: the answer has
 * metadata only, and is to be completed with it.
 */
export function toApplyResult(reply: Reply, sent?: KubernetesObject): ApplyResult | undefined {
  const status = (reply.body ?? {}) as Status
  if (reply.status === 200 || reply.status === 201)
    return { kind: 'applied', object: withAnswer(sent, reply.body as KubernetesObject) }
  if (reply.status === 409) return { kind: 'conflict', conflicts: conflictsOf(status) }
  if (reply.status === 422 && isDeniedByPolicy(status))
    return { kind: 'denied', reason: deniedReason(status) }
  if (reply.status === 422)
    return {
      kind: 'invalid',
      fields: fieldsOf(status),
      reason: invalidReason(status),
      immutable: immutableFieldsOf(status),
    }
  if (reply.status === 400)
    return {
      kind: 'invalid',
      fields: unknownFieldsOf(status),
      reason: badRequestReason(status),
      immutable: [],
    }
  if (isOfGoneVersion(reply)) return { kind: 'gone-version' }
  if (isUnreadableObject(reply)) return unreadableResult(status)
  if (isTooLargeObject(reply)) return { kind: 'invalid', fields: [], reason: tooLarge, immutable: [] }
  if (reply.status === 403) return { kind: 'denied', reason: deniedReason(status) }
  if (reply.status === 404 && isMissingNamespace(status))
    return { kind: 'denied', reason: withoutValues(status.message ?? '') }
  if (reply.status === 404) return { kind: 'unknown-kind' }
  return undefined
}

/** What an API server's answer to a write of the whole object means; undefined where it is none of the expected ones. */
export function toReplaceResult(object: KubernetesObject, reply: Reply): ReplaceResult | undefined {
  const status = (reply.body ?? {}) as Status
  if (reply.status === 200 || reply.status === 201) {
    return { kind: 'replaced', object: withAnswer(object, reply.body as KubernetesObject) }
  }
  if (reply.status === 403 || (reply.status === 422 && isDeniedByPolicy(status)))
    return { kind: 'denied', reason: deniedReason(status) }
  return reply.status === 404 && isMissingNamespace(status) ? { kind: 'no-namespace' } : undefined
}

function withAnswer(sent: KubernetesObject | undefined, answer: KubernetesObject): KubernetesObject {
  return sent === undefined ? answer : { ...sent, metadata: answer.metadata }
}

const tooLarge = 'it is larger than the cluster stores (1.5 MiB)'

/** Server-side apply could not read the object by the server's own schema. */
function unreadableResult(status: Status): ApplyResult {
  const unconverted = conversionFault(status.message ?? '')
  if (unconverted !== undefined) return { kind: 'invalid', fields: [], reason: unconverted, immutable: [] }
  const faults = typedPatchFaults(status.message ?? '')
  const words = faults.map(({ field, fault }) => describeTypedFault(field, fault))
  const reason = words.join('; ').slice(0, 500) || 'the API server could not read the object'
  return { kind: 'invalid', fields: faults.map(({ field }) => field), reason, immutable: [] }
}

function describeTypedFault(field: string, fault: TypedPatchFault['fault']): string {
  if (fault !== 'unknown field') return `${field}: ${fault}`
  return `${fault}: ${field} (this API server is older than the field, or its schema does not have it)`
}

/** A ValidatingAdmissionPolicy's refusal is called invalid by the server; it says nothing of fields. */
function isDeniedByPolicy(status: Status): boolean {
  return /ValidatingAdmissionPolicy '[^']+' with binding '[^']+' denied request/.test(status.message ?? '')
}

/** `conflict with "helm" using apps/v1`: the manager is in the message of each cause. */
function conflictsOf(status: Status): { manager: string; field: string }[] {
  return (status.details?.causes ?? []).map(({ message = '', field = '' }) => ({
    manager: /^conflict with "([^"]*)"/.exec(message)?.[1] ?? 'unknown',
    field,
  }))
}

function fieldsOf(status: Status): string[] {
  return [...new Set((status.details?.causes ?? []).flatMap(({ field }) => (field ? [field] : [])))]
}

/** The causes' messages quote values, a Secret's too: only the fields and the kinds of faults are passed on. */
function invalidReason(status: Status): string {
  const causes = status.details?.causes ?? []
  const faults = causes.map(({ field, reason, message }) => {
    return `${field ?? 'object'}: ${isImmutable(message) ? 'the field is immutable' : describeFault(reason)}`
  })
  return faults.length > 0 ? [...new Set(faults)].join('; ') : 'the API server refused the object'
}

/** Each group of Kubernetes says it in words of its own. Source: Kubernetes, pkg/apis/<group>/validation. */
const immutableWords =
  /immutable|may not be changed|may not change|cannot change|can not be changed|updates to .+ are forbidden|forbidden after creation/i

function isImmutable(message = ''): boolean {
  return immutableWords.test(message)
}

function immutableFieldsOf(status: Status): string[] {
  const causes = (status.details?.causes ?? []).filter(({ message }) => isImmutable(message))
  return [...new Set(causes.map(({ field }) => field ?? 'the object'))]
}

const faultWords = new Map([
  ['FieldValueRequired', 'a value is required'],
  ['FieldValueInvalid', 'the value is not valid'],
  ['FieldValueForbidden', 'the value is forbidden'],
  ['FieldValueNotSupported', 'the value is not supported'],
  ['FieldValueDuplicate', 'the value is there twice'],
  ['FieldValueTypeInvalid', 'the value has the wrong type'],
  ['FieldValueTooLong', 'the value is too long'],
])

function describeFault(reason: string | undefined): string {
  return faultWords.get(reason ?? '') ?? 'the value is not valid'
}

/** `strict decoding error: unknown field "spec.replica"`. */
function unknownFieldsOf(status: Status): string[] {
  return [...(status.message ?? '').matchAll(/unknown field "([^"]{1,200})"/g)].map((match) => match[1] ?? '')
}

function badRequestReason(status: Status): string {
  const unknown = unknownFieldsOf(status)
  if (unknown.length > 0) return `unknown field${unknown.length > 1 ? 's' : ''}: ${unknown.join(', ')}`
  return 'the API server could not read the object'
}

/** Admission's words are meant for people; they are cut short, and quoted values are left out. */
function deniedReason(status: Status): string {
  return withoutValues(status.message ?? 'forbidden').slice(0, 500)
}

function isMissingNamespace(status: Status): boolean {
  return /^namespaces "[^"]+" not found/.test(status.message ?? '')
}

/** Go's validation quotes what it found after these words. */
function withoutValues(message: string): string {
  return message.replace(
    /(Invalid value|Unsupported value|Duplicate value): ("(?:[^"\\]|\\.)*"|[^:,]+)/g,
    '$1',
  )
}
