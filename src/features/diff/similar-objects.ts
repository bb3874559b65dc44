import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { isFields } from './fields.ts'

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
  const describe = (object: KubernetesObject) => {
    const fields = describeFields(object)
    const plain = new Set(fields.map((field) => field.plain))
    return { object, fields, plain, nameless: new Set(fields.map(({ nameless }) => nameless)) }
  }
  const [left, right] = [olds.map(describe), youngs.map(describe)]
  return left.flatMap((old) =>
    right.flatMap((young) => {
      const shared = old.fields.filter(
        ({ plain, nameless }) => young.plain.has(plain) || young.nameless.has(nameless),
      ).length
      const score = (2 * shared) / (old.fields.length + young.fields.length)
      return shared >= minimumShared && score >= threshold
        ? [{ before: old.object, after: young.object, score }]
        : []
    }),
  )
}

/** Places that say which object it is, not what it says. */
const identity = new Set(['.apiVersion', '.kind', '.metadata.name', '.metadata.namespace'])

/** `path=value` of each field but the identity; once more without the object's own name, since selectors and labels repeat it. */
function describeFields(object: KubernetesObject): { plain: string; nameless: string }[] {
  const { name } = object.metadata
  const fields: { plain: string; nameless: string }[] = []
  walk(object, '')
  return fields

  function walk(value: unknown, path: string): void {
    if (fields.length >= maximumFields || identity.has(path)) return
    if (Array.isArray(value)) for (const item of value) walk(item, `${path}[]`)
    else if (isFields(value))
      for (const [field, item] of Object.entries(value)) walk(item, `${path}.${field}`)
    else {
      const text = String(value).slice(0, 10_000)
      fields.push({ plain: `${path}=${text}`, nameless: `${path}=${text.replaceAll(name, '*')}` })
    }
  }
}
