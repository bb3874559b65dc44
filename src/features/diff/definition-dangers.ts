import type { Found, ObjectChange } from './dangers.ts'
import { listAt } from './pod-template.ts'

/** Versions of a CustomResourceDefinition that clients may use and that are served no more, or stored no more. */
export function findLostDefinitions({ before, after }: ObjectChange): Found[] {
  if (before?.kind !== 'CustomResourceDefinition' || !after) return []
  const names = (object: typeof before, field: 'served' | 'storage') =>
    listAt(object, 'spec', 'versions')
      .filter((version) => version[field] === true)
      .map(({ name }) => String(name))
  const served = new Set(names(after, 'served'))
  const [oldStorage, newStorage] = [names(before, 'storage')[0], names(after, 'storage')[0]]
  const isStorageMoved = oldStorage !== undefined && newStorage !== undefined && oldStorage !== newStorage
  return [
    ...names(before, 'served')
      .filter((name) => !served.has(name))
      .map((name) => ({
        field: `spec.versions[${name}]`,
        sentence: `Version ${name} is served no more: whoever uses it, manifests and controllers alike, is refused.`,
      })),
    ...(isStorageMoved
      ? [
          {
            field: 'spec.versions',
            sentence: `Objects are stored as ${newStorage} instead of ${oldStorage}: ${oldStorage} cannot be removed until each was written anew.`,
          },
        ]
      : []),
  ]
}
