import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import { matchesLabels } from '../../domain/label-selector.ts'
import type { Policy, ResourceRule } from './policy.ts'

/** Whether a policy is about an object, as the API server decides it from `matchConstraints`. */
export function matchesPolicy(
  policy: Policy,
  object: KubernetesObject,
  operation: 'CREATE' | 'UPDATE',
): boolean {
  const matches = (rule: ResourceRule) => matchesRule(rule, object, operation)
  return (
    policy.rules.some(matches) &&
    !policy.excluded.some(matches) &&
    matchesLabels(policy.labels, object.metadata.labels ?? {})
  )
}

/** Whether a policy is about an environment; `*` stands for any run of characters. */
export function isAboutEnvironment(policy: Policy, environment: string): boolean {
  return (
    policy.environments.length === 0 || policy.environments.some((glob) => matchesGlob(glob, environment))
  )
}

function matchesRule(rule: ResourceRule, object: KubernetesObject, operation: string): boolean {
  const { group, version, kind, namespace, name } = objectId(object)
  const has = (values: string[], value: string) => values.includes('*') || values.includes(value)
  return (
    has(rule.apiGroups, group) &&
    has(rule.apiVersions, version) &&
    has(rule.operations, operation) &&
    (has(rule.resources, pluralOf(kind)) || rule.resources.includes('*/*')) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(name)) &&
    // Git does not say which kinds are cluster-scoped; an object without namespace may get one when it is applied.
    (rule.scope !== 'Cluster' || namespace === '')
  )
}

/** The plural of a kind, as the API server's own resources form it. Source: k8s.io/apimachinery, UnsafeGuessKindToResource. */
export function pluralOf(kind: string): string {
  const singular = kind.toLowerCase()
  if (singular === 'endpoints') return singular
  if (singular.endsWith('s') || singular.endsWith('x') || singular.endsWith('ch')) return `${singular}es`
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`
  return `${singular}s`
}

/** Linear: each part between stars is searched once, from the left. */
function matchesGlob(glob: string, text: string): boolean {
  const parts = glob.split('*')
  const first = parts[0] ?? ''
  if (parts.length === 1) return glob === text
  const last = parts.at(-1) ?? ''
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false
  let position = first.length
  const end = text.length - last.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, position)
    if (found < 0 || found + part.length > end) return false
    position = found + part.length
  }
  return true
}
