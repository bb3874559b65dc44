import { createHash } from 'node:crypto'
import { formatObjectId } from '../../domain/kubernetes-object.ts'
import type { DiffKind, Hunk, ObjectDiff, RepositoryDiff, TargetDiff } from '../../domain/object-diff.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { noteCodes } from '../diff/dangers.ts'
import { describeEdits } from './describe-edits.ts'
import { describeObjectMove } from './describe-moves.ts'
import { describeRequests } from './describe-requests.ts'
import { describePods } from './describe-restarts.ts'
import { describePlaces, placeDangers } from './place-dangers.ts'
import { objectAnchor, targetAnchor } from './review-anchors.ts'
import { groupTargets, type ReviewGroup } from './review-groups.ts'
import type { ReviewView } from './review-view.ts'
import { showInvisible } from '../../domain/show-invisible.ts'

/**
 * What is kept of a review for the page of the whole diff: everything but the objects, which are kept in parts, so that nobody
 * has to hold a large diff at once. Secrets are masked in it as in the comment.
 */
export interface ReviewPage {
  title: string
  url: string
  head: string
  base: string
  verdicts: Verdict[]
  dangers: { sentence: string; object: string; where: string; anchor: string; isNote: boolean }[]
  groups: PageGroup[]
}

/** One application in one environment; clusters that get the same are one group. */
export interface PageGroup {
  anchor: string
  application: string
  environment: string
  clusters: string[]
  source: string
  because?: string
  /** An environment before this one where the same changes in the same way. */
  sameAs?: string
  /** `formerly web`; absent where it is what it was. */
  moves?: string
  /** What the pods of the whole environment ask for, before and after; absent where that stays. */
  requests?: string
  edits: string
  plusLines: number
  minusLines: number
  objects: number
  /** Keys of its objects, in order. */
  parts: string[]
}

/** An object as the page shows it: what is hidden in its text is written out. */
export interface PageObject {
  anchor: string
  change: DiffKind
  name: string
  from?: string
  /** `moved from web` */
  move?: string
  /** `3 pods restart` */
  restart?: string
  dangers: { sentence: string; isNote: boolean }[]
  hunks: Hunk[]
  foldedLines: number
}

/** Characters of one part, about. */
const partSize = 128 * 1024

/** The page, and the parts that it names: each is the JSON of some objects under a key made from it. */
export function toReviewPage(
  pull: { title: string; url: string; headSha: string; baseSha: string },
  diff: RepositoryDiff,
  view: Pick<ReviewView, 'affected' | 'environments' | 'verdicts'>,
): { page: ReviewPage; parts: Map<string, string> } {
  const groups = groupTargets(diff, view)
  const parts = new Map<string, string>()
  const page: ReviewPage = {
    title: showInvisible(pull.title),
    url: pull.url,
    head: pull.headSha,
    base: pull.baseSha,
    verdicts: view.verdicts,
    dangers: placeDangers(groups).map(({ sentence, object, places, anchor, code }) => ({
      sentence: showInvisible(sentence),
      object: showInvisible(object),
      where: showInvisible(describePlaces(places)),
      anchor,
      isNote: noteCodes.has(code),
    })),
    groups: groups.map((group) => toPageGroup(group, diff.targets, parts)),
  }
  return { page, parts }
}

function toPageGroup(
  group: ReviewGroup,
  targets: readonly TargetDiff[],
  parts: Map<string, string>,
): PageGroup {
  const { application, environment, clusters, source, because, sameAs, counts, moves, objects, target } =
    group
  const keys = splitObjects(objects).map((members) => {
    const content = JSON.stringify(members.map((object) => toPageObject(group, object)))
    const key = createHash('sha256').update(content).digest('hex')
    parts.set(key, content)
    return key
  })
  return {
    anchor: targetAnchor(target),
    application: showInvisible(application),
    environment: showInvisible(environment),
    clusters: clusters.map(showInvisible),
    source: showInvisible(source),
    because: because && showInvisible(because),
    sameAs,
    ...(moves.length > 0 && { moves: moves.map(showInvisible).join(', ') }),
    requests: describeRequests(targets, environment),
    edits: describeEdits(objects).map(showInvisible).join(', '),
    plusLines: counts.plusLines,
    minusLines: counts.minusLines,
    objects: objects.length,
    parts: keys,
  }
}

/** Objects in order, so many together as make a part. */
function splitObjects(objects: readonly ObjectDiff[]): ObjectDiff[][] {
  const parts: ObjectDiff[][] = []
  let room = 0
  for (const object of objects) {
    if (room <= 0) {
      parts.push([])
      room = partSize
    }
    parts.at(-1)?.push(object)
    room -= weigh(object)
  }
  return parts
}

function weigh({ hunks }: ObjectDiff): number {
  let size = 500
  for (const { lines } of hunks) for (const line of lines) size += line.length + 4
  return size
}

function toPageObject({ target }: ReviewGroup, object: ObjectDiff): PageObject {
  const move = describeObjectMove(object, target)
  return {
    anchor: objectAnchor(target, object),
    change: object.change,
    name: showInvisible(formatObjectId(object)),
    from: object.from && showInvisible(formatObjectId(object.from)),
    move: move && showInvisible(move),
    restart: object.restart && describePods(object.restart),
    dangers: object.dangers.map(({ code, sentence }) => ({
      sentence: showInvisible(sentence),
      isNote: noteCodes.has(code),
    })),
    hunks: object.hunks.map((hunk) => ({
      ...hunk,
      lines: hunk.lines.map(showInvisible),
      ...(hunk.section !== undefined && { section: showInvisible(hunk.section) }),
    })),
    foldedLines: object.foldedLines,
  }
}
