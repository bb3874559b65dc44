import type { Promoted } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Pin } from '../../domain/release.ts'
import type { FileContent } from '../../domain/repository-files.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { carryCharts } from './carry-charts.ts'
import { carryField } from './carry-field.ts'
import { carryFolder } from './carry-folder.ts'
import { carryImages, imageMoves } from './carry-images.ts'
import { applyEdits } from './edit-yaml.ts'
import type { Carried, Move } from './move.ts'
import { afterMoves, bringsBack, promotedVersions } from './promoted-versions.ts'
import type { PromotionToPlan } from './promotion-to-plan.ts'

export type PromotionPlan =
  | { kind: 'nothing'; reason: string }
  | { kind: 'pinned'; reason: string; pin: Pin }
  | { kind: 'impossible'; problem: Problem }
  | { kind: 'promote'; moves: Move[]; files: Record<string, FileContent> }

/** What carries the versions that run in one environment to the next: every byte that says no version is kept. */
export function planPromotion(request: PromotionToPlan): PromotionPlan {
  const [from, to] = [request.source.environment, request.target.environment]
  const parts = request.promoted.map((promoted) => carry(request, promoted))
  const moves = parts.flatMap((part) => part.moves)
  const problem = parts.find((part) => part.problem)?.problem
  if (moves.length === 0 && !problem)
    return { kind: 'nothing', reason: `${to} runs the versions of ${from} already` }
  const pin = pinOf(request, moves)
  if (pin) return { kind: 'pinned', pin, reason: pinReason(request, pin) }
  if (problem) return { kind: 'impossible', problem }
  return { kind: 'promote', moves, files: filesOf(request, parts) }
}

function carry(request: PromotionToPlan, promoted: Promoted): Carried {
  switch (promoted.kind) {
    case 'images':
      return carryImages(request)
    case 'charts':
      return carryCharts(request)
    case 'field':
      return carryField(request, promoted)
    case 'folder':
      return carryFolder(request, promoted)
    default:
      return unreachable(promoted)
  }
}

/** A file that is carried whole has its versions from the source already. */
function filesOf({ target }: PromotionToPlan, parts: readonly Carried[]): Record<string, FileContent> {
  const byPath = Map.groupBy(
    parts.flatMap(({ edits }) => edits),
    ({ path }) => path,
  )
  const edited = [...byPath].map(([path, placed]) => [
    path,
    applyEdits(
      target.files.get(path) ?? '',
      placed.map(({ edit }) => edit),
    ),
  ])
  return Object.assign(Object.fromEntries(edited), ...parts.map(({ files }) => files)) as Record<
    string,
    FileContent
  >
}

function pinOf(request: PromotionToPlan, moves: readonly Move[]): Pin | undefined {
  const { application, target, promoted } = request
  const images = imageMoves(request)
  const byImage = target.pins
    .filter((pin) => pin.application === application && pin.environment === target.environment)
    .find((pin) =>
      images.some(({ name, after }) => Object.hasOwn(pin.images, name) && pin.images[name] === after),
    )
  const before = promotedVersions(target, promoted)
  const change = { before, after: afterMoves(before, moves) }
  return byImage ?? target.pinned.find(({ versions }) => bringsBack(versions, change))?.pin
}

function pinReason({ application, target, isAutomatic }: PromotionToPlan, pin: Pin): string {
  const to = target.environment
  const lift = isAutomatic
    ? 'it comes back only when a person lifts the pin'
    : `lift it first with /unpin ${application} ${to}`
  return `this version is pinned away from ${to} by ${pin.by}: ${pin.reason}; ${lift}`
}
