import type { Problem } from '../../domain/problem.ts'
import { addKustomizeImages } from './add-kustomize-image.ts'
import { type Edit, readDocuments } from './edit-yaml.ts'
import { imageVersions } from './image-versions.ts'
import { type Carried, carried, type Move, type PlacedEdit } from './move.ts'
import { inBareTags, inImageFields, inKustomization, inValues, type Places } from './move-images.ts'
import type { PromotionToPlan } from './promotion-to-plan.ts'

/** The tags and digests of images that run on both sides, written where the target's own files say them. */
export function carryImages(request: PromotionToPlan): Carried {
  const moves = imageMoves(request)
  const unclear = moves.find(({ after }) => !isVersion(after))
  if (unclear) return carried(moves, { problem: unclearVersion(request, unclear) })
  const edits: PlacedEdit[] = []
  const unplaced = moves.filter((move) => !place(request, move, moves, edits))
  if (unplaced.length > 0 && !addTo(request, unplaced, edits)) {
    return carried(moves, { problem: noPlace(request, unplaced) })
  }
  return carried(moves, { edits })
}

/** Images that run on both sides, in another version. */
export function imageMoves({ source, target }: PromotionToPlan): Move[] {
  const from = imageVersions(source.objects)
  return Object.entries(imageVersions(target.objects)).flatMap(([name, before]) => {
    const after = Object.hasOwn(from, name) ? from[name] : undefined
    return after === undefined || after === before ? [] : [{ kind: 'image', name, before, after }]
  })
}

/** One version, of the characters that an image reference allows. Source: distribution/reference, `tag` and `digest`. */
function isVersion(version: string): boolean {
  return (
    /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@?[a-z0-9]+:[0-9a-f]{32,128})?$/.test(version) &&
    version !== ''
  )
}

/** Finds the places that say the move's version among the target's own files; false where there are none to edit. */
function place(request: PromotionToPlan, move: Move, moves: readonly Move[], edits: PlacedEdit[]): boolean {
  for (const search of searches) {
    if (search.isByVersion && !isOnlyImageOf(request, move, moves)) continue
    const found = [...request.target.files].flatMap(([path, text]) =>
      search.isAbout(path, request)
        ? readDocuments(text).flatMap((document) => toPlaces(path, search.find(document, move)))
        : [],
    )
    if (found.some(({ edit }) => edit === undefined)) return false
    if (search.isByVersion && found.length > 1) return false
    for (const { path, edit } of found) if (edit) edits.push({ path, edit })
    if (found.length > 0) return true
  }
  return false
}

interface Search {
  find(document: Parameters<typeof inValues>[0], move: Move): Places
  isAbout(path: string, request: PromotionToPlan): boolean
  /** It cannot tell images apart, only versions. */
  isByVersion?: boolean
}

/** Where a version is said, the place that wins over the others first. */
const searches: Search[] = [
  { find: inKustomization, isAbout: isKustomization },
  { find: inValues, isAbout: isValueFile },
  { find: inBareTags, isAbout: isValueFile, isByVersion: true },
  { find: inImageFields, isAbout: (path, request) => isManifest(path) && !isValueFile(path, request) },
]

function toPlaces(path: string, places: Places): { path: string; edit: Edit | undefined }[] {
  return places.map((edit) => ({ path, edit }))
}

/** Whether every image that runs in the version moves the same way: then the version alone tells what to edit. */
function isOnlyImageOf({ target }: PromotionToPlan, move: Move, moves: readonly Move[]): boolean {
  return Object.entries(imageVersions(target.objects))
    .filter(([, version]) => version === move.before)
    .every(([image]) => moves.some((other) => other.name === image && other.after === move.after))
}

/** Nothing of the target's own says the version: its kustomization is where it can be said. */
function addTo({ target }: PromotionToPlan, moves: readonly Move[], edits: PlacedEdit[]): boolean {
  const depth = (path: string) => path.split('/').length
  const [path] = [...target.files.keys()]
    .filter((candidate) => isKustomization(candidate))
    .toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))
  const edit = path === undefined ? undefined : addKustomizeImages(target.files.get(path) ?? '', moves)
  if (path === undefined || !edit) return false
  edits.push({ path, edit })
  return true
}

export function isKustomization(path: string): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path)
}

function isValueFile(path: string, { target }: PromotionToPlan): boolean {
  return target.valueFiles.includes(path)
}

function isManifest(path: string): boolean {
  return /\.(?:ya?ml|json)$/.test(path) && !isKustomization(path)
}

function unclearVersion({ application, source }: PromotionToPlan, { name, after }: Move): Problem {
  const from = source.environment
  const what =
    after === '' ? 'without a version' : `in more than one version or none that can be named (${after})`
  return {
    code: 'PROMOTION_UNCLEAR',
    path: '',
    line: 0,
    message: `${application}: ${name} runs in ${from} ${what}`,
    fix: `let ${from} run one version of it, named by tag or digest`,
  }
}

function noPlace({ application, target }: PromotionToPlan, moves: readonly Move[]): Problem {
  const { environment, files, valueFiles } = target
  const images = moves.map(({ name, before }) => `${name}:${before}`).join(', ')
  const own = valueFiles.find((path) => files.has(path))
  return {
    code: 'PROMOTION_NO_PLACE',
    path: own ?? [...files.keys()][0] ?? '',
    line: 0,
    message: `${application}: no file that belongs to ${environment} alone says the version of ${images}`,
    fix: own
      ? `say it in ${own}: the image's repository and tag`
      : `say it in a file of ${environment}: images[].newTag in its kustomization, or a values file named after the environment`,
  }
}
