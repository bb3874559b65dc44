import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Pin } from '../../domain/release.ts'
import { addKustomizeImages } from './add-kustomize-image.ts'
import { applyEdits, type Edit, readDocuments } from './edit-yaml.ts'
import { imageVersions } from './image-versions.ts'
import {
  inBareTags,
  inImageFields,
  inKustomization,
  inValues,
  type Move,
  type Places,
} from './move-images.ts'

export interface PromotionToPlan {
  application: string
  from: string
  to: string
  fromObjects: KubernetesObject[]
  toObjects: KubernetesObject[]
  /** Text of the files only the `to` target renders from: nothing shared with other environments. */
  files: ReadonlyMap<string, string>
  /** Helm: values files, relative to the repository's root. */
  valueFiles: string[]
  /** Of the environment `to`. */
  pins: Pin[]
  isAutomatic: boolean
}

export type PromotionPlan =
  | { kind: 'nothing'; reason: string }
  | { kind: 'pinned'; reason: string; pin: Pin }
  | { kind: 'impossible'; problem: Problem }
  | { kind: 'promote'; moves: Move[]; files: Record<string, string> }

/** What carries the versions that run in `from` to `to`: edits of tags and digests alone, every other byte kept. */
export function planPromotion(request: PromotionToPlan): PromotionPlan {
  const { from, to } = request
  const moves = movesBetween(imageVersions(request.fromObjects), imageVersions(request.toObjects))
  if (moves.length === 0) return { kind: 'nothing', reason: `${to} runs the versions of ${from} already` }
  const pin = pinOf(request, moves)
  if (pin) return { kind: 'pinned', pin, reason: pinReason(request, pin) }
  const unclear = moves.find(({ after }) => !isVersion(after))
  if (unclear) return { kind: 'impossible', problem: unclearVersion(request, unclear) }
  const edits = new Map<string, Edit[]>()
  const unplaced = moves.filter((move) => !place(request, move, moves, edits))
  if (unplaced.length > 0 && !addTo(request, unplaced, edits)) {
    return { kind: 'impossible', problem: noPlace(request, unplaced) }
  }
  const files = [...edits].map(([path, all]) => [path, applyEdits(request.files.get(path) ?? '', all)])
  return { kind: 'promote', moves, files: Object.fromEntries(files) }
}

/** Images that run on both sides, in another version. */
function movesBetween(from: Record<string, string>, to: Record<string, string>): Move[] {
  return Object.entries(to).flatMap(([image, before]) => {
    const after = Object.hasOwn(from, image) ? from[image] : undefined
    return after === undefined || after === before ? [] : [{ image, before, after }]
  })
}

function pinOf({ application, to, pins }: PromotionToPlan, moves: readonly Move[]): Pin | undefined {
  return pins
    .filter((pin) => pin.application === application && pin.environment === to)
    .find(({ images }) =>
      moves.some(({ image, after }) => Object.hasOwn(images, image) && images[image] === after),
    )
}

function pinReason({ application, to, isAutomatic }: PromotionToPlan, pin: Pin): string {
  const lift = isAutomatic
    ? 'it comes back only when a person lifts the pin'
    : `lift it first with /unpin ${application} ${to}`
  return `this version is pinned away from ${to} by ${pin.by}: ${pin.reason}; ${lift}`
}

/** One version, of the characters that an image reference allows. Source: distribution/reference, `tag` and `digest`. */
function isVersion(version: string): boolean {
  return (
    /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@?[a-z0-9]+:[0-9a-f]{32,128})?$/.test(version) &&
    version !== ''
  )
}

/** Finds the places that say the move's version among the target's own files; false where there are none to edit. */
function place(
  request: PromotionToPlan,
  move: Move,
  moves: readonly Move[],
  edits: Map<string, Edit[]>,
): boolean {
  for (const search of searches) {
    if (search.isByVersion && !isOnlyImageOf(request, move, moves)) continue
    const found = [...request.files].flatMap(([path, text]) =>
      search.isAbout(path, request)
        ? readDocuments(text).flatMap((document) => toPlaces(path, search.find(document, move)))
        : [],
    )
    if (found.some(({ edit }) => edit === undefined)) return false
    if (search.isByVersion && found.length > 1) return false
    for (const { path, edit } of found) if (edit) edits.set(path, [...(edits.get(path) ?? []), edit])
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
function isOnlyImageOf({ toObjects }: PromotionToPlan, move: Move, moves: readonly Move[]): boolean {
  return Object.entries(imageVersions(toObjects))
    .filter(([, version]) => version === move.before)
    .every(([image]) => moves.some((other) => other.image === image && other.after === move.after))
}

/** Nothing of the target's own says the version: its kustomization is where it can be said. */
function addTo({ files }: PromotionToPlan, moves: readonly Move[], edits: Map<string, Edit[]>): boolean {
  const depth = (path: string) => path.split('/').length
  const [path] = [...files.keys()]
    .filter((candidate) => isKustomization(candidate))
    .toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))
  const edit = path === undefined ? undefined : addKustomizeImages(files.get(path) ?? '', moves)
  if (path === undefined || !edit) return false
  edits.set(path, [...(edits.get(path) ?? []), edit])
  return true
}

function isKustomization(path: string): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path)
}

function isValueFile(path: string, { valueFiles }: PromotionToPlan): boolean {
  return valueFiles.includes(path)
}

function isManifest(path: string): boolean {
  return /\.(?:ya?ml|json)$/.test(path) && !isKustomization(path)
}

function unclearVersion({ application, from }: PromotionToPlan, { image, after }: Move): Problem {
  const what =
    after === '' ? 'without a version' : `in more than one version or none that can be named (${after})`
  return {
    code: 'PROMOTION_UNCLEAR',
    path: '',
    line: 0,
    message: `${application}: ${image} runs in ${from} ${what}`,
    fix: `let ${from} run one version of it, named by tag or digest`,
  }
}

function noPlace({ application, to, files, valueFiles }: PromotionToPlan, moves: readonly Move[]): Problem {
  const images = moves.map(({ image, before }) => `${image}:${before}`).join(', ')
  const own = valueFiles.find((path) => files.has(path))
  return {
    code: 'PROMOTION_NO_PLACE',
    path: own ?? [...files.keys()][0] ?? '',
    line: 0,
    message: `${application}: no file that belongs to ${to} alone says the version of ${images}`,
    fix: own
      ? `say it in ${own}: the image's repository and tag`
      : `say it in a file of ${to}: images[].newTag in its kustomization, or a values file named after the environment`,
  }
}
