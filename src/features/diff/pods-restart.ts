import type { Danger, FieldChange } from '../../domain/object-diff.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { diffFields } from './diff-fields.ts'
import { valueAt } from './pod-template.ts'
import { isQuantityField, isSameQuantity } from './quantity.ts'

/** Kinds whose controller replaces pods when the template changes. */
const replacing = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'])

/** What people call a change of the template, by the first pattern found in its field. */
const causes: readonly [RegExp, (change: FieldChange, container: string) => string][] = [
  [
    /\.image$/,
    ({ before, after }, name) => `the image of ${name} changes from ${show(before)} to ${show(after)}`,
  ],
  [/annotations\.checksum/, () => 'a checksum of its configuration changes'],
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

/** Says that the pods of a workload are replaced, and by which of the changes. Not a danger, but worth knowing. */
export function findRestart(before: KubernetesObject, after: KubernetesObject): Omit<Danger, 'code'>[] {
  if (!replacing.has(after.kind)) return []
  const path = ['spec', 'template']
  const [old, young] = [valueAt(before, path), valueAt(after, path)]
  const changes = diffFields(old, young).filter(isMeant)
  if (changes.length === 0) return []
  const reasons = [...new Set(changes.map(toReason))]
  const shown = reasons.slice(0, 3).join('; ')
  const more = reasons.length > 3 ? `; and ${reasons.length - 3} more` : ''
  return [{ field: path.join('.'), sentence: `Its pods restart: ${shown}${more}.` }]
}

/** An amount written differently leaves the template as it was. */
function isMeant({ field, before, after }: FieldChange): boolean {
  return !(isQuantityField(field.split('.')) && isSameQuantity(before, after))
}

function toReason(change: FieldChange): string {
  const container = /[cC]ontainers\[([^\]]*)\]/.exec(change.field)?.[1] ?? 'a container'
  const cause = causes.find(([pattern]) => pattern.test(change.field))
  return cause ? cause[1](change, container) : `${change.field} changes`
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : 'none'
}
