import type { Instant } from '../../domain/refs.ts'
import { formatObjectId, type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import type { Cause, Release } from '../../domain/release.ts'
import { hideSecrets } from './hide-secrets.ts'
import { clip, valueAt } from './object-status.ts'
import { podFault } from './pod-fault.ts'

/** What is known from the API server of the object that is in the way. */
export interface CauseFacts {
  /** The newest first. */
  pods: readonly KubernetesObject[]
  /** Of the object that `eventsOf` names. */
  events: readonly KubernetesObject[]
}

/** A release that is not healthy is asked about no more often than this, and not before it has lasted so long. */
const askMs = 60_000

/** Whether it is time to ask the API server why a release is not healthy. */
export function isCauseDue(
  finding: Pick<Release, 'phase' | 'digest'>,
  before: Release | undefined,
  now: Instant,
): boolean {
  const same = before?.digest === finding.digest ? before : undefined
  if (same?.cause && now - same.cause.at < askMs) return false
  if (finding.phase === 'degraded') return true
  const isWaiting = finding.phase === 'progressing' || finding.phase === 'applying'
  return isWaiting && same?.phase === finding.phase && now - same.since >= askMs
}

/** What stays said of a release whose cause was asked for a moment ago. */
export function standingCause(
  { phase, digest }: Pick<Release, 'phase' | 'digest'>,
  before: Release | undefined,
): Cause | undefined {
  const isUnhealthy = ['applying', 'progressing', 'degraded'].includes(phase)
  return isUnhealthy && digest === before?.digest ? before.cause : undefined
}

/** How the pods of a workload are found: by labels, and whose they have to be. */
export interface PodQuery {
  labelSelector: string
  /** Its pods belong to ReplicaSets, and these to it. */
  isThroughReplicaSets: boolean
}

/** Undefined: it has no pods. */
export function podQuery(object: KubernetesObject): PodQuery | undefined {
  const { group, kind, name } = objectId(object)
  if (`${group}/${kind}` === 'batch/Job')
    return { labelSelector: `batch.kubernetes.io/job-name=${name}`, isThroughReplicaSets: false }
  const selector = valueAt(object, 'spec', 'selector') as LabelSelector | undefined
  if (valueAt(object, 'spec', 'template') === undefined || selector === undefined) return undefined
  const labelSelector = selectorText(selector)
  const isThroughReplicaSets = ['apps/Deployment', 'argoproj.io/Rollout'].includes(`${group}/${kind}`)
  return labelSelector === '' ? undefined : { labelSelector, isThroughReplicaSets }
}

interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`)
  const terms = matchExpressions.map(({ key, operator, values = [] }) => {
    switch (operator) {
      case 'Exists':
        return key
      case 'DoesNotExist':
        return `!${key}`
      default:
        return `${key} ${operator.toLowerCase()} (${values.join(',')})`
    }
  })
  return [...labels, ...terms].join(',')
}

/** Those of the objects that one of the owners controls, the newest first. */
export function ownedBy(objects: readonly KubernetesObject[], uids: readonly string[]): KubernetesObject[] {
  const owned = objects.filter((object) => {
    const owners = (object.metadata['ownerReferences'] ?? []) as { uid?: string; controller?: boolean }[]
    return owners.some(({ uid, controller }) => controller && uid !== undefined && uids.includes(uid))
  })
  return owned.toSorted((a, b) => createdAt(b) - createdAt(a))
}

function createdAt({ metadata }: KubernetesObject): number {
  return Date.parse(String(metadata['creationTimestamp'])) || 0
}

/**
 * Whose events tell most: of a pod that is at fault, else of the newest ReplicaSet (which could not make one), else of the
 * object itself.
 */
export function eventsOf(
  object: KubernetesObject,
  sets: readonly KubernetesObject[],
  pods: readonly KubernetesObject[],
): KubernetesObject {
  const faulty = pods.find((pod) => podFault(pod) !== undefined)
  return faulty ?? (pods.length === 0 ? sets[0] : pods[0]) ?? object
}

/** In words; empty where the API server has nothing to say. */
export function causeWords({ pods, events }: CauseFacts): string {
  const faults = pods.flatMap((pod) => {
    const fault = podFault(pod)
    return fault === undefined ? [] : [{ pod, fault }]
  })
  const byFault = [...Map.groupBy(faults, ({ fault }) => fault)].slice(0, mostFaults)
  const podWords = byFault.map(([fault, [first, ...more]]) => {
    const others = more.length > 0 ? ` and ${more.length} more` : ''
    return `${formatObjectId(objectId(first!.pod))}${others}: ${fault}`
  })
  return hideSecrets([...podWords, ...lastEvents(events)].join('; '))
}

const mostFaults = 2
const mostEvents = 3

/** Warnings if there are any, else what happened last; each reason once, the newest first. */
function lastEvents(events: readonly KubernetesObject[]): string[] {
  const warnings = events.filter((event) => event['type'] === 'Warning')
  const told = (warnings.length > 0 ? warnings : events).toSorted((a, b) => seenAt(b) - seenAt(a))
  const newest = [...Map.groupBy(told, (event) => String(event['reason'])).values()].map(([first]) => first!)
  return newest.slice(0, mostEvents).map((event) => {
    const message = event['message']
    const words = typeof message === 'string' && message.trim() !== '' ? `: ${clip(message.trim())}` : ''
    return `event ${String(event['reason'])}${words}`
  })
}

/** Of a series the last one; newer reporters write `eventTime` alone. */
function seenAt(event: KubernetesObject): number {
  const series = valueAt(event, 'series', 'lastObservedTime')
  return Date.parse(String(series ?? event['lastTimestamp'] ?? event['eventTime'])) || createdAt(event)
}
