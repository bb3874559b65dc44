import type { Configuration } from '../../domain/configuration.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import { definedScopes, isNamespaced } from './kind-scope.ts'

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
  const defined = definedScopes(objects)
  return objects.map((object) =>
    object.metadata.namespace === undefined && isNamespaced(object, defined) === true
      ? { ...object, metadata: { ...object.metadata, namespace } }
      : object,
  )
}
