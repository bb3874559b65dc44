import { formatObjectId } from '../../domain/kubernetes-object.ts'
import type { Hunk, ObjectDiff, TargetDiff } from '../../domain/object-diff.ts'
import { noteCodes } from '../diff/dangers.ts'
import { clip, sizeOf } from './comment-size.ts'
import { describeEdits } from './describe-edits.ts'
import { describeObjectMove } from './describe-moves.ts'
import { describeRequests } from './describe-requests.ts'
import { describePods } from './describe-restarts.ts'
import { objectAnchor, targetAnchor } from './review-anchors.ts'
import { countLines, type ReviewGroup, sum } from './review-groups.ts'

/** How much of the changes is shown. */
export interface Detail {
  /** Characters for diffs: groups with dangers have the first of it, then the small ones. */
  room: number
  /** Objects of a group that are listed where its diff is not shown. */
  listed: number
  /** Groups that are shown at all. */
  groups: number
  /** Nothing has to be opened to be read. */
  isOpen?: boolean
}

/** Characters of one line of a diff; a longer one is cut. */
const longestLine = 1_000

/** Lines of diff that a person takes in without having to open anything. */
const linesInTheOpen = 40

/** A section per environment, with its groups. `link` is the page of the whole diff. */
export function showGroups(
  groups: readonly ReviewGroup[],
  targets: readonly TargetDiff[],
  detail: Detail,
  link?: string,
) {
  const full = groupsInFull(groups, detail.room)
  const shown = groups.slice(0, detail.groups)
  const sections = [...Map.groupBy(shown, ({ environment }) => environment)].map(
    ([environment, members]) => ({
      environment: clip(environment, 120),
      requests: describeRequests(targets, environment),
      groups: members.map((group) => showGroup(group, full.has(group), detail, link)),
    }),
  )
  return { sections, more: groups.length - shown.length }
}

/** Whether the whole change is small enough to be read without opening anything. */
export function fitsInTheOpen(groups: readonly ReviewGroup[]): boolean {
  const shown = groups.filter(({ sameAs }) => sameAs === undefined)
  return sum(shown, ({ objects }) => sum(objects, countHunkLines)) <= linesInTheOpen
}

function countHunkLines({ hunks }: ObjectDiff): number {
  return sum(hunks, ({ lines }) => lines.length)
}

/** About how many characters a group's diff takes, with what stands around it. */
export function weighGroup({ objects, sameAs }: ReviewGroup): number {
  return 400 + (sameAs === undefined ? sum(objects, weighObject) : 0)
}

function weighObject({ hunks }: ObjectDiff): number {
  return 160 + sum(hunks, ({ lines }) => 30 + sum(lines, (line) => sizeOf(clip(line, longestLine)) + 1))
}

/** Groups keep their diff as long as there is room. */
function groupsInFull(groups: readonly ReviewGroup[], room: number): Set<ReviewGroup> {
  const full = new Set<ReviewGroup>()
  let left = room
  for (const group of groups.toSorted((one, other) => rankOf(one) - rankOf(other))) {
    const weight = weighGroup(group)
    if (weight > left) continue
    left -= weight
    full.add(group)
  }
  return full
}

function rankOf(group: ReviewGroup): number {
  return (countDangers(group.objects) > 0 ? 0 : 1e9) + weighGroup(group)
}

function showGroup(group: ReviewGroup, isFull: boolean, detail: Detail, link: string | undefined) {
  const { application, environment, clusters, sameAs, target } = group
  const objects = sameAs === undefined ? group.objects.slice(0, isFull ? Infinity : detail.listed) : []
  return {
    application: clip(application, 120),
    clusters: clusters.length === 1 && clusters[0] === environment ? '' : listClusters(clusters),
    moves: group.moves.join(', '),
    edits: describeEdits(group.objects).join(', '),
    summary: summarise(group),
    dangers: countDangers(group.objects),
    sameAs: sameAs && clip(sameAs, 120),
    isOpen: detail.isOpen === true,
    link: link && `${link}#${targetAnchor(target)}`,
    source: clip(group.source, 200),
    because: group.because && clip(group.because, 200),
    objects: objects.map((object) => showObject(group, object, isFull, link)),
    more: objects.length > 0 ? group.objects.length - objects.length : 0,
  }
}

function listClusters(clusters: readonly string[]): string {
  const shown = clusters.slice(0, 8).map((cluster) => clip(cluster, 60))
  return shown.join(', ') + (clusters.length > 8 ? `, ${clusters.length - 8} more` : '')
}

/** `2 changed, 1 added, +12 −3`; empty where no object changes. */
function summarise({ counts, objects }: ReviewGroup): string {
  if (objects.length === 0) return ''
  const kinds = (['changed', 'added', 'removed', 'renamed', 'moved'] as const).filter(
    (kind) => counts[kind] > 0,
  )
  const parts = kinds.map((kind) => `${counts[kind]} ${kind}`)
  return [...parts, `+${counts.plusLines} −${counts.minusLines}`].join(', ')
}

function showObject({ target }: ReviewGroup, object: ObjectDiff, isFull: boolean, link: string | undefined) {
  const patch = isFull && object.hunks.length > 0 ? toPatch(object) : undefined
  return {
    change: object.change,
    name: clip(formatObjectId(object), 260),
    from: object.from && clip(formatObjectId(object.from), 260),
    move: describeObjectMove(object, target),
    restart: object.restart && describePods(object.restart),
    plus: countLines(object, '+'),
    minus: countLines(object, '-'),
    folded: object.foldedLines,
    isDangerous: countDangers([object]) > 0,
    link: patch === undefined ? link && `${link}#${objectAnchor(target, object)}` : undefined,
    diff: patch,
  }
}

function countDangers(objects: readonly ObjectDiff[]): number {
  return sum(objects, ({ dangers }) => dangers.filter(({ code }) => !noteCodes.has(code)).length)
}

/** The hunks as text, each under its `@@` line. */
function toPatch({ hunks }: ObjectDiff): string {
  return hunks
    .flatMap((hunk) => [hunkHead(hunk), ...hunk.lines.map((line) => clip(line, longestLine))])
    .join('\n')
}

/** `@@ -4,7 +4,7 @@ spec.template`, on one line whatever keys are called. */
export function hunkHead({ oldStart, oldLines, newStart, newLines, section }: Hunk): string {
  const place = section === undefined ? '' : ` ${clip(section, 120).replaceAll(/\s+/g, ' ')}`
  return `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@${place}`
}
