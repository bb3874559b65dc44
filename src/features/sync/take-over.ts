/** Ways by which objects come into a cluster before a control plane looks after them. */
const earlierManagers = [
  'kubectl',
  'before-first-apply',
  'helm',
  'kustomize-controller',
  'argocd',
  'kustomize',
]

/**
 * Whether conflicting fields are taken over. Of an object that is ours already the release decides; of another
 * only what a person's or an earlier deployer's tool wrote. A controller that owns a field keeps it.
 */
export function mayTakeOver(managers: readonly string[], isKnown: boolean): boolean {
  return isKnown || managers.every((manager) => earlierManagers.some((name) => manager.startsWith(name)))
}
