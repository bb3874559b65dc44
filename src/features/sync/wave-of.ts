import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { foundationKinds } from './sync-layers.ts'

/** A whole number; objects of a lower wave are applied, and healthy, before the next wave begins. */
export const waveAnnotation = 'drawbridge.dev/wave'

/** In the order in which they are asked; the first that is there counts. */
export const waveAnnotations = [waveAnnotation, 'argocd.argoproj.io/sync-wave'] as const

/** What is not a whole number counts as 0; reviews report it. */
export function waveOf(object: KubernetesObject): number {
  const written = writtenWave(object)
  if (written !== undefined) return wholeNumber(written) ?? 0
  return foundationKinds.has(object.kind) ? -Infinity : 0
}

/** As it is written; undefined where no annotation says anything. */
export function writtenWave(object: KubernetesObject): string | undefined {
  const { annotations = {} } = object.metadata
  return waveAnnotations.map((key) => annotations[key]).find((value) => value !== undefined)
}

export function wholeNumber(text: string): number | undefined {
  return /^[+-]?\d{1,6}$/.test(text.trim()) ? Number(text) : undefined
}
