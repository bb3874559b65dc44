import type { Instant } from '../../domain/refs.ts'
import type { Attestation, Controls, Freeze } from '../../domain/release.ts'
import type { Command } from '../commands/command.ts'

export type ControlsChange =
  { kind: 'changed'; controls: Controls; summary: string } | { kind: 'unchanged'; reason: string }

interface Who {
  by: string
  at: Instant
  until?: Instant
}

/** The controls of an environment after a command; `unchanged` where the command would change nothing. */
export function changeControls(
  state: { environment: string; controls: Controls; attestations: readonly Attestation[] },
  command: Command,
  { by, at, until }: Who,
): ControlsChange {
  const { controls, environment } = state
  switch (command.verb) {
    case 'freeze': {
      if (until !== undefined && until <= at) return unchanged('the freeze would be over before it begins')
      const application = command.application ?? '*'
      const freeze = { environment, application, reason: command.reason, by, at, until }
      const rest = lasting(controls.freezes, at).filter((entry) => entry.application !== application)
      return changed(
        { ...controls, freezes: [...rest, freeze] },
        `${describe(application)} is frozen in ${environment}: ${command.reason}`,
      )
    }
    case 'unfreeze': {
      const application = command.application ?? '*'
      const before = lasting(controls.freezes, at)
      const freezes = before.filter((entry) => entry.application !== application)
      if (freezes.length === before.length)
        return unchanged(`there is no freeze of ${describe(application)} in ${environment}`)
      return changed(
        { ...controls, freezes },
        `${describe(application)} may be released to ${environment} again`,
      )
    }
    case 'pin': {
      const { application, reason } = command
      const images = newest(state.attestations, application)?.images
      if (!images) return unchanged(`${application} does not run in ${environment}`)
      const isPinned = controls.pins.some(
        (pin) => pin.application === application && isSame(pin.images, images),
      )
      if (isPinned)
        return unchanged(`the present version of ${application} is pinned in ${environment} already`)
      const pin = { application, environment, images, reason, by, at }
      return changed(
        { ...controls, pins: [...controls.pins, pin] },
        `the present version of ${application} does not come back to ${environment} by automation`,
      )
    }
    case 'unpin': {
      const pins = controls.pins.filter(({ application }) => application !== command.application)
      if (pins.length === controls.pins.length)
        return unchanged(`${command.application} has no pin in ${environment}`)
      return changed({ ...controls, pins }, `the pins of ${command.application} in ${environment} are lifted`)
    }
    case 'hold': {
      const { application, reason } = command
      const rest = controls.holds.filter((entry) => entry.application !== application)
      return changed(
        { ...controls, holds: [...rest, { application, environment, reason, by, at }] },
        `automation does not promote ${application} to ${environment}`,
      )
    }
    case 'unhold': {
      const holds = controls.holds.filter(({ application }) => application !== command.application)
      if (holds.length === controls.holds.length)
        return unchanged(`${command.application} is not held in ${environment}`)
      return changed(
        { ...controls, holds },
        `automation may promote ${command.application} to ${environment} again`,
      )
    }
    default:
      return unchanged(`/${command.verb} changes no control`)
  }
}

/** Freezes that are not over; those that are leave the list with the next change. */
function lasting(freezes: readonly Freeze[], at: Instant): Freeze[] {
  return freezes.filter(({ until }) => until === undefined || until > at)
}

/** While a roll-out is under way its newest version is the present one. */
function newest(attestations: readonly Attestation[], application: string): Attestation | undefined {
  return attestations
    .filter(({ target }) => target.application === application)
    .toSorted((left, right) => right.at - left.at)[0]
}

function isSame(left: Record<string, string>, right: Record<string, string>): boolean {
  const names = Object.keys(left)
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name])
}

function describe(application: string): string {
  return application === '*' ? 'everything' : application
}

function changed(controls: Controls, summary: string): ControlsChange {
  return { kind: 'changed', controls, summary }
}

function unchanged(reason: string): ControlsChange {
  return { kind: 'unchanged', reason }
}
