import type { ApprovalCondition, ApprovalNeed, ApprovalRule } from '../../domain/configuration.ts'
import { matchesGlob } from '../config/glob.ts'
import { matchesPath, parsePathPattern } from './path-pattern.ts'
import { isTeam } from './reviewers.ts'

/** The teams that a rule names, as `@organisation/team`. */
export function teamsOf({ need }: ApprovalRule): string[] {
  return need ? teamsIn(need) : []
}

function teamsIn(need: ApprovalNeed): string[] {
  if (need.kind !== 'people') return need.of.flatMap(teamsIn)
  return need.from === 'owners' ? [] : need.from.filter(isTeam)
}

interface Described {
  application: string
  paths: readonly string[]
  dangers: readonly string[]
}

/** Whether a change is one that a need asks for: each part that is given must fit. */
export function fits(when: ApprovalCondition, { application, paths, dangers }: Described): boolean {
  return (
    (when.applications?.some((glob) => matchesGlob(glob, application)) ?? true) &&
    (when.paths?.some((pattern) => paths.some((path) => matchesPattern(pattern, path))) ?? true) &&
    (when.dangers?.some((code) => dangers.includes(code)) ?? true)
  )
}

function matchesPattern(text: string, path: string): boolean {
  const pattern = parsePathPattern(text)
  return pattern !== undefined && matchesPath(pattern, path)
}
