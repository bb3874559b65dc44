import { formatObjectId } from '../../domain/kubernetes-object.ts'
import type { Danger, DiffKind, ObjectDiff, RepositoryDiff } from '../../domain/object-diff.ts'
import type { ReviewView } from './review-view.ts'

/** What changes in one application in one environment; clusters that get the same are one group. */
export interface ReviewGroup {
  application: string
  environment: string
  clusters: string[]
  source: string
  because?: string
  counts: Counts
  objects: ObjectDiff[]
}

export interface Counts {
  added: number
  removed: number
  changed: number
  renamed: number
  plusLines: number
  minusLines: number
  foldedLines: number
}

export function groupTargets(diff: RepositoryDiff, affected: ReviewView['affected']): ReviewGroup[] {
  const groups = Map.groupBy(diff.targets, ({ target, objects }) =>
    JSON.stringify([target.application, target.environment, objects]),
  )
  return [...groups.values()].flatMap((targets) => {
    const first = targets[0]
    if (!first) return []
    const { application, environment } = first.target
    const reason = affected.find(
      (entry) =>
        entry.application === application &&
        entry.environment === environment &&
        entry.source === first.source,
    )
    return [
      {
        application,
        environment,
        clusters: targets.map(({ target }) => target.cluster),
        source: first.source,
        because: reason?.because,
        counts: countChanges(first.objects),
        objects: first.objects,
      },
    ]
  })
}

export function countChanges(objects: readonly ObjectDiff[]): Counts {
  const of = (kind: DiffKind) => objects.filter(({ change }) => change === kind).length
  return {
    added: of('added'),
    removed: of('removed'),
    changed: of('changed'),
    renamed: of('renamed'),
    plusLines: sum(objects, (object) => countLines(object, '+')),
    minusLines: sum(objects, (object) => countLines(object, '-')),
    foldedLines: sum(objects, ({ foldedLines }) => foldedLines),
  }
}

export function countLines(object: ObjectDiff, sign: '+' | '-'): number {
  return sum(object.hunks, ({ lines }) => lines.filter((line) => line.startsWith(sign)).length)
}

export function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}

/** A danger once, with all the places where it stands. */
export interface PlacedDanger extends Danger {
  application: string
  environments: string[]
  object: string
}

export function placeDangers(groups: readonly ReviewGroup[]): PlacedDanger[] {
  const placed = new Map<string, PlacedDanger>()
  for (const { application, environment, objects } of groups) {
    for (const object of objects) {
      for (const danger of object.dangers) {
        const name = formatObjectId(object)
        const key = JSON.stringify([application, name, danger.code, danger.field, danger.sentence])
        const known = placed.get(key)
        if (!known) placed.set(key, { ...danger, application, environments: [environment], object: name })
        else if (!known.environments.includes(environment)) known.environments.push(environment)
      }
    }
  }
  return [...placed.values()]
}
