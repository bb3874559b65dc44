import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Substitution, Variable } from '../../domain/substitution.ts'
import type { configData } from './config-data.ts'
import { asMapping, asMappings, asText } from './fields.ts'

/**
 * A Flux Kustomization's variables: those of `substituteFrom` in their order, then those given inline. A value of a Secret is
 * never taken; a mark stands for it. What is encrypted, or itself has variables, is unknown, and so is every object that is not
 * in the repository, optional or not: the cluster may hold it. Source: fluxcd/pkg, kustomize/kustomize_varsub.go.
 */
export function fluxSubstitution(
  kustomization: KubernetesObject,
  definedIn: string,
  find: ReturnType<typeof configData>,
): Substitution | undefined {
  const spec = asMapping(kustomization.spec)
  if (spec.postBuild === undefined) return undefined
  const postBuild = asMapping(spec.postBuild)
  const variables: Record<string, Variable> = {}
  const unknownObjects: string[] = []
  for (const reference of asMappings(postBuild.substituteFrom)) {
    const [kind, name] = [asText(reference.kind), asText(reference.name)]
    const found = find({ kind, name, namespace: kustomization.metadata.namespace, from: definedIn })
    if (!found) unknownObjects.push(`${kind} ${name}, whose content is not in the repository`)
    for (const [key, value] of found?.entries ?? []) {
      variables[key] = variableOf(kind, name, key, value)
    }
  }
  for (const [key, value] of Object.entries(asMapping(postBuild.substitute))) {
    variables[key] = inlineVariable(typeof value === 'string' ? value : JSON.stringify(value))
  }
  return { variables, unknownObjects, isAlways: postBuild.substituteStrategy === 'Always' }
}

function variableOf(kind: string, name: string, key: string, value: string | undefined): Variable {
  if (value === undefined) return { kind: 'unknown', from: `${kind} ${name}, which is encrypted` }
  if (kind === 'Secret') return { kind: 'secret', shown: `«secret:${name}/${key}»`, from: `Secret ${name}` }
  if (value.includes('${')) return { kind: 'unknown', from: `${kind} ${name}, which has variables itself` }
  return { kind: 'value', value: onOneLine(value) }
}

/** What delivers the Kustomization may have variables of its own, which are filled in before. */
function inlineVariable(value: string): Variable {
  if (value.includes('${')) return { kind: 'unknown', from: 'another variable' }
  return { kind: 'value', value: onOneLine(value) }
}

function onOneLine(value: string): string {
  return value.replaceAll('\n', '')
}
