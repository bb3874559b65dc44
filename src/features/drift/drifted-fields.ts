import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { coversField, itemKeyOf, type Step } from './field-path.ts'
import { managedEntries } from './fingerprint.ts'
import { isMap } from './is-map.ts'

type Value = Record<string, unknown>

/** Longer lists are cut: the report is for people. */
const mostFields = 20

/**
 * Which applied fields have another value on the live object, dotted with list items by key, and who owns them now.
 * What nobody else owns and is there is left out where others explain the drift: it only is written differently (`1000m`, `1`).
 */
export function driftedFields(
  applied: KubernetesObject,
  live: KubernetesObject,
  manager: string,
): { fields: string[]; manager?: string } {
  const differences = differencesOf(applied, live)
  const others = managedEntries(live).filter((entry) => entry.manager !== manager)
  const ownerOf = (difference: Difference) =>
    others.find((entry) => coversField(entry.fieldsV1, difference.path))?.manager
  const explained = differences.filter((difference) => difference.isGone || ownerOf(difference) !== undefined)
  const told = explained.length > 0 ? explained : differences
  const owner = told.map(ownerOf).find((name) => name !== undefined)
  return {
    fields: told.slice(0, mostFields).map(({ path }) => formatSteps(path)),
    ...(owner === undefined ? {} : { manager: owner }),
  }
}

interface Difference {
  path: Step[]
  isGone: boolean
}

function differencesOf(applied: KubernetesObject, live: KubernetesObject): Difference[] {
  const found: Difference[] = []
  const visit = (wanted: unknown, there: unknown, path: Step[]) => {
    if (there === undefined) found.push({ path, isGone: true })
    else if (Array.isArray(wanted) && Array.isArray(there)) visitItems(wanted, there, path)
    else if (isMap(wanted) && isMap(there))
      for (const [field, value] of Object.entries(wanted)) visit(value, there[field], [...path, { field }])
    else if (JSON.stringify(wanted) !== JSON.stringify(there)) found.push({ path, isGone: false })
  }
  const visitItems = (wanted: unknown[], there: unknown[], path: Step[]) => {
    const key = itemKeyOf(wanted)
    for (const [index, item] of wanted.entries()) {
      const value = key === undefined ? undefined : (item as Value)[key]
      const match = key === undefined ? there[index] : there.find((one) => isMap(one) && one[key] === value)
      visit(item, match, [...path, { key: key ?? '', value, index }])
    }
  }
  const { labels, annotations } = applied.metadata
  const { apiVersion: _, kind: __, metadata: ___, status: ____, ...body } = applied
  visit({ metadata: { ...(labels && { labels }), ...(annotations && { annotations }) }, ...body }, live, [])
  return found
}

function formatSteps(path: Step[]): string {
  return path
    .map((step) =>
      'field' in step ? `.${step.field}` : `[${step.key === '' ? step.index : String(step.value)}]`,
    )
    .join('')
    .replace(/^\./, '')
}
