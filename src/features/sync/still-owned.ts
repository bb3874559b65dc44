import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { type Fields, isFields } from '../diff/fields.ts'
import { managedEntries, ownedFields } from '../drift/fingerprint.ts'

/** More are not told one by one. */
const mostFields = 5

/**
 * Fields that we applied before and apply no longer, and that are there nevertheless because somebody else owns them too:
 * server-side apply removes only what nobody else wants. In words; empty where everything that was to go is gone.
 */
export function stillOwned(before: KubernetesObject, after: KubernetesObject, manager: string): string[] {
  const given = pathsOf(ownedFields(before, manager))
  const kept = new Set(pathsOf(ownedFields(after, manager)))
  const dropped = given.filter((path) => !kept.has(path))
  if (dropped.length === 0) return []
  const others = managedEntries(after)
    .filter((entry) => entry.manager !== manager && (entry.subresource ?? '') === '')
    .map((entry) => ({ manager: entry.manager ?? 'somebody', paths: new Set(pathsOf(entry.fieldsV1)) }))
  const owned = dropped.flatMap((path) => {
    const owner = others.find(({ paths }) => paths.has(path))
    return owner === undefined ? [] : [`${formatPath(path)} is still there: ${owner.manager} owns it too`]
  })
  return owned.slice(0, mostFields)
}

/** Leaves of a fieldsV1 tree, as JSON of their steps. */
function pathsOf(fields: unknown): string[] {
  const paths: string[] = []
  const visit = (node: Fields, steps: string[]) => {
    const names = Object.keys(node).filter((name) => name !== '.')
    if (names.length === 0 && steps.length > 0) paths.push(JSON.stringify(steps))
    for (const name of names) {
      const child = node[name]
      if (isFields(child)) visit(child, [...steps, name])
    }
  }
  if (isFields(fields)) visit(fields, [])
  return paths
}

function formatPath(path: string): string {
  const steps = JSON.parse(path) as string[]
  return steps
    .map((step) => (step.startsWith('f:') ? `.${step.slice(2)}` : `[${step.slice(2)}]`))
    .join('')
    .replace(/^\./, '')
}
