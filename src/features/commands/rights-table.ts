import { type CommandVerb, commandVerbs, type Role } from '../../domain/configuration.ts'
import type { Permission } from '../../domain/pull.ts'
import type { Actor } from '../../domain/refs.ts'
import { holdersOf, holdsRole, isReader, openVerbs } from './evaluate-right.ts'

export interface Person {
  actor: Actor
  permission: Permission
  /** `@organisation/team` of each team the person belongs to. */
  teams: string[]
}

/** What one person may do with one command. */
export interface VerbRights {
  verb: CommandVerb
  /** Where they may, as `everywhere` or `search* in staging, prod`; empty: nowhere. */
  may: string[]
  /** Who could where they may not: `@shop/release (everywhere)`. */
  whoCould: string[]
}

/** The whole table of rights of one person, a row for each command. The same roles decide when a command runs. */
export function rightsTable(roles: readonly Role[], person: Person): VerbRights[] {
  const isKnown = !person.actor.isBot && isReader(person.permission)
  return commandVerbs.map((verb) => {
    if (openVerbs.includes(verb)) {
      return { verb, may: isKnown ? ['everywhere'] : [], whoCould: ['everybody with read permission'] }
    }
    const granting = roles.filter(({ may }) => may.includes(verb))
    const own = granting.filter((role) => isKnown && holdsRole(role, person))
    const others = granting.filter((role) => !own.includes(role))
    return {
      verb,
      may: unique(own.map(describeScope)),
      whoCould: unique(
        others.flatMap((role) => holdersOf(role).map((holder) => `${holder} (${describeScope(role)})`)),
      ),
    }
  })
}

function describeScope({ environments, applications }: Role): string {
  const what = applications.includes('*') ? '' : applications.join(', ')
  const where = environments.includes('*') ? 'everywhere' : `in ${environments.join(', ')}`
  return what === '' ? where : `${what} ${where}`
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)]
}
