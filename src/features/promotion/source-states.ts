import type { Attestation, Controls, Pin, Release, Rollout } from '../../domain/release.ts'
import type { SourceState } from '../../domain/source-state.ts'

/** What a rendered ref said at one time. */
export interface RenderedState {
  environment: string
  attestations: readonly Attestation[]
  rollouts: readonly Pick<Rollout, 'application'>[]
  controls: Pick<Controls, 'pins'>
}

/**
 * What an application was in an environment, newest first, each state once, with the newest of the states of the ref that say
 * so. `history` is the ref's, newest first; the pins of today count.
 */
export function sourceStates<State extends RenderedState>(
  history: readonly State[],
  application: string,
): { state: State; is: SourceState }[] {
  const pins = history[0]?.controls.pins.filter((pin) => pin.application === application) ?? []
  return history
    .map((state) => ({
      state,
      own: state.attestations.filter(({ target }) => target.application === application),
    }))
    .filter(({ own }, index, all) => own.length > 0 && keyOf(own) !== keyOf(all[index - 1]?.own ?? []))
    .map(({ state, own }, index, all) => ({
      state,
      is: {
        application,
        environment: state.environment,
        targets: own.map(({ target: { cluster }, revision, digest }) => ({ cluster, revision, digest })),
        ...(isRevert(own, all[index + 1]?.own ?? []) && { isRevert: true }),
        ...(state.rollouts.some((rollout) => rollout.application === application) && { isUnderWay: true }),
        ...(own.some((each) => pins.some((pin) => isKeptOut(each, pin))) && { isPinned: true }),
      },
    }))
}

/** The present state as the reconcilers tell it, where nothing else is known. */
export function presentState(releases: readonly Release[]): SourceState[] {
  const [first] = releases
  if (!first) return []
  const { application, environment } = first.target
  const targets = releases.map(({ target: { cluster }, revision, digest }) => ({ cluster, revision, digest }))
  return [{ application, environment, targets }]
}

function keyOf(attestations: readonly Attestation[]): string {
  return JSON.stringify(
    attestations.map(({ target, revision, digest }) => [target.cluster, revision, digest]),
  )
}

function isRevert(own: readonly Attestation[], older: readonly Attestation[]): boolean {
  return own.some(
    ({ kind, target, revision }) =>
      kind === 'revert' &&
      !older.some((each) => each.target.cluster === target.cluster && each.revision === revision),
  )
}

function isKeptOut({ images, digest }: Attestation, pin: Pin): boolean {
  return (
    pin.digests?.includes(digest) === true ||
    Object.entries(pin.images).some(([image, version]) => images[image] === version)
  )
}
