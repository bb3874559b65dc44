import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import { isEqual } from '../diff/fields.ts'
import { valueAt } from '../health/object-status.ts'
import { isOwnFooting } from './own-installation.ts'

/** `yes`: where a field cannot be changed, the object is deleted and made anew. */
export const recreateAnnotation = 'drawbridge.dev/recreate'

export type RecreationPlan =
  | { kind: 'recreate'; propagation: 'Background' | 'Orphan' }
  /** `fix`: what a person can do, as the end of a sentence. */
  | { kind: 'refuse'; fix: string }

/** What is in them, or stands on them, goes with them. */
const neverMadeAnew: ReadonlySet<string> = new Set([
  'Namespace',
  'CustomResourceDefinition',
  'PersistentVolume',
  'PersistentVolumeClaim',
])

/**
 * Whether an object whose fields cannot be changed is deleted and made anew: only with consent, on the object (ours, Argo
 * CD's `Force=true`, Flux's `force`) or for the whole release (`/ack-delete`); never where data would go, or we ourselves.
 * A StatefulSet leaves its pods behind for the next one, which takes them over.
 */
export function planRecreation(
  desired: KubernetesObject,
  live: KubernetesObject,
  isDeletionConsented: boolean,
): RecreationPlan {
  if (neverMadeAnew.has(desired.kind))
    return {
      kind: 'refuse',
      fix: `a ${desired.kind} is never deleted for that: put the old value back, or give the object another name`,
    }
  if (isOwnFooting(objectId(desired)))
    return {
      kind: 'refuse',
      fix: 'Drawbridge itself runs on it, so it is never deleted for that: put the old value back, or make it anew by hand',
    }
  if (!isDeletionConsented && !isConsented(desired))
    return {
      kind: 'refuse',
      fix: `to have it deleted and made anew, give it the annotation ${recreateAnnotation}: "yes", or type /ack-delete on the pull request`,
    }
  const isAdopted = desired.kind === 'StatefulSet' && hasSameSelector(desired, live)
  return { kind: 'recreate', propagation: isAdopted ? 'Orphan' : 'Background' }
}

function isConsented({ metadata: { annotations = {} } }: KubernetesObject): boolean {
  const options = (annotations['argocd.argoproj.io/sync-options'] ?? '')
    .split(',')
    .map((option) => option.trim())
  return (
    annotations[recreateAnnotation] === 'yes' ||
    options.includes('Force=true') ||
    annotations['kustomize.toolkit.fluxcd.io/force']?.toLowerCase() === 'enabled'
  )
}

function hasSameSelector(desired: KubernetesObject, live: KubernetesObject): boolean {
  return isEqual(valueAt(desired, 'spec', 'selector'), valueAt(live, 'spec', 'selector'))
}
