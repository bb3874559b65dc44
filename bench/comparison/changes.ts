import type { Target } from '../../src/domain/refs.ts'
import type { RepositoryDiff } from '../../src/domain/object-diff.ts'
import type { RenderSource } from '../../src/domain/rendered-target.ts'
import { changedFields, differing, type Objects } from './objects.ts'

/** One target on one side: where it comes from, and what the official tool made of it. */
export interface ToolTarget {
  target: Target
  source: string
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

export function targetsOf(source: RenderSource): Omit<ToolTarget, 'objects'>[] {
  const { application, environment, clusters, path } = source
  return clusters.map((cluster) => ({ target: { application, environment, cluster }, source: path }))
}

/**
 * What differs between the tools' objects of two revisions. A target is compared with the one of its name and source;
 * where that is missing with the one of its source, then with the one of its name.
 */
export function toolChanges(before: readonly ToolTarget[], after: readonly ToolTarget[]): Changes {
  const changes: Changes = new Map()
  for (const [old, young] of pairs(before, after)) {
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

function pairs(before: readonly ToolTarget[], after: readonly ToolTarget[]): Pair[] {
  const bySource = ({ target, source }: ToolTarget) => [target.environment, target.cluster, source].join(' ')
  const byName = ({ target }: ToolTarget) => Object.values(target).join(' ')
  const found: Pair[] = []
  let [gone, come] = [[...before], [...after]]
  for (const key of [nameOf, bySource, byName]) {
    for (const young of come) {
      const old = gone.find((each) => key(each) === key(young))
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

export function nameOf({ target, source }: Omit<ToolTarget, 'objects'>): string {
  return `${target.environment}/${target.cluster}/${target.application} ${source}`
}

/** What the product says changes, in the same words: a renamed object is one that goes and one that comes. */
export function productChanges(diff: RepositoryDiff): Changes {
  const changes: Changes = new Map()
  for (const { target, source, objects } of diff.targets) {
    const at = (id: { group: string; kind: string; namespace: string; name: string }) =>
      `${nameOf({ target, source })} ${id.group}/${id.kind}/${id.namespace}/${id.name}`
    for (const object of objects) {
      const none = { fields: new Set<string>(), isOptional: () => false }
      if (object.from) changes.set(at(object.from), { change: 'removed', ...none })
      if (object.change !== 'changed') {
        changes.set(at(object), { change: object.change === 'removed' ? 'removed' : 'added', ...none })
        continue
      }
      const fields = new Set(object.fields.map(({ field }) => field.replace(/\[.*$/s, '')))
      changes.set(at(object), {
        change: 'changed',
        fields,
        isOptional: () => object.foldedLines > 0,
      })
    }
  }
  return changes
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
