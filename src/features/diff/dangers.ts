import type { Danger, DiffKind, PodRestart } from '../../domain/object-diff.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { findLostDefinitions } from './definition-dangers.ts'
import { findExposedService, findLostIngress, findMissedPods, findOpenedNetwork } from './exposure-dangers.ts'
import { findForwardOnly } from './forward-only.ts'
import { findHiddenCharacters } from './hidden-characters.ts'
import { findImmutableChanges } from './immutable-fields.ts'
import { findDeleted, findLostBudget, findLostProtection } from './loss-dangers.ts'
import type { Neighbours } from './neighbours.ts'
import {
  findAddedCapabilities,
  findFloatingImages,
  findHostNamespaces,
  findHostPaths,
  findMovedImages,
  findPrivileged,
  findRemovedProbes,
} from './pod-dangers.ts'
import { describeRestart } from './pods-restart.ts'
import { findWidenedRights } from './rbac-dangers.ts'
import {
  findGrownRequests,
  findLoweredMemory,
  findRemovedLimits,
  findRemovedRequests,
} from './resource-dangers.ts'
import { findRoot } from './root-dangers.ts'
import {
  findBlockingBudget,
  findLoweredAutoscaling,
  findScaleDown,
  findSuspended,
  findZeroReplicas,
} from './scale-dangers.ts'
import {
  findChangedFinalizers,
  findClosedWebhooks,
  findMovedNamespace,
  findRaisedPriority,
  findReclaim,
  findWeakenedNamespace,
} from './setting-dangers.ts'

/** One changed object. A renamed object is the deletion of one and the creation of another. */
export interface ObjectChange {
  change: DiffKind
  before?: KubernetesObject
  after?: KubernetesObject
  restart?: PodRestart
  /** All that the target renders, after and before. */
  neighbours: Neighbours
  formerNeighbours: Neighbours
}

export type Found = Omit<Danger, 'code'>
export type Rule = (change: ObjectChange) => Found[]

/** `code` → what to look for. The order is the order in which people read them. */
const rules: Record<string, Rule> = {
  'hidden-characters': findHiddenCharacters,
  'stateful-deleted': findDeleted,
  'crd-version-removed': findLostDefinitions,
  'immutable-field': ({ change, before, after }) =>
    change === 'changed' && before && after ? findImmutableChanges(before, after) : [],
  'namespace-moved': findMovedNamespace,
  'replicas-to-zero': findZeroReplicas,
  'scale-down': findScaleDown,
  'autoscaling-lowered': findLoweredAutoscaling,
  suspended: findSuspended,
  'rbac-widened': ifPresent(findWidenedRights),
  privileged: ifPresent(findPrivileged),
  'host-namespace': ifPresent(findHostNamespaces),
  'host-path': ifPresent(findHostPaths),
  'capability-added': ifPresent(findAddedCapabilities),
  'runs-as-root': ifPresent(findRoot),
  'image-latest': ifPresent(findFloatingImages),
  'image-registry': ifPresent(findMovedImages),
  'requests-removed': ifPresent(findRemovedRequests),
  'limits-removed': ifPresent(findRemovedLimits),
  'memory-limit-lowered': ifPresent(findLoweredMemory),
  'probe-removed': ifPresent(findRemovedProbes),
  'protection-removed': findLostProtection,
  'disruption-budget-removed': findLostBudget,
  'disruption-budget-blocks': findBlockingBudget,
  'service-exposed': ifPresent(findExposedService),
  'service-without-pods': findMissedPods,
  'ingress-removed': findLostIngress,
  'network-opened': findOpenedNetwork,
  'pod-security-lowered': ifPresent(findWeakenedNamespace),
  'webhook-fails-closed': ifPresent(findClosedWebhooks),
  'finalizers-changed': ifPresent(findChangedFinalizers),
  'priority-raised': ifPresent(findRaisedPriority),
  'volume-reclaimed': ifPresent(findReclaim),
  'requests-grown': findGrownRequests,
  'forward-only': findForwardOnly,
  'pods-restart': ({ restart }) =>
    restart ? [{ field: 'spec.template', sentence: describeRestart(restart) }] : [],
}

/** Every code a danger line can have; rules of approval name them. */
export const dangerCodes: readonly string[] = Object.keys(rules)

/** Notes are worth knowing but are no danger. */
export const noteCodes: ReadonlySet<string> = new Set([
  'requests-grown',
  'forward-only',
  'stale-configuration',
  'pods-restart',
])

/** What deserves the first look in one changed object, most serious first, each with the sentence that explains it. */
export function findDangers(change: ObjectChange): Danger[] {
  return Object.entries(rules).flatMap(([code, rule]) => rule(change).map((found) => ({ code, ...found })))
}

function ifPresent(rule: (before: KubernetesObject | undefined, after: KubernetesObject) => Found[]): Rule {
  return ({ before, after }) => (after ? rule(before, after) : [])
}
