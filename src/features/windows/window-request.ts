import type { ChangeClass, Configuration } from '../../domain/configuration.ts'
import type { Instant, Target } from '../../domain/refs.ts'
import type { Freeze, Lock } from '../../domain/release.ts'
import type { WindowRequest } from './evaluate-windows.ts'
import { freezesByRule } from './freezes-by-rule.ts'

/** What of a change the windows are asked about. */
export interface ReleasedChange {
  /** What renders differently. */
  targets: readonly Target[]
  changeClass: ChangeClass
  /** When a hotfix ends. */
  classUntil?: Instant
  /** Ids of the people whose change it is. */
  requesters: string[]
}

/** What stands in the way of changes at present. */
export interface Closures {
  configuration: Pick<Configuration, 'environments' | 'freezes'>
  freezes: readonly Freeze[]
  locks: readonly Lock[]
}

/** The question that a change asks of the windows: only what concerns its own targets is in it. */
export function windowRequest(
  { targets, changeClass, classUntil, requesters }: ReleasedChange,
  { configuration, freezes, locks }: Closures,
): WindowRequest {
  const names = new Set(targets.map(({ environment }) => environment))
  const applications = [...new Set(targets.map(({ application }) => application))]
  const byRule = freezesByRule(configuration.freezes, [...names], applications)
  const isNear = (closure: Freeze | Lock) => targets.some((target) => concerns(closure, target))
  return {
    environments: configuration.environments.filter(({ name }) => names.has(name)),
    applications,
    changeClass,
    ...(classUntil !== undefined && { classUntil }),
    freezes: [...byRule, ...freezes].filter(isNear),
    locks: locks.filter(isNear),
    requesters,
  }
}

/** A freeze of one application in one environment says nothing about the pair's other combinations. */
export function concerns(freeze: { environment: string; application: string }, target: Target): boolean {
  return (
    (freeze.environment === '*' || freeze.environment === target.environment) &&
    (freeze.application === '*' || freeze.application === target.application)
  )
}
