import { apiVersionOf, type Kind } from './kinds.ts'

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']

/** `/api` and `/apis` in the aggregated form (apidiscovery.k8s.io/v2). */
export function aggregatedDiscovery(kinds: Kind[]): unknown {
  const items = [...new Set(kinds.map((kind) => kind.group))].map((group) => ({
    metadata: { name: group },
    versions: versionsOf(kinds, group).map((version) => ({
      version,
      freshness: 'Current',
      resources: kinds
        .filter((kind) => kind.group === group && kind.version === version)
        .map((kind) => ({
          resource: kind.plural,
          // Empty: those of the list.
          responseKind: { group: '', version: '', kind: kind.kind },
          scope: kind.isNamespaced ? 'Namespaced' : 'Cluster',
          singularResource: kind.kind.toLowerCase(),
          verbs,
          ...(kind.hasStatus
            ? { subresources: [{ subresource: 'status', verbs: ['get', 'patch', 'update'] }] }
            : {}),
        })),
    })),
  }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items }
}

export function groupList(kinds: Kind[]): unknown {
  const groups = [...new Set(kinds.map((kind) => kind.group))].map((name) => groupOf(kinds, name))
  return { kind: 'APIGroupList', apiVersion: 'v1', groups }
}

/** Undefined: nothing of the group is served. */
export function apiGroup(kinds: Kind[], name: string): unknown {
  const group = groupOf(kinds, name)
  return group.versions.length > 0 ? { kind: 'APIGroup', apiVersion: 'v1', ...group } : undefined
}

function groupOf(kinds: Kind[], name: string) {
  const versions = versionsOf(kinds, name).map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions, preferredVersion: versions[0] }
}

export function resourceList(kinds: Kind[], group: string, version: string): unknown {
  const served = kinds.filter((kind) => kind.group === group && kind.version === version)
  const resources = served.flatMap((kind) => {
    const entry = {
      name: kind.plural,
      singularName: kind.kind.toLowerCase(),
      namespaced: kind.isNamespaced,
      kind: kind.kind,
    }
    return [
      { ...entry, verbs },
      ...(kind.hasStatus
        ? [{ ...entry, name: `${kind.plural}/status`, verbs: ['get', 'patch', 'update'] }]
        : []),
    ]
  })
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources,
  }
}

function versionsOf(kinds: Kind[], group: string): string[] {
  return [...new Set(kinds.filter((kind) => kind.group === group).map((kind) => kind.version))]
}
