import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import type { LiveObject } from '../../domain/live-object.ts'
import type { Instant } from '../../domain/refs.ts'
import { fieldsHash, managedEntries } from '../drift/fingerprint.ts'
import { assessHealth, type Assessment } from '../health/assess-health.ts'
import { builtInRules } from '../health/built-in-rules.ts'
import { hasEnded } from '../health/has-ended.ts'
import type { HealthRules } from '../health/health-rule.ts'
import { conditionOf } from '../health/object-status.ts'
import { fieldManager } from './ownership.ts'

/** kubectl keeps the whole object in it. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** What is remembered of a live object. */
export function observe(object: KubernetesObject, now: Instant): LiveObject {
  const { managedFields: _, annotations, ...metadata } = object.metadata
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { ...metadata, ...(annotations && { annotations: shorten(annotations) }) },
    fields: fieldsHash(object, fieldManager),
    health: assessHealth(object, now),
    isFinished: object.kind === 'Job' && conditionOf(object, 'Complete')?.status === 'True',
    ...(hasEnded(object) && { hasEnded: true }),
    ...(isShared(object) && { isShared: true }),
    ...(isJudgedLater(object) && { whole: object }),
  }
}

/** How a live object is doing now, by the clock of its cluster. */
export function healthOf(live: LiveObject, now: Instant, rules?: HealthRules): Assessment {
  return live.whole === undefined ? live.health : assessHealth(live.whole, now, rules)
}

/** A Pod's health depends on time, that of a custom kind also on rules of the configuration. */
function isJudgedLater(object: KubernetesObject): boolean {
  const { group, kind } = objectId(object)
  return kind === 'Pod' || !builtInRules.has(`${group}/${kind}`)
}

function isShared(object: KubernetesObject): boolean {
  return managedEntries(object).some(
    ({ manager, subresource }) => manager !== fieldManager && (subresource ?? '') === '',
  )
}

function shorten(annotations: Record<string, string>): Record<string, string> {
  return lastApplied in annotations ? { ...annotations, [lastApplied]: '' } : annotations
}

/**
 * Whether what is to be done or said about an object's target can be another one now. A status that only ticks, and
 * fields that are not ours, change nothing.
 */
export function changesAnswer(before: LiveObject | undefined, after: LiveObject | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after
  return essence(before) !== essence(after)
}

function essence({ metadata, fields, health, isFinished, hasEnded, whole }: LiveObject): string {
  const { uid, generation, labels, annotations, deletionTimestamp } = metadata
  const told = health.status === 'Progressing' ? health.status : health
  const status = whole && isJudgedLater(whole) && whole['status']
  return JSON.stringify([
    uid,
    generation,
    labels,
    annotations,
    deletionTimestamp,
    fields,
    told,
    isFinished,
    hasEnded,
    status,
  ])
}
