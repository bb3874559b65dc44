import type { FieldChange, PodRestart } from '../../domain/object-diff.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { diffFields } from './diff-fields.ts'
import { valueAt } from './pod-template.ts'
import type { Neighbours } from './neighbours.ts'
import { replicasOf } from './replicas.ts'

/** Kinds whose controller replaces pods when the template changes. */
const replacing = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'])

/** What people call a change of the template, by the first pattern found in its field. */
const causes: readonly [RegExp, (change: FieldChange, container: string) => string][] = [
  [
    /\.image$/,
    ({ before, after }, name) => `the image of ${name} changes from ${show(before)} to ${show(after)}`,
  ],
  [/annotations\.[^ ]*checksum/, () => 'a checksum of its configuration changes'],
  [
    /\.(configMap\.name|configMapRef\.name|configMapKeyRef\.name)$/,
    () => 'the ConfigMap it reads is another',
  ],
  [/\.(secret\.secretName|secretRef\.name|secretKeyRef\.name)$/, () => 'the Secret it reads is another'],
  [/\.env(\[|$|From)/, (_, name) => `environment variables of ${name} change`],
  [/\.resources(\.|$)/, (_, name) => `resources of ${name} change`],
  [/Probe(\.|$)/, (_, name) => `probes of ${name} change`],
  [/\.(args|command)(\[|$)/, (_, name) => `the command of ${name} changes`],
  [/\.(volumes|volumeMounts)(\[|$)/, () => 'its volumes change'],
  [
    /^spec\.\w*[cC]ontainers\[[^\]]*\]$/,
    ({ before }, name) => `the container ${name} is ${before === undefined ? 'added' : 'removed'}`,
  ],
  [/^metadata\.annotations$/, () => 'its annotations change'],
  [
    /^metadata\.annotations\./,
    ({ field }) => `the annotation ${field.slice('metadata.annotations.'.length)} changes`,
  ],
  [/^metadata\.labels\./, ({ field }) => `the label ${field.slice('metadata.labels.'.length)} changes`],
]

/** Whether the pods of a workload are replaced, how many and how, and by which of the changes. */
export function findRestart(
  before: KubernetesObject,
  after: KubernetesObject,
  neighbours: Neighbours,
): PodRestart | undefined {
  if (!replacing.has(after.kind)) return undefined
  const path = ['spec', 'template']
  const changes = diffFields(valueAt(before, path), valueAt(after, path), 'core.v1.PodTemplateSpec')
  const replicas = replicasOf(after, neighbours)
  if (changes.length === 0 || replicas === 0) return undefined
  return {
    reasons: [...new Set(changes.map(toReason))],
    ...(replicas !== undefined && { replicas }),
    strategy: strategyOf(after),
  }
}

/** `Its 3 pods restart: the image of app changes from a:1 to a:2.` */
export function describeRestart({ reasons, replicas = 0, strategy }: PodRestart): string {
  const pods = replicas === 1 ? 'Its pod' : replicas > 1 ? `Its ${replicas} pods` : 'Its pods'
  const restart = replicas === 1 ? 'restarts' : 'restart'
  const more = reasons.length > 3 ? `; and ${reasons.length - 3} more` : ''
  return `${pods} ${manner[strategy](restart)}: ${reasons.slice(0, 3).join('; ')}${more}.`
}

const manner: Record<PodRestart['strategy'], (restart: string) => string> = {
  RollingUpdate: (restart) => restart,
  Recreate: (restart) =>
    `${restart} with a downtime, because the old ones stop before new ones start (Recreate)`,
  OnDelete: (restart) => `${restart} when somebody deletes the old ones (OnDelete)`,
}

function strategyOf(object: KubernetesObject): PodRestart['strategy'] {
  const field = object.kind === 'Deployment' ? 'strategy' : 'updateStrategy'
  const type = valueAt(object, ['spec', field, 'type'])
  return type === 'Recreate' || type === 'OnDelete' ? type : 'RollingUpdate'
}

function toReason(change: FieldChange): string {
  if (change.isOrder) return `the order of ${change.field} changes`
  const container = /[cC]ontainers\[([^\]]*)\]/.exec(change.field)?.[1] ?? 'a container'
  const cause = causes.find(([pattern]) => pattern.test(change.field))
  return cause ? cause[1](change, container) : `${change.field} changes`
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : 'none'
}
