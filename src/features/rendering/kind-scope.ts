import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'

/** Built-in kinds that live in no namespace. Source: Kubernetes API reference, 1.36. */
const clusterKinds = new Set(
  (
    'Namespace Node PersistentVolume ComponentStatus ClusterRole ClusterRoleBinding CustomResourceDefinition APIService ' +
    'StorageClass VolumeAttachment VolumeAttributesClass CSIDriver CSINode PriorityClass IngressClass RuntimeClass ' +
    'ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy ' +
    'ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding FlowSchema ' +
    'PriorityLevelConfiguration CertificateSigningRequest ClusterTrustBundle DeviceClass ResourceSlice ServiceCIDR ' +
    'IPAddress TokenReview SubjectAccessReview SelfSubjectAccessReview SelfSubjectReview SelfSubjectRulesReview'
  ).split(' '),
)

const builtInGroups = new Set(['', 'apps', 'batch', 'autoscaling', 'policy', 'extensions'])

/** Whether objects of its kind live in a namespace; undefined: neither built in nor defined in what `defined` was read from. */
export function isNamespaced(
  object: KubernetesObject,
  defined: ReadonlyMap<string, boolean>,
): boolean | undefined {
  const { group, kind } = objectId(object)
  if (builtInGroups.has(group) || group.endsWith('.k8s.io')) return !clusterKinds.has(kind)
  return defined.get(`${group}/${kind}`)
}

/** Group and kind → whether namespaced, from the definitions among the objects. */
export function definedScopes(objects: readonly KubernetesObject[]): Map<string, boolean> {
  const definitions = objects.filter((object) => object.kind === 'CustomResourceDefinition')
  return new Map(
    definitions.map((definition) => {
      const spec = definition.spec as
        { group?: unknown; scope?: unknown; names?: { kind?: unknown } } | undefined
      return [`${String(spec?.group)}/${String(spec?.names?.kind)}`, spec?.scope === 'Namespaced']
    }),
  )
}
