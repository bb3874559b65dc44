import type { CommandVerb, Role } from '../../domain/configuration.ts'
import type { Permission } from '../../domain/pull.ts'
import type { Actor } from '../../domain/refs.ts'
import { matchesGlob } from '../config/glob.ts'
import { loginIn, namesPerson } from '../config/person-name.ts'

export interface RightRequest {
  verb: CommandVerb
  /** Absent where the command names none: only a role that holds everywhere grants it then. */
  environment?: string
  application?: string
  actor: Actor
  permission: Permission
  /** `@organisation/team` of each team the person belongs to. */
  teams: string[]
}

export interface RightDecision {
  isAllowed: boolean
  reason: string
  /** Members and permissions of the roles that grant it: `@shop/release`, `everybody with maintain permission`. */
  whoCould: string[]
}

/** Open to everybody who can read the repository. */
export const openVerbs: readonly CommandVerb[] = ['help', 'explain', 'status', 'diff', 'recheck']
const ranks: Record<Permission, number> = { none: 0, read: 1, triage: 2, write: 3, maintain: 4, admin: 5 }

/** Whether this person may do this here. Denied unless a role grants it; reading is open to everybody who can read the repository. */
export function evaluateRight(roles: readonly Role[], request: RightRequest): RightDecision {
  const { actor, permission, verb } = request
  const granting = roles.filter((role) => grants(role, request))
  const isOpen = openVerbs.includes(verb)
  const whoCould = isOpen ? ['everybody with read permission'] : [...new Set(granting.flatMap(holdersOf))]
  const decide = (isAllowed: boolean, reason: string) => ({ isAllowed, reason, whoCould })
  const act = `@${actor.login} ${whatIsAsked(request)}`

  if (actor.isBot) return decide(false, `${act}: commands of bots are not obeyed`)
  if (!isReader(permission)) return decide(false, `${act}: no access to this repository was found`)
  if (isOpen) return decide(true, `/${verb} is open to everybody who can read the repository`)
  const role = granting.find((candidate) => holdsRole(candidate, request))
  if (role !== undefined) return decide(true, `the role "${role.name}" grants it`)
  if (whoCould.length === 0) return decide(false, `${act}: no role grants it to anybody`)
  return decide(false, `${act}: ${whoCould.join(', ')} can`)
}

function whatIsAsked({ verb, environment, application }: RightRequest): string {
  const where = environment === undefined ? '' : ` in ${environment}`
  return `may not ${verb}${application === undefined ? '' : ` ${application}`}${where}`
}

function grants(role: Role, { verb, environment, application }: RightRequest): boolean {
  return (
    role.may.includes(verb) &&
    covers(role.environments, environment) &&
    covers(role.applications, application)
  )
}

/** A command that names nothing could reach everything, so only a role that holds everywhere covers it. */
function covers(globs: readonly string[], name: string | undefined): boolean {
  return name === undefined ? globs.includes('*') : globs.some((glob) => matchesGlob(glob, name))
}

/** Whether this person has the role: by permission, by login or id, or by a team. */
export function holdsRole(
  role: Role,
  { actor, permission, teams }: Pick<RightRequest, 'actor' | 'permission' | 'teams'>,
): boolean {
  if (role.permission !== undefined && hasAtLeast(permission, role.permission)) return true
  const own = new Set(teams.map((name) => name.toLowerCase()))
  return role.members.some((member) => own.has(member.toLowerCase()) || namesPerson(member, actor))
}

export function isReader(permission: Permission): boolean {
  return hasAtLeast(permission, 'read')
}

function hasAtLeast(permission: Permission, wanted: Permission): boolean {
  return ranks[permission] >= ranks[wanted]
}

/** Who has a role, for people. */
export function holdersOf(role: Role): string[] {
  const everybody = role.permission === undefined ? [] : [`everybody with ${role.permission} permission`]
  return [...role.members.map((member) => `@${loginIn(member)}`), ...everybody]
}
