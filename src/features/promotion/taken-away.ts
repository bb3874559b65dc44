import type { Attestation } from '../../domain/release.ts'
import type { Move } from './move.ts'

/**
 * The release by which a person took away what would now be promoted; automation does not bring it back. `history` is the
 * application's in the target environment, on one cluster, newest first.
 *
 * | the versions that would be promoted | what replaced them there | answer       |
 * | never ran there                     | –                        | none         |
 * | ran there                           | a promotion              | none         |
 * | ran there                           | a change or a revert     | that release |
 */
export function takenAway(history: readonly Attestation[], moves: readonly Move[]): Attestation | undefined {
  const images = moves.filter(({ kind }) => kind === 'image')
  if (images.length === 0) return undefined
  const ran = history.findIndex((release) =>
    images.every(({ name, after }) => release.images[name] === after),
  )
  const replacement = ran > 0 ? history[ran - 1] : undefined
  return replacement?.kind === 'change' || replacement?.kind === 'revert' ? replacement : undefined
}
