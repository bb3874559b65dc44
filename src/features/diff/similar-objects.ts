import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { isFields } from './list-items.ts'

/** Share of equal fields from which two objects count as one that was renamed. */
const threshold = 0.7

/** Objects that say almost nothing are like everything; so many fields must be equal at least. */
const minimumShared = 4

/** Bounds of the search: pairs looked at per kind, and fields looked at per object. */
const maximumPairs = 2_500
const maximumFields = 400

/** Pairs of objects of one kind that are the same but for their name, the most alike first. Pure guesswork, and bounded. */
export function findSimilar(
  gone: readonly KubernetesObject[],
  come: readonly KubernetesObject[],
): [KubernetesObject, KubernetesObject][] {
  const candidates = Map.groupBy(come, kindKey)
  const scored = [...Map.groupBy(gone, kindKey)].flatMap(([key, olds]) =>
    scorePairs(olds, candidates.get(key) ?? []),
  )
  const taken = new Set<KubernetesObject>()
  const pairs: [KubernetesObject, KubernetesObject][] = []
  for (const { before, after } of scored.toSorted((left, right) => right.score - left.score)) {
    if (taken.has(before) || taken.has(after)) continue
    taken.add(before).add(after)
    pairs.push([before, after])
  }
  return pairs
}

function kindKey({ apiVersion, kind }: KubernetesObject): string {
  return `${apiVersion.split('/')[0]}/${kind}`
}

function scorePairs(olds: readonly KubernetesObject[], youngs: readonly KubernetesObject[]) {
  if (olds.length * youngs.length > maximumPairs) return []
  const describe = (object: KubernetesObject) => ({ object, fields: describeFields(object) })
  const [left, right] = [olds.map(describe), youngs.map(describe)]
  return left.flatMap((old) =>
    right.flatMap((young) => {
      const shared = [...old.fields].filter((field) => young.fields.has(field)).length
      const score = (2 * shared) / (old.fields.size + young.fields.size)
      return shared >= minimumShared && score >= threshold
        ? [{ before: old.object, after: young.object, score }]
        : []
    }),
  )
}

/** `path=value` of each field but the identity, with the object's own name taken out, since selectors and labels repeat it. */
function describeFields(object: KubernetesObject): Set<string> {
  const { name, namespace, ...metadata } = object.metadata
  const { apiVersion, kind, ...rest } = object
  const fields = new Set<string>()
  walk({ ...rest, metadata }, '')
  return fields

  function walk(value: unknown, path: string): void {
    if (fields.size >= maximumFields) return
    if (Array.isArray(value)) for (const item of value) walk(item, `${path}[]`)
    else if (isFields(value))
      for (const [field, item] of Object.entries(value)) walk(item, `${path}.${field}`)
    else fields.add(`${path}=${String(value).replaceAll(name, '*')}`)
  }
}
