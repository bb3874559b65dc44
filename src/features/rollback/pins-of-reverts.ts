import { type Instant, targetKey } from '../../domain/refs.ts'
import type { Attestation, Pin } from '../../domain/release.ts'
import type { JudgedCommit } from '../release/judged-commit.ts'
import { isPinned, pinOf } from './pin-release.ts'

/**
 * Pins for what reverts take back as they land, so that automation does not undo them, whoever asked for them. A commit that
 * was never released leaves nothing to pin.
 */
export function pinsOfReverts(
  facts: {
    attested: readonly Attestation[]
    pins: readonly Pin[]
    releases: readonly Attestation[]
    commits: readonly Pick<JudgedCommit, 'sha' | 'proposal' | 'pull' | 'by'>[]
  },
  now: Instant,
): Pin[] {
  const { attested, pins, releases, commits } = facts
  return releases.reduce<Pin[]>((found, release) => {
    const commit = commits.find(({ sha }) => sha === release.revision)
    const bad = attested.find(({ target }) => targetKey(target) === targetKey(release.target))
    if (commit?.proposal?.kind !== 'revert' || commit.proposal.cause === 'unapproved-commit' || !bad)
      return found
    const { requestedBy } = commit.proposal
    const pin = pinOf({ attestations: attested }, bad, release, {
      reason: `taken back by ${commit.pull ? `#${commit.pull.ref.number}` : commit.sha.slice(0, 7)}`,
      by: requestedBy?.login ?? 'drawbridge',
      at: now,
    })
    return isPinned([...pins, ...found], pin) ? found : [...found, pin]
  }, [])
}
