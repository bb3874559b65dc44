import type { ApiResource } from '../../ports/cluster.ts'

// The same discovery always says the same, so remembering it changes no answer.
const known = new WeakMap<readonly ApiResource[], ReadonlyMap<string, boolean>>()

/** `group/kind` of all that is served → whether it lives in a namespace. */
export function servedScopes(resources: readonly ApiResource[]): ReadonlyMap<string, boolean> {
  const scopes =
    known.get(resources) ??
    new Map(resources.map(({ group, kind, isNamespaced }) => [`${group}/${kind}`, isNamespaced] as const))
  known.set(resources, scopes)
  return scopes
}
