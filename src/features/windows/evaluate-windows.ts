import type { ChangeClass, Environment, Window } from '../../domain/configuration.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Freeze, Lock } from '../../domain/release.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { describeWindow, isInside, nextFlip } from './window-span.ts'
import { formatInstant, isKnownZone } from './zoned-time.ts'

export interface WindowRequest {
  /** Those that the change touches; all of them must be open. */
  environments: Environment[]
  applications: string[]
  changeClass: ChangeClass
  /** From then on it is a change as any other. */
  classUntil?: Instant
  freezes: Freeze[]
  locks: Lock[]
  /** Ids of the people whose change it is: they pass their own locks. */
  requesters: string[]
}

/**
 * Whether the change may go out now: every environment inside an allow window of each rule (that has any), outside every deny window,
 * not frozen, and not locked by somebody else. Deny wins. `exceptClasses` pass a window whatever the clock says; reverts pass a freeze and a lock, which would
 * otherwise keep a fault in place; a hotfix passes both windows and freezes, but those of the organisation, where the environment
 * knows hotfixes, and no lock. `until` is the next moment at which the answer changes by itself.
 */
export function evaluateWindows(request: WindowRequest, now: Instant): Verdict {
  const closures = closuresOf(request, now)
  const until = nextBoundary(request, now)
  return closures.length > 0 ? closedVerdict(request, closures, until) : openVerdict(request, until, now)
}

/** The next moment at which the change may go out when it may not now, or may not when it may; undefined where none is known. */
export function nextBoundary(request: WindowRequest, now: Instant): Instant | undefined {
  const isOpenNow = closuresOf(request, now).length === 0
  let at = now
  for (let step = 0; step < maxSteps; step++) {
    const next = isOpenNow ? soonestTurn(request, at) : soonestOpening(closuresOf(request, at), at)
    if (next === undefined) return undefined
    at = next
    if ((closuresOf(request, at).length === 0) !== isOpenNow) return at
  }
  return undefined
}

/** The next moment at which the answer may read differently: one reason of several ends, or another begins. */
export function nextChange(request: WindowRequest, now: Instant): Instant | undefined {
  const told = closuresOf({ ...request, changeClass: 'change' }, now)
  const ends = told.map((closure) => endOf(closure, now))
  return earliest([nextBoundary(request, now), soonestTurn(request, now), ...ends])
}

/** Windows that only ever hand over to each other would be followed for ever. */
const maxSteps = 100

/** Why one environment is closed. */
type Closure =
  | { kind: 'freeze'; environment: string; freeze: Freeze }
  | { kind: 'lock'; environment: string; lock: Lock }
  | { kind: 'deny'; environment: string; window: Window }
  | { kind: 'outside'; environment: string; windows: Window[] }

function closuresOf(request: WindowRequest, at: Instant): Closure[] {
  return request.environments.flatMap((environment) => [
    ...closuresByHand(request, environment, at),
    ...windowClosures(environment, classAt(request, at), at),
  ])
}

function classAt({ changeClass, classUntil = Infinity }: WindowRequest, at: Instant): ChangeClass {
  return at < classUntil ? changeClass : 'change'
}

function closuresByHand(request: WindowRequest, environment: Environment, at: Instant): Closure[] {
  const changeClass = classAt(request, at)
  if (changeClass === 'revert') return []
  const { name } = environment
  const passes = isHotfix(environment, changeClass)
  const freezes = request.freezes.filter(
    (freeze) => isInForce(freeze, request, name, at) && (!passes || freeze.ofOrganisation === true),
  )
  const locks = request.locks.filter(
    (lock) => isInForce(lock, request, name, at) && !request.requesters.includes(lock.by.id),
  )
  return [
    ...freezes.map((freeze) => ({ kind: 'freeze' as const, environment: name, freeze })),
    ...locks.map((lock) => ({ kind: 'lock' as const, environment: name, lock })),
  ]
}

/** It is one only where the environment knows them. */
function isHotfix({ hotfix }: Environment, changeClass: ChangeClass): boolean {
  return changeClass === 'hotfix' && hotfix !== undefined
}

/** Whether a freeze or a lock, by a command or a rule, holds there at that moment. */
export function isInForce(
  closure: { environment: string; application: string; until?: Instant },
  request: Pick<WindowRequest, 'applications'>,
  environment: string,
  at: Instant,
): boolean {
  return (
    (closure.environment === environment || closure.environment === '*') &&
    (closure.application === '*' || request.applications.includes(closure.application)) &&
    (closure.until === undefined || closure.until > at)
  )
}

/** A window in an unknown zone is as closed as can be: an allow window that never opens, a deny window that never ends. */
function windowClosures(environment: Environment, changeClass: ChangeClass, at: Instant): Closure[] {
  const passes = isHotfix(environment, changeClass)
  const isExempt = ({ exceptClasses, rule }: Window) =>
    exceptClasses.includes(changeClass) || (passes && rule === undefined)
  const allow = environment.windows.filter(({ kind }) => kind === 'allow')
  const outside = [...Map.groupBy(allow, ({ rule }) => rule).values()].filter(
    (windows) => !windows.some((window) => isExempt(window) || isInside(window, at) === true),
  )
  const denied = environment.windows.filter(
    (window) => window.kind === 'deny' && !isExempt(window) && isInside(window, at) !== false,
  )
  return [
    ...denied.map((window) => ({ kind: 'deny' as const, environment: environment.name, window })),
    ...outside.map((windows) => ({ kind: 'outside' as const, environment: environment.name, windows })),
  ]
}

/** Not before every present reason has ended can it be open: the latest of their ends. Undefined: one of them has no end. */
function soonestOpening(closures: readonly Closure[], at: Instant): Instant | undefined {
  const ends = closures.map((closure) => endOf(closure, at))
  const known = ends.filter((end) => end !== undefined)
  return known.length < ends.length ? undefined : Math.max(...known)
}

function endOf(closure: Closure, at: Instant): Instant | undefined {
  if (closure.kind === 'freeze') return closure.freeze.until
  if (closure.kind === 'lock') return closure.lock.until
  if (closure.kind === 'deny') return nextFlip(closure.window, at)
  return earliest(closure.windows.map((window) => nextFlip(window, at)))
}

function soonestTurn(request: WindowRequest, at: Instant): Instant | undefined {
  const turns = request.environments.flatMap(({ windows }) => windows.map((window) => nextFlip(window, at)))
  const { classUntil = -Infinity } = request
  return earliest([...turns, classUntil > at ? classUntil : undefined])
}

function earliest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  const known = instants.filter((instant) => instant !== undefined)
  return known.length > 0 ? Math.min(...known) : undefined
}

function closedVerdict(
  request: WindowRequest,
  closures: readonly Closure[],
  until: Instant | undefined,
): Verdict {
  const byHand = closures.find((closure) => closure.kind === 'freeze' || closure.kind === 'lock')
  const sentences = closures.map(describeClosure)
  const opening = until === undefined ? undefined : formatInstant(until, zoneToTell(request, closures))
  const unknown = closures
    .flatMap((closure) => windowsOf(closure).map(({ zone }) => ({ zone, environment: closure.environment })))
    .find(({ zone }) => !isKnownZone(zone))
  const end =
    opening !== undefined
      ? `opens ${opening}`
      : unknown !== undefined
        ? `${JSON.stringify(unknown.zone)} is not a known time zone, so it stays closed`
        : byHand !== undefined
          ? `opens when the ${byHand.kind} is lifted`
          : 'no opening is in sight'
  return {
    gate: 'window',
    outcome: 'wait',
    reason: `${sentences.join('; ')}; ${end}`,
    details: sentences.length > 1 ? sentences : [],
    ...(until !== undefined && { until }),
    fix:
      unknown !== undefined
        ? `mend the time zone in the windows of ${unknown.environment}`
        : byHand !== undefined
          ? liftOf(byHand)
          : until === undefined
            ? 'change the windows in the configuration'
            : 'nothing to do: this opens by itself',
  }
}

/** What ends it: a command, or a change of the rules. */
function liftOf(closure: Extract<Closure, { kind: 'freeze' | 'lock' }>): string {
  if (closure.kind === 'freeze' && closure.freeze.rule !== undefined)
    return `remove it from freezes of ${closure.freeze.rule}`
  if (closure.kind === 'freeze' && closure.freeze.slo !== undefined)
    return 'it ends by itself when a tenth of the budget is back; a revert passes, and so does what two people open with /override window'
  const { application } = closure.kind === 'freeze' ? closure.freeze : closure.lock
  const command = `/un${closure.kind} ${closure.environment}${application === '*' ? '' : ` ${application}`}`
  return `somebody with the right lifts it with ${command}`
}

function describeClosure(closure: Closure): string {
  if (closure.kind === 'freeze') {
    return `${whereOf(closure.freeze, closure)} is frozen by ${closure.freeze.by} (${closure.freeze.reason})`
  }
  if (closure.kind === 'lock') {
    return `${whereOf(closure.lock, closure)} is locked by ${closure.lock.by.login} (${closure.lock.reason})`
  }
  return `${closure.environment} is closed (${windowsOf(closure).map(describeWindow).join(' or ')})`
}

function whereOf({ application }: { application: string }, { environment }: { environment: string }): string {
  return application === '*' ? environment : `${application} in ${environment}`
}

function windowsOf(closure: Closure): Window[] {
  if (closure.kind === 'freeze' || closure.kind === 'lock') return []
  return closure.kind === 'deny' ? [closure.window] : closure.windows
}

/** The zone in which the people of these environments think. */
function zoneToTell(request: WindowRequest, closures: readonly Closure[]): string {
  const windows = [
    ...closures.flatMap(windowsOf),
    ...request.environments.flatMap((environment) => environment.windows),
  ]
  return windows.find(({ zone }) => isKnownZone(zone))?.zone ?? 'UTC'
}

function openVerdict(request: WindowRequest, until: Instant | undefined, now: Instant): Verdict {
  const exceptions = exceptionsOf(request, now)
  const details = exceptions.map((sentence) => `${sentence}; a ${classAt(request, now)} passes by rule`)
  if (until !== undefined) details.push(`closes ${formatInstant(until, zoneToTell(request, []))}`)
  return {
    gate: 'window',
    outcome: 'pass',
    reason: openReason(request, exceptions, now),
    details,
    ...(until !== undefined && { until }),
  }
}

/** What would have kept an ordinary change waiting. */
function exceptionsOf(request: WindowRequest, now: Instant): string[] {
  return closuresOf({ ...request, changeClass: 'change' }, now).map(describeClosure)
}

function openReason(request: WindowRequest, exceptions: readonly string[], now: Instant): string {
  if (request.environments.length === 0) return 'no environment changes'
  if (exceptions.length > 0) return `${exceptions[0]}; a ${classAt(request, now)} passes by rule`
  const sentences = request.environments.map(({ name, windows }) => {
    const open = windows.filter((window) => window.kind === 'allow' && isInside(window, now) === true)
    if (open.length > 0) return `${name} is open (${open.map(describeWindow).join(' or ')})`
    return windows.length > 0 ? `${name} is open` : `${name} has no windows`
  })
  return sentences.join('; ')
}
