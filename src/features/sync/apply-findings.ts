import { conflictAnswers } from '../../domain/configuration.ts'
import type { Finding } from '../../domain/finding.ts'
import type { HeldObject } from '../../domain/held-object.ts'
import { type KubernetesObject, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import { targetKey } from '../../domain/refs.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'
import { applyAnnotation, applyModes, unknownModes } from './apply-mode.ts'
import { claimedObjects } from './claimed-objects.ts'
import { conflictsAnnotation } from './conflict-rules.ts'
import { hookOf } from './hook-of.ts'
import { repeatedItems } from './repeated-items.ts'
import { waveAnnotation, wholeNumber, writtenWave } from './wave-of.ts'

type Fault = Pick<Finding, 'policy' | 'severity' | 'message' | 'fix'> & { fields?: string[] }

/** What an API server, and etcd behind it, take of one object. Source: etcd, `--max-request-bytes`. */
const mostBytes = 1.5 * 1024 * 1024

/** What an apply of the rendered targets would be refused for, or would not do as it is written, as far as it shows here. `held`: what others have. */
export function applyFindings(
  targets: readonly RenderedTarget[],
  base: readonly RenderedTarget[],
  pathOf: (source: string) => string,
  held: readonly HeldObject[] = [],
): Finding[] {
  const known = new Set(base.flatMap((target) => faultsOf(target).map(({ key }) => key)))
  const own = targets.flatMap((target) =>
    faultsOf(target).map(({ key, object, fault }) => ({
      ...toFinding(target, object, fault, pathOf),
      isOld: known.has(key),
    })),
  )
  return [...own, ...claimedObjects({ before: base, after: targets }, held, pathOf)]
}

function faultsOf(rendered: RenderedTarget) {
  return rendered.objects.flatMap((object) =>
    checks
      .flatMap((check) => check(object))
      .map((fault) => ({
        key: JSON.stringify([targetKey(rendered.target), objectKey(objectId(object)), fault.message]),
        object,
        fault,
      })),
  )
}

function toFinding(
  { target, source }: RenderedTarget,
  object: KubernetesObject,
  fault: Fault,
  pathOf: (source: string) => string,
): Finding {
  return { ...fault, target, object: objectId(object), path: pathOf(source), line: 1, isOld: false }
}

const checks: ((object: KubernetesObject) => Fault[])[] = [
  findRepeats,
  findSize,
  findStatus,
  findHookWords,
  findWave,
  findConflictAnswer,
  findApplyWords,
]

function findRepeats(object: KubernetesObject): Fault[] {
  return repeatedItems(object).map(({ list, index, first, key }) => ({
    policy: 'repeated-list-item',
    severity: 'error',
    message: `${list}[${index}] repeats ${list}[${first}] (${key}): the API server refuses it, or drops one of them`,
    fix: 'keep one of the two, or tell them apart',
    fields: [list.replaceAll(/\[\d+\]/g, '[*]')],
  }))
}

function findSize(object: KubernetesObject): Fault[] {
  const bytes = Buffer.byteLength(JSON.stringify(object))
  if (bytes <= mostBytes) return []
  const fault: Fault = {
    policy: 'object-size',
    severity: 'error',
    message: `the object is ${(bytes / 1024 / 1024).toFixed(1)} MiB; clusters take 1.5 MiB`,
    fix: 'split it, or keep large files elsewhere',
  }
  return [fault]
}

/** A CustomResourceDefinition printed by a generator often has an empty one: that says nothing. */
function findStatus(object: KubernetesObject): Fault[] {
  if (object['status'] === undefined || object.kind === 'CustomResourceDefinition') return []
  const fault: Fault = {
    policy: 'status-in-manifest',
    severity: 'notice',
    message: 'status is written by controllers; it is left out when this is applied',
    fix: 'remove status from the manifest',
    fields: ['status'],
  }
  return [fault]
}

function findHookWords(object: KubernetesObject): Fault[] {
  return (hookOf(object)?.unknown ?? []).map((word) => ({
    policy: 'apply-annotation',
    severity: 'error',
    message: `"${word}" is no moment at which a hook runs; the object is not applied at all`,
    fix: 'write before, after or failure (drawbridge.dev/hook), or a word of Argo CD or Helm under their annotation',
  }))
}

function findWave(object: KubernetesObject): Fault[] {
  const written = writtenWave(object)
  if (written === undefined || wholeNumber(written) !== undefined) return []
  const fault: Fault = {
    policy: 'apply-annotation',
    severity: 'error',
    message: `the wave "${written}" is not a whole number; it counts as 0`,
    fix: `write a whole number in quotes, as ${waveAnnotation}: "2"`,
  }
  return [fault]
}

function findApplyWords(object: KubernetesObject): Fault[] {
  return unknownModes(object).map(({ key, word }) => ({
    policy: 'apply-annotation',
    severity: 'error',
    message: `${key}: "${word}" says nothing of how to apply it; it is applied as any other`,
    fix: `write one of ${applyModes.join(', ')} (${applyAnnotation}), or a word of Flux under its annotation`,
  }))
}

function findConflictAnswer(object: KubernetesObject): Fault[] {
  const written = object.metadata.annotations?.[conflictsAnnotation]
  if (written === undefined || conflictAnswers.some((answer) => answer === written)) return []
  const fault: Fault = {
    policy: 'apply-annotation',
    severity: 'error',
    message: `${conflictsAnnotation}: "${written}" is not an answer to conflicts`,
    fix: `write one of ${conflictAnswers.join(', ')}`,
  }
  return [fault]
}
