import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { managedEntries } from './fingerprint.ts'

type Value = Record<string, unknown>

/** Fields that name the items of lists, in the order in which they are tried. */
const itemKeys = ['name', 'containerPort', 'port', 'mountPath', 'key', 'type', 'ip']

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
    others.find((entry) => covers(entry.fieldsV1, difference.path))?.manager
  const explained = differences.filter((difference) => difference.isGone || ownerOf(difference) !== undefined)
  const told = explained.length > 0 ? explained : differences
  const owner = told.map(ownerOf).find((name) => name !== undefined)
  return {
    fields: told.slice(0, mostFields).map(({ path }) => formatSteps(path)),
    ...(owner === undefined ? {} : { manager: owner }),
  }
}

/** A step into a map, or into the item of a list with this key and value. */
type Step = { field: string } | { key: string; value: unknown; index: number }

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
    const key = itemKeys.find((key) => wanted.every((item) => isMap(item) && item[key] !== undefined))
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

/** Whether a fieldsV1 tree names the field, or something above it as a whole. */
function covers(fields: unknown, path: Step[]): boolean {
  let node = fields
  for (const step of path) {
    if (!isMap(node)) return false
    const next = 'field' in step ? node[`f:${step.field}`] : itemNode(node, step)
    if (next === undefined) return isLeaf(node)
    node = next
  }
  return node !== undefined
}

function isLeaf(node: Value): boolean {
  return Object.keys(node).every((name) => name === '.')
}

function itemNode(node: Value, step: { key: string; value: unknown }): unknown {
  const match = Object.keys(node).find((name) => {
    if (!name.startsWith('k:')) return false
    const keys: unknown = JSON.parse(name.slice(2))
    return isMap(keys) && keys[step.key] === step.value
  })
  return match === undefined ? undefined : node[match]
}

function formatSteps(path: Step[]): string {
  return path
    .map((step) =>
      'field' in step ? `.${step.field}` : `[${step.key === '' ? step.index : String(step.value)}]`,
    )
    .join('')
    .replace(/^\./, '')
}

function isMap(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
