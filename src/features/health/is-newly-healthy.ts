import type { Release } from '../../domain/release.ts'

type Word = Pick<Release, 'phase' | 'digest'>

/** Whether a target has become healthy, or is so with another release than before: those who wait for it may go on. */
export function isNewlyHealthy(before: Word | undefined, after: Word): boolean {
  return after.phase === 'healthy' && (before?.phase !== 'healthy' || before.digest !== after.digest)
}
