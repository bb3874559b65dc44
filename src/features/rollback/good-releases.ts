import type { Attestation, Controls } from '../../domain/release.ts'
import { targetKey } from '../../domain/refs.ts'

/** What the rendered ref said at one time. */
interface PastState {
  attestations: readonly Attestation[]
  controls: Pick<Controls, 'pins'>
}

/**
 * Releases of the target before `bad` that it may go back to, newest first: those that render differently, that no revert
 * took back and that no pin keeps out. `states` are newest first, the oldest known last.
 */
export function goodReleases<State extends PastState>(
  states: readonly State[],
  bad: Attestation,
): { state: State; attestation: Attestation }[] {
  const found = states.flatMap((state) => {
    const attestation = state.attestations.find(({ target }) => targetKey(target) === targetKey(bad.target))
    return attestation ? [{ state, attestation }] : []
  })
  const releases = found.filter(
    ({ attestation }, index) => !isSame(attestation, found[index - 1]?.attestation),
  )
  const denied = new Set([bad.digest, ...releases.flatMap((_, index) => takenBack(releases, index))])
  const pins = (states[0]?.controls.pins ?? []).filter(
    ({ application, environment }) =>
      application === bad.target.application && environment === bad.target.environment,
  )
  return releases.filter(
    ({ attestation }) =>
      attestation.at < bad.at &&
      !denied.has(attestation.digest) &&
      !pins.some(({ images }) => brings(attestation, images)),
  )
}

function isSame(left: Attestation, right: Attestation | undefined): boolean {
  return left.digest === right?.digest && left.revision === right.revision
}

/** Digests that the revert at `index` takes back. It takes back everything since the release that it returns to; where it returns to none that is known, the one before it. */
export function takenBack(releases: readonly { attestation: Attestation }[], index: number): string[] {
  const revert = releases[index]?.attestation
  if (revert?.kind !== 'revert') return []
  const earlier = releases.slice(index + 1)
  const back = earlier.findIndex(({ attestation }) => attestation.digest === revert.digest)
  return earlier.slice(0, back < 0 ? 1 : back).map(({ attestation }) => attestation.digest)
}

function brings({ images }: Attestation, pinned: Record<string, string>): boolean {
  return Object.entries(pinned).some(([image, version]) => images[image] === version)
}
