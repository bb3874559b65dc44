import { saysNothing } from './defaults.ts'
import { type Folded, foldValues } from './fold-values.ts'
import { isSameDuration } from './same-duration.ts'
import type { Shape } from './kubernetes-shapes.ts'
import { isSameQuantity } from './quantity.ts'

/** Names that a generator gave anew, old → new: `app-config-7f9c2k5t8d` → `app-config-9mf2c4hb6t`. */
export type Renames = ReadonlyMap<string, string>

/**
 * Folds what the API server reads as the same: amounts and durations written differently, defaults written out, null for
 * nothing. Such a change restarts nothing.
 */
export function foldMeaning<T>(before: T, after: T, shape: Shape): Folded<T> {
  return foldValues(before, after, shape, {
    isSame: (old, young, path, at) =>
      at === 'quantity' ? isSameQuantity(old, young) : at === undefined && isSameDuration(path, old, young),
    saysNothing,
  })
}

/**
 * Folds what follows from another change and tells nothing by itself: checksums, labels of the chart's version, generated
 * names and references to them. Such a change may well restart pods.
 */
export function foldNoise<T>(before: T, after: T, shape: Shape, renames: Renames): Folded<T> {
  return foldValues(before, after, shape, {
    isSame: (old, young, path) =>
      typeof old === 'string' &&
      typeof young === 'string' &&
      (renames.get(old) === young || isNoiseField(path)),
  })
}

/** Labels that repeat the version of what is deployed, or name the tool that rendered it. */
const noisyLabels = new Set([
  'helm.sh/chart',
  'chart',
  'heritage',
  'app.kubernetes.io/version',
  'app.kubernetes.io/managed-by',
])

function isNoiseField(path: readonly string[]): boolean {
  const field = path.at(-1) ?? ''
  if (path.at(-3) !== 'metadata') return false
  if (path.at(-2) === 'annotations') return isChecksum(field)
  return path.at(-2) === 'labels' && noisyLabels.has(field)
}

/** `checksum/config`, `example.org/config-hash`, `rollme` */
function isChecksum(annotation: string): boolean {
  return /(^|[/.-])(checksum|rollme)([/.-]|$)|[/.-](hash|sha256|sha256sum)$/i.test(annotation)
}
