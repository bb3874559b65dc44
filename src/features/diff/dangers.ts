import type { Danger, DiffKind } from '../../domain/object-diff.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { findImmutableChanges } from './immutable-fields.ts'
import {
  findFloatingImages,
  findHostNamespaces,
  findHostPaths,
  findLoweredMemory,
  findPrivileged,
  findRemovedProbes,
  findRemovedRequests,
} from './pod-dangers.ts'
import { findRestart } from './pods-restart.ts'
import { findWidenedRights } from './rbac-dangers.ts'

/** One changed object. A renamed object is the deletion of one and the creation of another. */
export interface ObjectChange {
  change: DiffKind
  before?: KubernetesObject
  after?: KubernetesObject
}

type Found = Omit<Danger, 'code'>
type Rule = (change: ObjectChange) => Found[]

/** `code` → what to look for. The order is the order in which people read them. */
const rules: Record<string, Rule> = {
  'stateful-deleted': ({ change, before }) =>
    change === 'removed' || change === 'renamed' ? findLoss(before) : [],
  'immutable-field': ({ change, before, after }) =>
    change === 'changed' && before && after ? findImmutableChanges(before, after) : [],
  'replicas-to-zero': ({ before, after }) => (before && after ? findZeroReplicas(before, after) : []),
  'rbac-widened': ifPresent(findWidenedRights),
  privileged: ifPresent(findPrivileged),
  'host-namespace': ifPresent(findHostNamespaces),
  'host-path': ifPresent(findHostPaths),
  'image-latest': ifPresent(findFloatingImages),
  'requests-removed': ifPresent(findRemovedRequests),
  'memory-limit-lowered': ifPresent(findLoweredMemory),
  'probe-removed': ifPresent(findRemovedProbes),
  'disruption-budget-removed': ({ change, before }) => (change === 'removed' ? findLostBudget(before) : []),
  'service-exposed': ifPresent(findExposedService),
  'pods-restart': ({ change, before, after }) =>
    change === 'changed' && before && after ? findRestart(before, after) : [],
}

/** Every code a danger line can have; rules of approval name them. */
export const dangerCodes: readonly string[] = Object.keys(rules)

/** Notes are worth knowing but are no danger. */
export const noteCodes: ReadonlySet<string> = new Set(['pods-restart'])

/** What deserves the first look in one changed object, most serious first, each with the sentence that explains it. */
export function findDangers(change: ObjectChange): Danger[] {
  return Object.entries(rules).flatMap(([code, rule]) => rule(change).map((found) => ({ code, ...found })))
}

function ifPresent(rule: (before: KubernetesObject | undefined, after: KubernetesObject) => Found[]): Rule {
  return ({ before, after }) => (after ? rule(before, after) : [])
}

/** Kinds whose deletion loses more than the object. */
const losses = new Map([
  ['PersistentVolumeClaim', 'Deleting a PersistentVolumeClaim can delete the data of its volume.'],
  ['PersistentVolume', 'Deleting a PersistentVolume can lose its data.'],
  [
    'CustomResourceDefinition',
    'Deleting a CustomResourceDefinition deletes every object of its kind in the cluster.',
  ],
  ['Namespace', 'Deleting a Namespace deletes everything in it.'],
  ['StatefulSet', 'Deleting a StatefulSet stops its pods, and may delete their volumes.'],
])

function findLoss(before: KubernetesObject | undefined): Found[] {
  const sentence = before && losses.get(before.kind)
  return sentence ? [{ field: '', sentence }] : []
}

function findZeroReplicas(before: KubernetesObject, after: KubernetesObject): Found[] {
  const isScaled = ['Deployment', 'StatefulSet', 'ReplicaSet', 'Rollout'].includes(after.kind)
  if (!isScaled || replicasOf(after) !== 0 || replicasOf(before) === 0) return []
  return [
    {
      field: 'spec.replicas',
      sentence: `All pods of this ${after.kind} stop: nothing answers for it any more.`,
    },
  ]
}

function replicasOf(object: KubernetesObject): unknown {
  const spec = object.spec as Record<string, unknown> | undefined
  return spec?.replicas
}

function findLostBudget(before: KubernetesObject | undefined): Found[] {
  if (before?.kind !== 'PodDisruptionBudget') return []
  return [{ field: '', sentence: 'Without the budget, draining nodes may stop all of its pods at once.' }]
}

function findExposedService(before: KubernetesObject | undefined, after: KubernetesObject): Found[] {
  if (after.kind !== 'Service') return []
  const type = (object: KubernetesObject | undefined) =>
    (object?.spec as Record<string, unknown> | undefined)?.type
  if (type(after) !== 'LoadBalancer' || type(before) === 'LoadBalancer') return []
  return [
    {
      field: 'spec.type',
      sentence: 'A LoadBalancer gives this Service an address of its own, often a public one.',
    },
  ]
}
