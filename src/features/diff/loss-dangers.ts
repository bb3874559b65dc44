import type { Found, ObjectChange } from './dangers.ts'

/** Kinds whose deletion loses more than the object. */
const losses: Record<string, string> = {
  PersistentVolumeClaim: 'Deleting a PersistentVolumeClaim can delete the data of its volume.',
  PersistentVolume: 'Deleting a PersistentVolume can lose its data.',
  CustomResourceDefinition:
    'Deleting a CustomResourceDefinition deletes every object of its kind in the cluster.',
  Namespace: 'Deleting a Namespace deletes everything in it.',
  StatefulSet: 'Deleting a StatefulSet stops its pods, and may delete their volumes.',
  Secret: 'Deleting a Secret stops what still reads it from starting, and its values are gone.',
}

/** The deletion of what holds data; a renamed object is deleted under its old name, unless a generator named it anew. */
export function findDeleted({ change, before, after }: ObjectChange): Found[] {
  if (change !== 'removed' && change !== 'renamed') return []
  const sentence = before && Object.hasOwn(losses, before.kind) ? losses[before.kind] : undefined
  if (!sentence || (change === 'renamed' && after?.kind === 'Secret')) return []
  return [{ field: '', sentence }]
}

/** Kinds that protect something as long as they are there. */
const protections: Record<string, string> = {
  NetworkPolicy: 'Without the policy, connections that it kept away reach the pods.',
  ResourceQuota: 'Without the quota, the namespace may use all that the cluster has.',
  LimitRange: 'Without the range, pods that name no limits run without any.',
  ValidatingAdmissionPolicy: 'Without the policy, the cluster admits what it refused.',
  ValidatingAdmissionPolicyBinding: 'Without the binding, its policy is enforced no more.',
  ValidatingWebhookConfiguration: 'Without the webhook, the cluster admits what it refused.',
}

export function findLostProtection({ change, before }: ObjectChange): Found[] {
  const sentence = before && Object.hasOwn(protections, before.kind) ? protections[before.kind] : undefined
  return change === 'removed' && sentence ? [{ field: '', sentence }] : []
}

export function findLostBudget({ change, before }: ObjectChange): Found[] {
  if (change !== 'removed' || before?.kind !== 'PodDisruptionBudget') return []
  return [{ field: '', sentence: 'Without the budget, draining nodes may stop all of its pods at once.' }]
}
