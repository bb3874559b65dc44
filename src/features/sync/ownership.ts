import { createHash } from 'node:crypto'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { RepositoryRef, Target } from '../../domain/refs.ts'

/** Under this name everything is applied. */
export const fieldManager = 'drawbridge'

export const applicationLabel = 'drawbridge.dev/application'
export const ownerLabel = 'drawbridge.dev/owner'

/** What every object of a target carries: found again by label, and never mistaken for another repository's. */
export function ownershipLabels(repository: RepositoryRef, target: Target): Record<string, string> {
  return {
    [applicationLabel]: labelValue(target.application),
    [ownerLabel]: ownerOf(repository, target.environment),
  }
}

/** One value per repository and environment, so that one watch per kind sees everything of ours. */
export function ownerOf(repository: Pick<RepositoryRef, 'id'>, environment: string): string {
  return labelValue(`${repository.id}.${environment}`)
}

/** Kubernetes allows 63 letters, digits, '-', '_' and '.'; what does not fit gets a short hash. */
export function labelValue(text: string): string {
  if (/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text)) return text
  const safe = text.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '')
  return `${safe.slice(0, 50)}x${createHash('sha256').update(text).digest('hex').slice(0, 10)}`
}

export function isOwned(object: KubernetesObject, labels: Record<string, string>): boolean {
  return Object.entries(labels).every(([key, value]) => object.metadata.labels?.[key] === value)
}
