import type { FreezeRule } from '../../domain/configuration.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Freeze } from '../../domain/release.ts'
import { matchesGlob } from '../config/glob.ts'
import { isInForce } from './evaluate-windows.ts'

/** The freezes that the configuration holds ready for some environments and applications, each as if it had been commanded. */
export function freezesByRule(
  rules: readonly FreezeRule[] | undefined,
  environments: readonly string[],
  applications: readonly string[],
): Freeze[] {
  const fits = (globs: readonly string[], name: string) => globs.some((glob) => matchesGlob(glob, name))
  return (rules ?? []).flatMap(({ reason, until, rule, ...scope }) => {
    const named = scope.applications.includes('*')
      ? ['*']
      : applications.filter((name) => fits(scope.applications, name))
    return environments
      .filter((name) => fits(scope.environments, name))
      .flatMap((environment) =>
        named.map((application) => ({ environment, application, reason, until, rule, by: rule, at: always })),
      )
  })
}

/** Whether anything freezes an application in an environment at that moment, by command, by rule or by its error budget. */
export function isFrozen(
  { freezes, rules }: { freezes: readonly Freeze[]; rules: readonly FreezeRule[] | undefined },
  { environment, application }: { environment: string; application: string },
  now: Instant,
): boolean {
  return [...freezes, ...freezesByRule(rules, [environment], [application])].some((freeze) =>
    isInForce(freeze, { applications: [application] }, environment, now),
  )
}

/** A rule holds from the commit that brought it; when that was decides nothing. */
const always: Instant = 0
