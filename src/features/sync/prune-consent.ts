import { formatObjectId, type KubernetesObject, type ObjectId } from '../../domain/kubernetes-object.ts'
import { isOwnFooting } from './own-installation.ts'
import { protectedKinds } from './sync-layers.ts'

/** `yes`: may be deleted though its kind is protected. `no`: is never deleted. */
export const pruneAnnotation = 'drawbridge.dev/prune'

/** By these words of the tools that people come from, too, an object is never deleted. */
const keepers: readonly { annotation: string; says: (value: string) => boolean }[] = [
  { annotation: pruneAnnotation, says: (value) => value === 'no' },
  { annotation: 'kustomize.toolkit.fluxcd.io/prune', says: (value) => value === 'disabled' },
  { annotation: 'kustomize.toolkit.fluxcd.io/reconcile', says: (value) => value === 'disabled' },
  {
    annotation: 'argocd.argoproj.io/sync-options',
    says: (value) => value.split(',').some((option) => /^Prune=(false|confirm)$/.test(option.trim())),
  },
  { annotation: 'helm.sh/resource-policy', says: (value) => value === 'keep' },
]

export function hasConsent(object: KubernetesObject | undefined): boolean {
  return object?.metadata.annotations?.[pruneAnnotation] === 'yes'
}

/** Why an object of ours that the release no longer has is not deleted; undefined: it is. */
export function keepReason(object: KubernetesObject, id: ObjectId, isConsented: boolean): string | undefined {
  const name = formatObjectId(id)
  const { annotations = {} } = object.metadata
  if (isOwnFooting(id))
    return `${name} is what Drawbridge itself runs on; whoever means it deletes it by hand`
  const keeper = keepers.find(({ annotation, says }) => says(annotations[annotation] ?? ''))
  if (keeper !== undefined && !hasConsent(object))
    return `${name} says ${keeper.annotation}: "${annotations[keeper.annotation]}"`
  if (protectedKinds.has(id.kind) && !hasConsent(object) && !isConsented)
    return `${name} is of a protected kind; to delete it, type /ack-delete on the pull request, or give it the annotation ${pruneAnnotation}: "yes" first`
  return undefined
}
