import type { Permission } from '../../domain/pull.ts'
import type { Account, Repository, Team } from './state.ts'

const order: Permission[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin']

/** The highest of what the account was given itself and through teams; owners of a repository are admins. */
export function permissionOf(repository: Repository, account: Account): Permission {
  if (repository.owner === account) return 'admin'
  const given = [repository.collaborators.get(account) ?? 'none']
  for (const [team, permission] of repository.teams) {
    if (isMember(account, team)) given.push(permission)
  }
  if (!repository.isPrivate) given.push('read')
  return given.reduce((best, each) => (order.indexOf(each) > order.indexOf(best) ? each : best))
}

export function hasPermission(repository: Repository, account: Account, wanted: Permission): boolean {
  return order.indexOf(permissionOf(repository, account)) >= order.indexOf(wanted)
}

/** The team, or one below it: a team's permission is inherited downwards. */
function isMember(account: Account, team: Team): boolean {
  return [...account.teams].some((own) => isSameOrBelow(own, team))
}

function isSameOrBelow(team: Team, above: Team): boolean {
  return team === above || (team.parent !== undefined && isSameOrBelow(team.parent, above))
}

/** Legacy names of the permission API. */
export function legacyPermission(permission: Permission): 'none' | 'read' | 'write' | 'admin' {
  const legacy = {
    none: 'none',
    read: 'read',
    triage: 'read',
    write: 'write',
    maintain: 'write',
    admin: 'admin',
  }
  return legacy[permission] as 'none' | 'read' | 'write' | 'admin'
}

export function associationOf(repository: Repository, account: Account): string {
  if (repository.owner === account) return 'OWNER'
  if ([...account.teams].some((team) => team.organization === repository.owner)) return 'MEMBER'
  return repository.collaborators.has(account) ? 'COLLABORATOR' : 'NONE'
}
