import type { Actor, Instant, Revision, Sha } from '../../domain/refs.ts'
import type { Attestation, Controls, Freeze, Pin } from '../../domain/release.ts'
import { newestAttestation } from '../attestation/newest-attestation.ts'
import type { Command } from '../commands/command.ts'

export type ControlsChange =
  { kind: 'changed'; controls: Controls; summary: string } | { kind: 'unchanged'; reason: string }

interface Request {
  actor: Actor
  at: Instant
  until?: Instant
  /** The pull request on which it was asked, at its present head. */
  pull: { number: number; head: Sha }
  /** The applications here that the command is about; for /ack-delete. */
  applications: readonly string[]
  /** What ran before what runs now; for /pin. */
  previous?: Revision
}

const hourMs = 3_600_000
/** An override is for now; what is needed for longer belongs into the configuration. */
const longestOverrideMs = 24 * hourMs

/** Time for a check to run and a reviewer to be found. */
const hotfixMs = 4 * hourMs

/** The controls of an environment after a command; `unchanged` where the command would change nothing. */
export function changeControls(
  state: { environment: string; controls: Controls; attestations: readonly Attestation[] },
  command: Command,
  request: Request,
): ControlsChange {
  const { controls, environment } = state
  const { at, until } = request
  const by = request.actor.login
  switch (command.verb) {
    case 'freeze': {
      if (until !== undefined && until <= at) return unchanged('the freeze would be over before it begins')
      const application = command.application ?? '*'
      const freeze = { environment, application, reason: command.reason, by, at, until }
      const rest = lasting(controls.freezes, at).filter((entry) => !isByHand(entry, application))
      return changed(
        { ...controls, freezes: [...rest, freeze] },
        `${describe(application)} is frozen in ${environment}: ${command.reason}`,
      )
    }
    case 'unfreeze': {
      const application = command.application ?? '*'
      const before = lasting(controls.freezes, at)
      const freezes = before.filter((entry) => !isByHand(entry, application))
      if (freezes.length === before.length)
        return unchanged(`there is no freeze of ${describe(application)} in ${environment}`)
      return changed(
        { ...controls, freezes },
        `${describe(application)} may be released to ${environment} again`,
      )
    }
    case 'pin': {
      const { application, reason } = command
      const running = newestAttestation(state.attestations, application)
      if (!running) return unchanged(`${application} does not run in ${environment}`)
      const { images, revision } = running
      const toldFrom = request.previous
      const isPinned = controls.pins.some(
        (pin) => pin.application === application && pin.revision === revision && isSame(pin.images, images),
      )
      if (isPinned)
        return unchanged(`the present version of ${application} is pinned in ${environment} already`)
      const pin: Pin = {
        application,
        environment,
        images,
        revision,
        ...(toldFrom !== undefined && { toldFrom }),
        reason,
        by,
        at,
      }
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
    case 'lock':
      return lock(state, command, request)
    case 'unlock': {
      const application = command.application ?? '*'
      const before = lasting(controls.locks, at)
      const locks = before.filter((entry) => entry.application !== application)
      if (locks.length === before.length)
        return unchanged(`there is no lock on ${describe(application)} in ${environment}`)
      return changed({ ...controls, locks }, `the lock on ${describe(application)} in ${environment} is gone`)
    }
    case 'pause': {
      if (until !== undefined && until <= at) return unchanged('the pause would be over before it begins')
      const application = command.application ?? '*'
      const pause = { environment, application, reason: command.reason, by, at, until }
      const rest = lasting(controls.pauses, at).filter((entry) => entry.application !== application)
      return changed(
        { ...controls, pauses: [...rest, pause] },
        `${describe(application)} in ${environment} is left as it is: nothing is applied, put back or deleted`,
      )
    }
    case 'unpause': {
      const application = command.application ?? '*'
      const before = lasting(controls.pauses, at)
      const pauses = before.filter((entry) => entry.application !== application)
      if (pauses.length === before.length)
        return unchanged(`there is no pause of ${describe(application)} in ${environment}`)
      return changed(
        { ...controls, pauses },
        `${describe(application)} in ${environment} is made what git says again`,
      )
    }
    case 'override':
      return override(controls, command, request)
    case 'hotfix':
      return hotfix(state, command, request)
    case 'ack-delete': {
      const { number, head } = request.pull
      const consents = request.applications.map((application) => ({
        environment,
        application,
        pull: number,
        head,
        by: request.actor,
        at,
      }))
      const rest = controls.consents.filter(
        ({ pull, application }) => pull !== number || !request.applications.includes(application),
      )
      return changed(
        { ...controls, consents: [...rest, ...consents] },
        `what #${number} deletes of ${request.applications.join(', ')} in ${environment} may be deleted`,
      )
    }
    default:
      return unchanged(`/${command.verb} changes no control`)
  }
}

/** A freeze that a person has put there; the one of a spent error budget is none of theirs. */
function isByHand(freeze: Freeze, application: string): boolean {
  return freeze.application === application && freeze.slo === undefined
}

/** One owner at a time: a lock on everything and a lock on one application exclude each other, too. */
function lock(
  { controls, environment }: { controls: Controls; environment: string },
  command: Extract<Command, { verb: 'lock' }>,
  { actor, at, until }: Request,
): ControlsChange {
  if (until !== undefined && until <= at) return unchanged('the lock would be over before it begins')
  const application = command.application ?? '*'
  const present = lasting(controls.locks, at)
  const other = present.find(
    (entry) =>
      entry.by.id !== actor.id &&
      (entry.application === application || entry.application === '*' || application === '*'),
  )
  if (other) {
    const end = other.until === undefined ? '' : ` until ${new Date(other.until).toISOString()}`
    return unchanged(
      `${describe(other.application)} in ${environment} is locked by @${other.by.login}${end} (${other.reason})`,
    )
  }
  const rest = present.filter((entry) => entry.application !== application)
  const added = { environment, application, reason: command.reason, by: actor, at, until }
  return changed(
    { ...controls, locks: [...rest, added] },
    `${describe(application)} in ${environment} is locked: only changes of @${actor.login} are released there`,
  )
}

function override(
  controls: Controls,
  command: Extract<Command, { verb: 'override' }>,
  { actor, at, until = at + hourMs, pull }: Request,
): ControlsChange {
  if (until <= at) return unchanged('the override would be over before it begins')
  if (until - at > longestOverrideMs) return unchanged('an override lasts at most 24 hours')
  const added = {
    pull: pull.number,
    head: pull.head,
    gate: command.gate,
    reason: command.reason,
    by: actor,
    at,
    until,
  }
  const present = controls.overrides.filter((entry) => entry.until > at)
  const rest = present.filter(
    (entry) =>
      entry.by.id !== actor.id ||
      entry.pull !== pull.number ||
      entry.head !== pull.head ||
      entry.gate !== command.gate,
  )
  return changed(
    { ...controls, overrides: [...rest, added] },
    `@${actor.login} overrides ${command.gate} of #${pull.number} at ${pull.head.slice(0, 7)}: ${command.reason}`,
  )
}

function hotfix(
  { controls, environment }: { controls: Controls; environment: string },
  command: Extract<Command, { verb: 'hotfix' }>,
  { actor, at, until = at + hotfixMs, pull }: Request,
): ControlsChange {
  if (until <= at) return unchanged('the hotfix would be over before it begins')
  if (until - at > longestOverrideMs) return unchanged('a hotfix lasts at most 24 hours')
  const { number, head } = pull
  const added = { environment, pull: number, head, reason: command.reason, by: actor, at, until }
  const rest = lasting(controls.hotfixes, at).filter((entry) => entry.pull !== number)
  return changed(
    { ...controls, hotfixes: [...rest, added] },
    `#${number} at ${head.slice(0, 7)} is a hotfix for ${environment}: ${command.reason}`,
  )
}

/** Those that are not over; those that are leave the list with the next change. */
function lasting<Entry extends { until?: Instant }>(entries: readonly Entry[], at: Instant): Entry[] {
  return entries.filter(({ until }) => until === undefined || until > at)
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
