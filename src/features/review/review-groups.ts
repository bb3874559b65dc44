import type { DiffKind, ObjectDiff, RepositoryDiff } from '../../domain/object-diff.ts'
import type { Target } from '../../domain/refs.ts'
import { describeObjectMove, describeTargetMoves } from './describe-moves.ts'
import type { ReviewView } from './review-view.ts'

/** What changes in one application in one environment; clusters that get the same are one group. */
export interface ReviewGroup {
  application: string
  environment: string
  clusters: string[]
  /** The first of its targets, for links. */
  target: Target
  source: string
  because?: string
  /** What became of it as a whole: `formerly web`. */
  moves: string[]
  counts: Counts
  objects: ObjectDiff[]
  /** An environment shown before this one where the application changes in exactly the same way. */
  sameAs?: string
}

export interface Counts {
  added: number
  removed: number
  changed: number
  renamed: number
  /** Between targets of one cluster: neither new nor gone. */
  moved: number
  plusLines: number
  minusLines: number
  foldedLines: number
}

/** Groups in the order in which they are shown: environments as configured, those that are not by name; then applications. */
export function groupTargets(
  diff: RepositoryDiff,
  { affected, environments = [] }: Pick<ReviewView, 'affected' | 'environments'>,
): ReviewGroup[] {
  const bySame = Map.groupBy(diff.targets, (each) =>
    JSON.stringify([
      each.target.application,
      each.target.environment,
      whatChanges({ ...each, moves: describeTargetMoves(each) }),
    ]),
  )
  const rank = (name: string) =>
    environments.includes(name) ? environments.indexOf(name) : environments.length
  const groups = [...bySame.values()]
    .flatMap((targets) => toGroup(targets, affected))
    .toSorted(
      (left, right) =>
        rank(left.environment) - rank(right.environment) ||
        compare(left.environment, right.environment) ||
        compare(left.application, right.application),
    )
  return markRepeats(groups)
}

/** What people are shown of a target's change: clusters and environments with the same are shown once. */
function whatChanges({ target, objects, moves }: Pick<ReviewGroup, 'target' | 'objects' | 'moves'>) {
  const shown = objects.map(({ movedFrom, movedTo, ...object }) => ({
    ...object,
    move: describeObjectMove({ movedFrom, movedTo }, target),
  }))
  return [moves, shown]
}

function toGroup(targets: RepositoryDiff['targets'], affected: ReviewView['affected']): ReviewGroup[] {
  const first = targets[0]
  if (!first) return []
  const { application, environment } = first.target
  const reason = affected.find(
    (entry) =>
      entry.application === application && entry.environment === environment && entry.source === first.source,
  )
  return [
    {
      application,
      environment,
      clusters: targets.map(({ target }) => target.cluster),
      target: first.target,
      source: first.source,
      because: reason?.because,
      moves: describeTargetMoves(first),
      counts: countChanges(first.objects),
      objects: first.objects,
    },
  ]
}

/** The same change of one application in a further environment is shown by naming the first. */
function markRepeats(groups: readonly ReviewGroup[]): ReviewGroup[] {
  const first = new Map<string, string>()
  return groups.map((group) => {
    const key = JSON.stringify([group.application, whatChanges(group)])
    const sameAs = first.get(key)
    if (sameAs === undefined) first.set(key, group.environment)
    return sameAs === undefined || sameAs === group.environment ? group : { ...group, sameAs }
  })
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

export function countChanges(objects: readonly ObjectDiff[]): Counts {
  const of = (kind: DiffKind) => objects.filter((object) => object.change === kind && !isMoved(object)).length
  return {
    added: of('added'),
    removed: of('removed'),
    changed: of('changed'),
    renamed: of('renamed'),
    moved: objects.filter(isMoved).length,
    plusLines: sum(objects, (object) => countLines(object, '+')),
    minusLines: sum(objects, (object) => countLines(object, '-')),
    foldedLines: sum(objects, ({ foldedLines }) => foldedLines),
  }
}

function isMoved({ movedFrom, movedTo }: ObjectDiff): boolean {
  return movedFrom !== undefined || movedTo !== undefined
}

export function countLines(object: ObjectDiff, sign: '+' | '-'): number {
  return sum(object.hunks, ({ lines }) => lines.filter((line) => line.startsWith(sign)).length)
}

export function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
