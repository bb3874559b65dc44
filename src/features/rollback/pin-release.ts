import type { LedgerChange } from '../../domain/action.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Attestation, Controls, Pin, Rollout } from '../../domain/release.ts'

/** Where a release that is taken back stands. */
interface Standing {
  attestations: readonly Attestation[]
  rollouts: readonly Rollout[]
  controls: Controls
}

/** What keeps automation from bringing a version back: the images that it brought, what it renders to wherever it runs, and the release itself, from which charts, fields and files are told. */
export function pinOf(
  { attestations }: Pick<Standing, 'attestations'>,
  bad: Attestation,
  good: Pick<Attestation, 'images' | 'revision'> | undefined,
  why: { reason: string; by: string; at: Instant },
): Pin {
  const { application, environment } = bad.target
  const images = Object.fromEntries(
    Object.entries(bad.images).filter(([image, version]) => good?.images[image] !== version),
  )
  const own = attestations.filter(
    ({ target, revision }) => target.application === application && revision === bad.revision,
  )
  const digests = [...new Set([bad, ...own].map(({ digest }) => digest))].toSorted()
  const told = { revision: bad.revision, ...(good && { toldFrom: good.revision }) }
  return { application, environment, images, digests, ...told, ...why }
}

/** Whether a pin keeps out all that another one would. */
export function isPinned(pins: readonly Pin[], { application, environment, images, digests }: Pin): boolean {
  return pins.some(
    (pin) =>
      pin.application === application &&
      pin.environment === environment &&
      Object.entries(images).every(([image, version]) => pin.images[image] === version) &&
      (digests ?? []).every((digest) => pin.digests?.includes(digest)),
  )
}

/**
 * What stops an application's releases at once, before their revert is proposed: no further wave of it opens, and their
 * versions are pinned. Undefined: that stands already.
 */
export function stopRelease(
  { rollouts, controls }: Standing,
  pins: readonly Pin[],
): Pick<LedgerChange, 'rollouts' | 'controls'> | undefined {
  const [first] = pins
  const isOn = (rollout: Rollout) =>
    rollout.application === first?.application && rollout.stopped === undefined
  const added = pins.filter((pin) => !isPinned(controls.pins, pin))
  if (!first || (added.length === 0 && !rollouts.some(isOn))) return undefined
  return {
    rollouts: rollouts.map((rollout) =>
      isOn(rollout) ? { ...rollout, stopped: `it is taken back, because it ${first.reason}` } : rollout,
    ),
    ...(added.length > 0 && { controls: { ...controls, pins: [...controls.pins, ...added] } }),
  }
}
