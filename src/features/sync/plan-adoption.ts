import type { JsonPatchOperation } from '../../domain/json-patch.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { matchesGlob } from '../config/glob.ts'
import { type Fields, isFields } from '../diff/fields.ts'
import { managedEntries } from '../drift/fingerprint.ts'
import { earlierDeployers } from './conflict-rules.ts'
import { fieldManager } from './ownership.ts'

/** Holds the whole text of a Secret, for everybody who may read its metadata. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** By these an earlier deployer knows its objects again. They go unless the release itself says them. */
const trackingAnnotations = [
  lastApplied,
  'argocd.argoproj.io/tracking-id',
  'meta.helm.sh/release-name',
  'meta.helm.sh/release-namespace',
]
const trackingLabels = [
  'kustomize.toolkit.fluxcd.io/name',
  'kustomize.toolkit.fluxcd.io/namespace',
  'helm.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/namespace',
]

/** As the API server writes it. */
export interface ManagedFieldsEntry extends Fields {
  manager?: string
  operation?: string
  subresource?: string
  apiVersion?: string
  fieldsV1?: unknown
}

/**
 * What hands an object of an earlier deployer (kubectl, Helm, Argo CD, Flux) over to us before it is applied: what it owned
 * becomes ours, so that fields which are no longer in git go, and its marks are taken off. Undefined where it has none.
 * Only this version of the object is patched. Source of the rewriting: Kubernetes, client-go/util/csaupgrade.
 */
export function planAdoption(
  live: KubernetesObject,
  desired: KubernetesObject,
): JsonPatchOperation[] | undefined {
  const entries = managedEntries(live) as ManagedFieldsEntry[]
  const earlier = entries.filter(isEarlier)
  const marks = [
    ...marksOf(live, desired, 'annotations', trackingAnnotations),
    ...marksOf(live, desired, 'labels', trackingLabels),
  ]
  if (earlier.length === 0 && marks.length === 0) return undefined
  const { resourceVersion } = live.metadata
  return [
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    ...(earlier.length > 0
      ? [{ op: 'replace' as const, path: '/metadata/managedFields', value: handOver(entries, earlier, live) }]
      : []),
    ...marks,
  ]
}

function isEarlier({ manager = '', subresource }: ManagedFieldsEntry): boolean {
  return (subresource ?? '') === '' && earlierDeployers.some((glob) => matchesGlob(glob, manager))
}

function marksOf(
  live: KubernetesObject,
  desired: KubernetesObject,
  field: 'annotations' | 'labels',
  keys: string[],
): JsonPatchOperation[] {
  return keys
    .filter((key) => live.metadata[field]?.[key] !== undefined)
    .filter((key) => desired.metadata[field]?.[key] === undefined)
    .map((key) => ({
      op: 'remove',
      path: `/metadata/${field}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    }))
}

/** The earlier deployers' fields, with ours, in one entry of ours. */
function handOver(
  entries: readonly ManagedFieldsEntry[],
  earlier: readonly ManagedFieldsEntry[],
  live: KubernetesObject,
): ManagedFieldsEntry[] {
  const own = entries.find(({ manager, operation }) => manager === fieldManager && operation === 'Apply')
  const parts = [...(own ? [own] : []), ...earlier]
  const ours: ManagedFieldsEntry = {
    ...(own ?? {
      manager: fieldManager,
      operation: 'Apply',
      fieldsType: 'FieldsV1',
      time: earlier[0]?.['time'],
    }),
    apiVersion: own?.apiVersion ?? live.apiVersion,
    fieldsV1: parts.map(({ fieldsV1 }) => fieldsV1).reduce(uniteFields, {}),
  }
  return [ours, ...entries.filter((entry) => !parts.includes(entry))]
}

/** Of two sets of fields. */
export function uniteFields(left: unknown, right: unknown): unknown {
  if (!isFields(left) || !isFields(right)) return left ?? right
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  return Object.fromEntries(names.map((name) => [name, uniteFields(left[name], right[name])]))
}
