import type { Attestation } from '../../domain/release.ts'
import type { Move } from './move.ts'

/**
 * The releases of the source that a promotion carries, oldest first: those since the versions that the target has.
 * `history` is the application's in the source, on one cluster, newest first, from what is promoted on. Where it does not
 * reach back to the target's versions, or no image tells them, only what is promoted itself.
 */
export function releasesSince(history: readonly Attestation[], moves: readonly Move[]): Attestation[] {
  const images = moves.filter(({ kind }) => kind === 'image')
  const start = history.findIndex((release) =>
    images.every(({ name, before }) => release.images[name] === before),
  )
  const isKnown = images.length > 0 && start > 0
  const since = history.slice(0, isKnown ? start : 1)
  return since.filter(({ digest }, index) => since[index + 1]?.digest !== digest).toReversed()
}
