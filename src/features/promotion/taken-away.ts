import type { Attestation } from '../../domain/release.ts'
import type { Move } from './move.ts'
import { type PromotedVersion, stands } from './promoted-versions.ts'

/** A release in the target, and the charts, fields and files that it had, where they were read. */
export interface PastRelease {
  attestation: Attestation
  versions?: readonly PromotedVersion[]
}

/**
 * The release by which a person took away what would now be promoted; automation does not bring it back. `history` is the
 * application's in the target environment, on one cluster, newest first. Images tell a version where any of them moves.
 *
 * | the versions that would be promoted | what replaced them there | answer       |
 * | never ran there                     | –                        | none         |
 * | ran there                           | a promotion              | none         |
 * | ran there                           | a change or a revert     | that release |
 */
export function takenAway(history: readonly PastRelease[], moves: readonly Move[]): Attestation | undefined {
  const images = moves.filter(({ kind }) => kind === 'image')
  const ran = history.findIndex(({ attestation, versions }) =>
    images.length > 0
      ? images.every(({ name, after }) => attestation.images[name] === after)
      : versions !== undefined && stands(versions, moves),
  )
  const replacement = ran > 0 ? history[ran - 1]?.attestation : undefined
  return replacement?.kind === 'change' || replacement?.kind === 'revert' ? replacement : undefined
}
