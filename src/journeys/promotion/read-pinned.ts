import type { Configuration } from '../../domain/configuration.ts'
import type { Sha } from '../../domain/refs.ts'
import { remember } from '../../domain/remember.ts'
import type { Pin } from '../../domain/release.ts'
import {
  bringsBack,
  type PinnedVersions,
  type PromotedVersion,
  promotedVersions,
  versionsBrought,
} from '../../features/promotion/promoted-versions.ts'
import { ownPaths } from '../../features/release/own-paths.ts'
import type { GitRepository } from '../../ports/git.ts'
import { promotedIn, readOwnFiles } from './read-own-files.ts'
import { loadFiles } from '../repository/render-revision.ts'

type Place = Pick<Pin, 'application' | 'environment'>

/** What pins keep out besides images, by the configuration as it is now. */
export async function readPinned(
  git: GitRepository,
  configuration: Configuration,
  pins: readonly Pin[],
): Promise<PinnedVersions[]> {
  const found: PinnedVersions[] = []
  for (const pin of pins) {
    // Where git does not have the commit any more, the images and digests of the pin hold all the same.
    if (pin.revision === undefined || !(await git.resolve(pin.revision))) continue
    const release = await versionsAt(git, configuration, pin, pin.revision)
    const toldFrom = pin.toldFrom === undefined ? undefined : await git.resolve(pin.toldFrom)
    const before = toldFrom === undefined ? [] : await versionsAt(git, configuration, pin, toldFrom)
    found.push({ pin, versions: versionsBrought(release, before) })
  }
  return found
}

/** The pins that a change brings back by charts, fields or files. */
export async function pinsBroughtBack(
  git: GitRepository,
  configuration: Configuration,
  sides: { base: Sha; head: Sha },
  pins: readonly Pin[],
): Promise<Pin[]> {
  const back: Pin[] = []
  for (const { pin, versions: kept } of await readPinned(git, configuration, pins)) {
    if (kept.length === 0) continue
    const before = await versionsAt(git, configuration, pin, sides.base)
    const after = await versionsAt(git, configuration, pin, sides.head)
    if (bringsBack(kept, { before, after })) back.push(pin)
  }
  return back
}

type Versions = Promise<PromotedVersion[]>

// The same revision under the same configuration always has the same versions, so remembering them changes no answer. Every look
// asks for those of all pins, of which there is one more with each revert.
const known = new WeakMap<GitRepository, WeakMap<Configuration, Map<string, Versions>>>()

/** Of one configuration of a repository. */
const mostKnown = 2_000

/** The charts, fields and files of an application in an environment at a revision. */
export function versionsAt(
  git: GitRepository,
  configuration: Configuration,
  place: Place,
  treeish: Sha,
): Promise<PromotedVersion[]> {
  const ofRepository = known.get(git) ?? new WeakMap<Configuration, Map<string, Versions>>()
  known.set(git, ofRepository)
  const versions = ofRepository.get(configuration) ?? new Map<string, Versions>()
  ofRepository.set(configuration, versions)
  const key = JSON.stringify([treeish, place.environment, place.application])
  return remember(versions, key, () => {
    const [oldest] = versions.keys()
    if (versions.size >= mostKnown && oldest !== undefined) versions.delete(oldest)
    const asked = readVersions(git, configuration, place, treeish)
    asked.catch(() => versions.delete(key))
    return asked
  })
}

async function readVersions(
  git: GitRepository,
  configuration: Configuration,
  { application, environment }: Place,
  treeish: Sha,
): Promise<PromotedVersion[]> {
  const files = await loadFiles(git, treeish)
  const own = ownPaths(files, configuration, application, environment)
  const side = await readOwnFiles(git, files, own, environment)
  return promotedVersions(side, promotedIn(configuration, side.folder))
}
