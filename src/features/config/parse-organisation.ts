import {
  type EnvironmentRules,
  type LockableKey,
  lockableKeys,
  type OrganisationRules,
} from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import { checkAsked, checkFreeze, checkPolicyFolders, checkRole, checkTenants } from './check-rules.ts'
import type { ConfigurationDocument } from './configuration-schema.ts'
import type { EnvironmentDocument } from './schema/environment-schema.ts'
import { toDiffSettings, toFreezes, toPolicies, toTenants } from './parse-configuration.ts'
import { type PlacedProblem, problemAt } from './placed-problem.ts'
import type { YamlPath } from './read-yaml.ts'
import { toApprovalRule, ownersNeed } from './to-approval-rule.ts'
import { closedWindow, toRole, toWindow } from './to-configuration.ts'
import { isMapping, isWithin, readDocument, type WrittenDocument } from './written-document.ts'

/** The rules of an organisation, and the folders of its repository in which its policies are. */
export type ParsedOrganisation = {
  rules: Omit<OrganisationRules, 'policies'>
  folders: string[]
  problems: Problem[]
}

/** Keys that only a repository can know. */
const ofRepositories = ['applications', 'slos', 'charts', 'clusters'] as const
const ofRepositoryEnvironments = [
  'clusters',
  'waves',
  'url',
  'promotion',
  'kubernetes',
  'signedCommits',
  'onUnhealthy',
] as const

/**
 * The organisation's own file. Faulty parts never open anything: a faulty entry of `environments` closes the environments
 * that it names, a faulty role grants nothing, a faulty tenant reaches nothing; any other fault closes every environment of every repository until it is
 * mended, and a faulty `locked` locks everything besides. No file: no rules.
 */
export function parseOrganisation(
  text: string | undefined,
  path: string,
  rule: string,
  textOf: (path: string) => string | undefined = () => undefined,
): ParsedOrganisation {
  const none = { rule, locked: [], environments: [], roles: [], severities: {}, mask: [], freezes: [] }
  if (text === undefined) return { rules: none, folders: [], problems: [] }
  const written = readDocument(text, path, textOf)
  const { document } = written
  if (document === undefined) {
    const rules = { ...none, locked: [...lockableKeys], environments: [closedRules('*', rule)] }
    return { rules, folders: [], problems: written.toProblems([]) }
  }
  const placed = [...written.shape, ...checkParts(written), ...checkForeign(document)]
  return { ...toRules(written, document, placed, rule), problems: written.toProblems(placed) }
}

function checkParts({ parts, calendars }: WrittenDocument): PlacedProblem[] {
  return [
    ...parts.environments.flatMap(([name, environment]) => [
      ...checkGlob(name),
      ...checkAsked(environment, ['environments', name], calendars),
    ]),
    ...parts.roles.flatMap(([index, role]) => checkRole(role, ['roles', index])),
    ...checkPolicyFolders(parts),
    ...parts.freezes.flatMap(([index, freeze]) => checkFreeze(freeze, ['freezes', index])),
    ...checkTenants(parts.tenants),
  ]
}

function checkGlob(name: string): PlacedProblem[] {
  if (/^[A-Za-z0-9*._-]{1,63}$/.test(name)) return []
  const fix = 'write prod, or prod* for every environment that begins so'
  return [problemAt(['environments', name], 'value', 'this names no environment', fix)]
}

function checkForeign(document: ConfigurationDocument): PlacedProblem[] {
  const environments = isMapping(document.environments) ? Object.entries(document.environments) : []
  const places: YamlPath[] = [
    ...ofRepositories.filter((key) => document[key] !== undefined).map((key) => [key]),
    ...environments.flatMap(([name, environment]) =>
      ofRepositoryEnvironments
        .filter((key) => isMapping(environment) && environment[key] !== undefined)
        .map((key) => ['environments', name, key]),
    ),
  ]
  return places.map((at) =>
    problemAt(at, 'organisation', 'this is for each repository to say', 'remove it here'),
  )
}

function toRules(
  { calendars, hasSyntaxProblems }: WrittenDocument,
  written: ConfigurationDocument,
  placed: readonly PlacedProblem[],
  rule: string,
): Pick<ParsedOrganisation, 'rules' | 'folders'> {
  const isSpoilt = (...item: YamlPath) => isWithin(placed, item)
  const environments = isMapping(written.environments) ? Object.entries(written.environments) : []
  const isUnclear = hasSyntaxProblems || placed.some(({ at }) => at[1] === undefined || !isOwnMatter(at))
  const { severities, folders } = toPolicies(written.policies, isSpoilt)
  return {
    rules: {
      rule,
      locked: toLocked(written.locked, isSpoilt('locked')),
      environments: [
        ...(isUnclear ? [closedRules('*', rule)] : []),
        ...environments.map(([name, environment]) =>
          isSpoilt('environments', name)
            ? closedRules(name, rule)
            : toEnvironmentRules(name, environment, calendars),
        ),
      ],
      roles: (Array.isArray(written.roles) ? written.roles : [])
        .filter((_, index) => !isSpoilt('roles', index))
        .map(toRole),
      severities,
      mask: toDiffSettings(written.diff).mask,
      freezes: written.freezes === undefined ? [] : toFreezes(written.freezes, isSpoilt, rule),
      ...(written.tenants !== undefined && { tenants: toTenants(written.tenants, isSpoilt, rule) }),
    },
    folders,
  }
}

/** Whether a fault concerns no more than the entry in which it is. */
function isOwnMatter([key]: YamlPath): boolean {
  return key === 'environments' || key === 'roles' || key === 'tenants'
}

function toLocked(written: unknown, isFaulty: boolean): LockableKey[] {
  if (isFaulty) return [...lockableKeys]
  return lockableKeys.filter((key) => Array.isArray(written) && written.includes(key))
}

function toEnvironmentRules(
  environments: string,
  { approvals, windows, protected: isProtected }: EnvironmentDocument,
  calendars: WrittenDocument['calendars'],
): EnvironmentRules {
  return {
    environments,
    isProtected: isProtected ?? false,
    approvals: approvals === undefined ? { fourEyes: false } : toApprovalRule(approvals),
    windows: (windows ?? []).map((window) => toWindow(window, calendars)),
  }
}

/** What stands for an entry with a fault: protected, asking the owners, and shut for all but reverts. */
function closedRules(environments: string, rule: string): EnvironmentRules {
  return {
    environments,
    isProtected: true,
    approvals: { fourEyes: true, need: ownersNeed },
    windows: [closedWindow(`${rule} has problems`)],
  }
}
