import type { Promoted } from '../../domain/configuration.ts'
import type { Pin } from '../../domain/release.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { joinPath } from '../rendering/paths.ts'
import { chartVersions } from './carry-charts.ts'
import { fieldName, findField } from './carry-field.ts'
import { filesOf, shortId } from './carry-folder.ts'
import { scalarText } from './edit-yaml.ts'
import type { Move } from './move.ts'
import type { PromotionFiles } from './promotion-to-plan.ts'

/** Something that a promotion carries, in one version. Images are told by what runs. */
export interface PromotedVersion {
  kind: 'chart' | 'field' | 'file'
  /** As a move names it. */
  name: string
  version: string
}

/** The charts, fields and files that came with a pinned release. */
export interface PinnedVersions {
  pin: Pin
  versions: PromotedVersion[]
}

/** The versions in which a side has what is promoted, images left out. */
export function promotedVersions(side: PromotionFiles, promoted: readonly Promoted[]): PromotedVersion[] {
  return promoted.flatMap((each): PromotedVersion[] => {
    switch (each.kind) {
      case 'images':
        return []
      case 'charts':
        return [...chartVersions(side)].flatMap(([name, versions]) =>
          [...versions].map((version): PromotedVersion => ({ kind: 'chart', name, version })),
        )
      case 'field': {
        const found = findField(side, each)
        const version = scalarText(found.node)
        return version === undefined ? [] : [{ kind: 'field', name: fieldName(found), version }]
      }
      case 'folder': {
        const root = joinPath(side.folder, each.folder) ?? side.folder
        return [...filesOf(side, each.folder, each.except)].map(([name, entry]): PromotedVersion => ({
          kind: 'file',
          name: `${root}/${name}`,
          version: shortId(entry),
        }))
      }
      default:
        return unreachable(each)
    }
  })
}

/** The same after a promotion. */
export function afterMoves(versions: readonly PromotedVersion[], moves: readonly Move[]): PromotedVersion[] {
  const gone = new Set(moves.map(({ kind, name, before }) => keyOf(kind, name, before)))
  const kept = versions.filter(({ kind, name, version }) => !gone.has(keyOf(kind, name, version)))
  const come = moves.flatMap(({ kind, name, after }): PromotedVersion[] =>
    kind === 'image' || (kind === 'file' && after === shortId(undefined))
      ? []
      : [{ kind, name, version: after }],
  )
  return [...kept, ...come]
}

/** Whether everything stands as the moves would leave it, images left out; something of it at least. */
export function stands(versions: readonly PromotedVersion[], moves: readonly Move[]): boolean {
  const wanted = moves.filter(({ kind }) => kind !== 'image')
  const isThere = standing(versions)
  return (
    wanted.length > 0 &&
    wanted.every(({ kind, name, after }) => kind !== 'image' && isThere({ kind, name, version: after }))
  )
}

/** What a release has that the one before it had not; a file that it lacks stands there without a version. */
export function versionsBrought(
  release: readonly PromotedVersion[],
  before: readonly PromotedVersion[],
): PromotedVersion[] {
  const known = keysOf(before)
  const names = new Set(release.map(({ kind, name }) => keyOf(kind, name, '')))
  const lost = before.filter(({ kind, name }) => kind === 'file' && !names.has(keyOf(kind, name, '')))
  return [
    ...release.filter((each) => !known.has(keyOf(each.kind, each.name, each.version))),
    ...lost.map((each) => ({ ...each, version: shortId(undefined) })),
  ]
}

/**
 * Whether a change brings back what a pin keeps out. A folder is one thing in many files: it is back when all the files that
 * came with the pinned release are as they were in it.
 *
 * | of the pinned versions           | before the change | after it | answer |
 * | a chart, a field                 | not so            | so       | yes    |
 * | a chart, a field                 | so                | so       | no     |
 * | every file                       | not every         | every    | yes    |
 * | every file                       | every             | every    | no     |
 * | some of the files                | –                 | so       | no     |
 */
export function bringsBack(
  pinned: readonly PromotedVersion[],
  { before, after }: { before: readonly PromotedVersion[]; after: readonly PromotedVersion[] },
): boolean {
  const [was, is] = [standing(before), standing(after)]
  const alone = pinned.filter(({ kind }) => kind !== 'file')
  const files = pinned.filter(({ kind }) => kind === 'file')
  return (
    alone.some((version) => is(version) && !was(version)) ||
    (files.length > 0 && files.every(is) && !files.every(was))
  )
}

/** Whether a version stands; no version of a file stands where there is no such file. */
function standing(versions: readonly PromotedVersion[]): (version: PromotedVersion) => boolean {
  const keys = keysOf(versions)
  const names = new Set(versions.map(({ kind, name }) => keyOf(kind, name, '')))
  return ({ kind, name, version }) =>
    version === shortId(undefined) && kind === 'file'
      ? !names.has(keyOf(kind, name, ''))
      : keys.has(keyOf(kind, name, version))
}

function keysOf(versions: readonly PromotedVersion[]): Set<string> {
  return new Set(versions.map(({ kind, name, version }) => keyOf(kind, name, version)))
}

function keyOf(kind: Move['kind'], name: string, version: string): string {
  return `${kind}\0${name}\0${version}`
}
