import { formatObjectId, type KubernetesObject, objectKey } from '../../domain/kubernetes-object.ts'
import type { ObjectDiff, PathStep } from '../../domain/object-diff.ts'
import { diffTarget } from '../diff/diff-target.ts'
import { generatedStem } from '../diff/generated-name.ts'
import type { MaskOptions } from '../diff/mask-secrets.ts'
import { matchObjects } from '../diff/match-objects.ts'

/** What an application renders to in one environment. */
export interface Place {
  application: string
  environment: string
  objects: readonly KubernetesObject[]
}

/** One field, or one whole object, that two renderings have differently. */
export interface Difference {
  /** Keys of the object under either of its names, without namespace, which differs from place to place. */
  keys: string[]
  /** For people: `Deployment shop/checkout`. */
  object: string
  /** Dotted, list items by key; empty for the whole object. */
  field: string
  path: PathStep[]
  /** The value as text, masked where it is secret; absent: not there. */
  before?: string
  after?: string
}

/**
 * What one rendering of an application has differently from another, secrets masked and noise left out. Of two
 * environments, what differs only by the name of the environment or of its namespace is the same.
 */
export function comparePlaces(before: Place, after: Place, mask: MaskOptions): Difference[] {
  const names = placeNames(before, after)
  const moved = before.objects.map((object) => withNamespace(object, names.namespace))
  const cluster = ''
  const sideOf = ({ application, environment }: Place, objects: readonly KubernetesObject[]) => ({
    target: { application, environment, cluster },
    source: '',
    objects: [...objects],
    digest: '',
  })
  const pair = { before: sideOf(after, moved), after: sideOf(after, after.objects) }
  const found = diffTarget(pair, matchObjects(moved, after.objects), [], mask)
    .flatMap(({ objects }) => objects)
    .flatMap(differencesIn)
  return withoutPlaces(found, names.words)
}

/** The words that tell two places apart, and the namespace of the first that is called otherwise in the second. */
interface PlaceNames {
  namespace?: [string, string]
  words: [string, string][]
}

function placeNames(before: Place, after: Place): PlaceNames {
  const [from, to] = [namespacesOf(before), namespacesOf(after)]
  const [[left, ...more], [right, ...others]] = [from.difference(to), to.difference(from)]
  const isOne = left !== undefined && right !== undefined && more.length === 0 && others.length === 0
  const namespace: [string, string] | undefined = isOne ? [left, right] : undefined
  const words = [namespace, [before.environment, after.environment] satisfies [string, string]]
  // The longer word first: `shop-staging` has `staging` in it.
  return {
    ...(namespace && { namespace }),
    words: words
      .filter((pair) => pair !== undefined)
      .filter(([old, young]) => old !== '' && old !== young)
      .toSorted(([a], [b]) => b.length - a.length),
  }
}

function namespacesOf({ objects }: Place): Set<string> {
  return new Set(objects.flatMap((object) => object.metadata.namespace ?? []))
}

function withNamespace(object: KubernetesObject, namespace: PlaceNames['namespace']): KubernetesObject {
  if (!namespace || object.metadata.namespace !== namespace[0]) return object
  return { ...object, metadata: { ...object.metadata, namespace: namespace[1] } }
}

function differencesIn(diff: ObjectDiff): Difference[] {
  const ids = [diff, ...(diff.from ? [diff.from] : [])]
  const keys = ids.map((id) => objectKey({ ...id, namespace: '', name: generatedStem(id.name) ?? id.name }))
  const whole = { keys, object: formatObjectId(diff) }
  if (diff.change === 'added') return [{ ...whole, field: '', path: [], after: 'there' }]
  if (diff.change === 'removed') return [{ ...whole, field: '', path: [], before: 'there' }]
  return diff.fields
    .filter(({ isOrder, field }) => !isOrder && field !== 'metadata.name')
    .map(({ field, path, before, after }) => ({
      ...whole,
      field,
      path: path ?? [],
      ...(before !== undefined && { before: textOf(before) }),
      ...(after !== undefined && { after: textOf(after) }),
    }))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Without `checkout.staging.shop.example` and `checkout.prod.shop.example`, also where that is the key of an item of a list. */
function withoutPlaces(differences: readonly Difference[], words: PlaceNames['words']): Difference[] {
  const inPlace = (text: string) => words.reduce((said, [old, young]) => said.replaceAll(old, young), text)
  const oneSided = (difference: Difference) => [difference.before, difference.after].includes(undefined)
  const marks = (difference: Difference) => {
    const said = JSON.stringify([difference.path, difference.before ?? difference.after])
    return difference.keys.map((key) => `${key} ${difference.after === undefined ? inPlace(said) : said}`)
  }
  const gone = new Set(differences.filter(({ after }) => after === undefined).flatMap(marks))
  const come = new Set(differences.filter(({ before }) => before === undefined).flatMap(marks))
  return differences.filter((difference) =>
    oneSided(difference)
      ? !marks(difference).some((mark) => gone.has(mark) && come.has(mark))
      : inPlace(difference.before ?? '') !== difference.after,
  )
}

/** Both are of the same object, and one's place is the other's or lies within it. */
export function isSamePlace(left: Difference, right: Difference): boolean {
  if (!left.keys.some((key) => right.keys.includes(key))) return false
  const shorter = Math.min(left.path.length, right.path.length)
  return left.path
    .slice(0, shorter)
    .every((step, index) => JSON.stringify(step) === JSON.stringify(right.path[index]))
}

/** Every way to say exactly this difference, for sets. */
export function marksOf({ keys, path, before, after }: Difference): string[] {
  return keys.map((key) => JSON.stringify([key, path, before, after]))
}
