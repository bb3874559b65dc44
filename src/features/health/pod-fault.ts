import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { clip, conditionOf, valueAt } from './object-status.ts'
import { type ContainerEnd, type ContainerStatus, containerStatuses } from './pod-health.ts'

/** What a container waits for before it is begun: no fault. */
const beginnings = ['ContainerCreating', 'PodInitializing']

/**
 * Why a Pod does not serve, in the words of scheduler and kubelet: `container app waits (CrashLoopBackOff), last ended
 * with exit code 137 (OOMKilled)`. Undefined: nothing of it is at fault.
 */
export function podFault(pod: KubernetesObject): string | undefined {
  if (valueAt(pod, 'status', 'phase') === 'Succeeded') return undefined
  const scheduled = conditionOf(pod, 'PodScheduled')
  if (scheduled?.status === 'False')
    return `cannot be scheduled${said(scheduled.reason)}${told(scheduled.message)}`
  const faults = containerStatuses(pod).flatMap((container) => containerFault(container) ?? [])
  if (faults.length > 0) return faults.slice(0, mostContainers).join(', ')
  const reason = valueAt(pod, 'status', 'reason')
  return typeof reason === 'string' && reason !== '' ? reason : undefined
}

/** More containers than people read about. */
const mostContainers = 3

function containerFault({ name, state, lastState }: ContainerStatus): string | undefined {
  const { waiting, terminated } = state ?? {}
  const last = lastState?.terminated
  if (waiting?.reason && !beginnings.includes(waiting.reason)) {
    const why = last ? `, last ended with ${endWords(last)}` : told(waiting.message)
    return `container ${name} waits (${waiting.reason})${why}`
  }
  if (terminated && terminated.exitCode !== 0) return `container ${name} ended with ${endWords(terminated)}`
  return last && last.exitCode !== 0 && !terminated
    ? `container ${name} was begun again, last ended with ${endWords(last)}`
    : undefined
}

function endWords({ exitCode, reason }: ContainerEnd): string {
  return `exit code ${exitCode}${said(reason)}`
}

function said(reason: string | undefined): string {
  return reason ? ` (${reason})` : ''
}

function told(message: string | undefined): string {
  return message?.trim() ? `: ${clip(message.trim())}` : ''
}
