import type { Target } from '../../src/domain/refs.ts'
import type { FieldChange, RepositoryDiff } from '../../src/domain/object-diff.ts'
import type { RenderSource } from '../../src/domain/rendered-target.ts'
import { changedFields, differing, type Objects } from './objects.ts'

export interface Named {
  target: Target
  /** As RenderSource.path. */
  source: string
}

/** One target on one side, and what the official tool made of it. */
export interface ToolTarget extends Named {
  objects: Objects
}

/** What happens to one object; `fields` down to the first list. */
export interface ObjectChange {
  change: 'added' | 'removed' | 'changed'
  fields: ReadonlySet<string>
  /** Fields that may be named or not: all of them where the product counted lines as noise. */
  isOptional: (field: string) => boolean
}

/** By target, source and object. */
export type Changes = Map<string, ObjectChange>

export function targetsOf(source: RenderSource): Named[] {
  const { application, environment, clusters, path } = source
  return clusters.map((cluster) => ({ target: { application, environment, cluster }, source: path }))
}

/**
 * What differs between the tools' objects of two revisions, target by target. Which target was which before is the
 * product's to say where names and sources differ: `former` is what it says.
 */
export function toolChanges(
  before: readonly ToolTarget[],
  after: readonly ToolTarget[],
  former: ReadonlyMap<string, string>,
): Changes {
  const changes: Changes = new Map()
  for (const [old, young] of pairs(before, after, former)) {
    const [some, left, right] = [young ?? old, old?.objects ?? new Map(), young?.objects ?? new Map()]
    if (!some) continue
    for (const key of differing(left, right)) {
      const [was, is] = [left.get(key), right.get(key)]
      const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
      const found = change === 'changed' ? changedFields(was, is) : []
      const reordered = new Set(found.filter(({ isReordered }) => isReordered).map(({ path }) => path))
      changes.set(`${nameOf(some)} ${key}`, {
        change,
        fields: new Set(found.map(({ path }) => path)),
        isOptional: (field) => reordered.has(field),
      })
    }
  }
  return changes
}

type Pair = [ToolTarget | undefined, ToolTarget | undefined]

/** By name and source, then as the product says, then by name. */
function pairs(
  before: readonly ToolTarget[],
  after: readonly ToolTarget[],
  former: ReadonlyMap<string, string>,
): Pair[] {
  const byName = ({ target }: ToolTarget) => Object.values(target).join(' ')
  const rules: ((old: ToolTarget, young: ToolTarget) => boolean)[] = [
    (old, young) => nameOf(old) === nameOf(young),
    (old, young) => nameOf(old) === former.get(nameOf(young)),
    (old, young) => byName(old) === byName(young),
  ]
  const found: Pair[] = []
  let [gone, come] = [[...before], [...after]]
  for (const isPair of rules) {
    for (const young of come) {
      const old = gone.find((each) => isPair(each, young))
      if (!old) continue
      found.push([old, young])
      gone = gone.filter((each) => each !== old)
      come = come.filter((each) => each !== young)
    }
  }
  return [
    ...found,
    ...gone.map((old): Pair => [old, undefined]),
    ...come.map((young): Pair => [undefined, young]),
  ]
}

/** What each target was before, where the product shows it under another name or from another folder. */
export function formerNames(diff: RepositoryDiff): Map<string, string> {
  return new Map(diff.targets.flatMap((each) => (each.from ? [[nameOf(each), nameOf(each.from)]] : [])))
}

export function nameOf({ target, source }: Named): string {
  return `${target.environment}/${target.cluster}/${target.application} ${source}`
}

/** What the product says changes, in the same words: an object of a new identity is one that goes and one that comes. */
export function productChanges(diff: RepositoryDiff): Changes {
  const changes: Changes = new Map()
  for (const { target, source, objects } of diff.targets) {
    const at = (id: { group: string; kind: string; namespace: string; name: string }) =>
      `${nameOf({ target, source })} ${id.group}/${id.kind}/${id.namespace}/${id.name}`
    for (const object of objects) {
      const none = { fields: new Set<string>(), isOptional: () => false }
      const isOther = object.from !== undefined && object.movedFrom === undefined
      if (object.from && isOther) changes.set(at(object.from), { change: 'removed', ...none })
      if (object.change !== 'changed' || isOther) {
        changes.set(at(object), { change: object.change === 'removed' ? 'removed' : 'added', ...none })
        continue
      }
      changes.set(at(object), {
        change: 'changed',
        fields: new Set(object.fields.map(fieldName)),
        isOptional: () => object.foldedLines > 0 || object.isCut === true,
      })
    }
  }
  return changes
}

/** Down to the first list on the way, as `changedFields` says it. */
function fieldName({ path = [] }: FieldChange): string {
  const end = path.findIndex((step) => typeof step !== 'string')
  return (end < 0 ? path : path.slice(0, end)).join('.')
}

/** Each object of which the two say something different, in words. */
export function disagreements(tools: Changes, product: Changes): string[] {
  return [...new Set([...tools.keys(), ...product.keys()])].flatMap((key) => {
    const [theirs, ours] = [tools.get(key), product.get(key)]
    if (!theirs || !ours || theirs.change !== ours.change) {
      return [
        `${key}: ${theirs?.change ?? 'unchanged'} by the tools, ${ours?.change ?? 'unchanged'} in the diff`,
      ]
    }
    const made = [...ours.fields].filter((field) => !theirs.fields.has(field))
    const missed = [...theirs.fields].filter(
      (field) => !ours.fields.has(field) && !theirs.isOptional(field) && !ours.isOptional(field),
    )
    if (made.length + missed.length === 0) return []
    return [
      `${key}: fields only in the diff: ${made.join(', ') || 'none'}; only by the tools: ${missed.join(', ') || 'none'}`,
    ]
  })
}
