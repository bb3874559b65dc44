import type { Configuration } from '../../domain/configuration.ts'
import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'

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

/**
 * Gives the namespace that the configuration names to objects that name none. Only where a rule says so: otherwise
 * objects stay as the tool printed them. Kinds that are neither built in nor defined beside them are left alone.
 */
export function defaultNamespace(
  objects: readonly KubernetesObject[],
  source: RenderSource,
  configuration: Configuration,
): KubernetesObject[] {
  const namespace = source.namespace
  const isConfigured = configuration.applications.some((rule) => rule.namespace === namespace)
  if (namespace === undefined || !isConfigured) return [...objects]
  const defined = scopesOf(objects)
  return objects.map((object) =>
    object.metadata.namespace === undefined && isNamespaced(object, defined)
      ? { ...object, metadata: { ...object.metadata, namespace } }
      : object,
  )
}

function isNamespaced(object: KubernetesObject, defined: ReadonlyMap<string, boolean>): boolean {
  const { group, kind } = objectId(object)
  if (builtInGroups.has(group) || group.endsWith('.k8s.io')) return !clusterKinds.has(kind)
  return defined.get(`${group}/${kind}`) ?? false
}

/** Group and kind → whether namespaced, from the definitions among the objects. */
function scopesOf(objects: readonly KubernetesObject[]): Map<string, boolean> {
  const definitions = objects.filter((object) => object.kind === 'CustomResourceDefinition')
  return new Map(
    definitions.map((definition) => {
      const spec = definition.spec as
        { group?: unknown; scope?: unknown; names?: { kind?: unknown } } | undefined
      return [`${String(spec?.group)}/${String(spec?.names?.kind)}`, spec?.scope === 'Namespaced']
    }),
  )
}
