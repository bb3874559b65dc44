import type { ConfigurationDocument } from './configuration-schema.ts'
import type { EnvironmentDocument } from './schema/environment-schema.ts'
import type { FreezeDocument } from './schema/window-schema.ts'
import type { RoleDocument } from './schema/role-schema.ts'
import type { SloDocument } from './schema/slo-schema.ts'
import type { TenantDocument } from './schema/tenant-schema.ts'
import { inventoryNamespace } from '../sync/inventory.ts'
import { matchesGlob } from './glob.ts'
import type { Calendars } from './calendars.ts'
import { checkApprovals } from './check-approvals.ts'
import { checkClusters } from './check-clusters.ts'
import { checkDemandedChecks } from './check-demanded-checks.ts'
import { checkGraph } from './check-graph.ts'
import { checkHealth } from './check-health.ts'
import { checkSlo } from './check-slo.ts'
import { checkWindow } from './check-window.ts'
import { quote } from './check-shape.ts'
import { nearestWord } from './nearest-word.ts'
import { parseInstant } from './parse-instant.ts'
import { type PlacedProblem, problemAt as problem } from './placed-problem.ts'
import type { YamlPath } from './read-yaml.ts'
import type { WrittenClusters } from './select-clusters.ts'
import type { HealthDocument } from './to-reconcile-settings.ts'
import { unknownEnvironment } from './unknown-environment.ts'

type Written<Document> = { [Key in keyof Document]?: Document[Key] | undefined }
type ApplicationDocument = NonNullable<ConfigurationDocument['applications']>[number]

/** The document without the values whose shape is wrong, so that one fault does not hide the others. */
export interface WrittenParts {
  applications: [index: number, rule: Written<ApplicationDocument>][]
  environments: [name: string, environment: EnvironmentDocument][]
  clusters: WrittenClusters
  roles: [index: number, role: Written<RoleDocument>][]
  policyFolders: string[]
  slos: [index: number, slo: Written<SloDocument>][]
  freezes: [index: number, freeze: Written<FreezeDocument>][]
  health: [index: number, rule: Written<HealthDocument>][]
  tenants: [index: number, tenant: Written<TenantDocument>][]
}

/** Everything that is well shaped but cannot be meant: references, dates, times, patterns and thresholds. */
export function checkRules(parts: WrittenParts, calendars: Calendars): PlacedProblem[] {
  const names = parts.environments.map(([name]) => name)
  return [
    ...parts.applications.flatMap(([index, rule]) => checkApplication(rule, ['applications', index])),
    ...names.flatMap(checkEnvironmentName),
    ...parts.environments.flatMap(([name, environment]) => checkEnvironment(name, environment, calendars)),
    ...checkGraph(parts.environments),
    ...parts.environments.flatMap(([name, { promotion }]) => checkDemandedChecks(name, promotion)),
    ...checkClusters(parts.environments, parts.clusters),
    ...parts.roles.flatMap(([index, role]) => [
      ...checkRole(role, ['roles', index]),
      ...checkEnvironmentGlobs(role.environments, ['roles', index], names),
    ]),
    ...checkPolicyFolders(parts),
    ...parts.slos.flatMap(([index, slo]) => checkSlo(slo, ['slos', index], names)),
    ...checkHealth(parts),
    ...parts.freezes.flatMap(([index, freeze]) => [
      ...checkFreeze(freeze, ['freezes', index]),
      ...checkEnvironmentGlobs(freeze.environments, ['freezes', index], names),
    ]),
    ...checkTenants(parts.tenants),
    ...parts.tenants.flatMap(([index, tenant]) =>
      checkEnvironmentGlobs(tenant.environments, ['tenants', index], names),
    ),
  ]
}

export function checkPolicyFolders({ policyFolders }: Pick<WrittenParts, 'policyFolders'>): PlacedProblem[] {
  return policyFolders.flatMap((folder, index) => checkRelative(folder, ['policies', 'folders', index]))
}

/** What is wrong with a freeze by itself; an organisation's speaks of environments that it cannot know. */
export function checkFreeze(freeze: Written<FreezeDocument>, at: YamlPath): PlacedProblem[] {
  const problems = (['environments', 'applications'] as const)
    .filter((key) => freeze[key]?.length === 0)
    .map((key) => problem([...at, key], 'value', 'an empty list freezes nothing', 'write ["*"]'))
  const { until } = freeze
  if (until !== undefined && parseInstant(until) === undefined)
    problems.push(problem([...at, 'until'], 'value', `${quote(until)} is not a moment`, 'mend the date'))
  return problems
}

/** A second tenant of one name, an identity in our own namespace, and one that any tenant's pods could take. */
export function checkTenants(tenants: WrittenParts['tenants']): PlacedProblem[] {
  const seen = new Set<string>()
  return tenants.flatMap(([index, { name, impersonate }]) => {
    const isKnown = name !== undefined && seen.has(name)
    if (name !== undefined) seen.add(name)
    const account = impersonate?.serviceAccount ?? ''
    return [
      ...(isKnown
        ? [
            problem(
              ['tenants', index, 'name'],
              'value',
              `there are two tenants ${quote(name)}`,
              'name them apart',
            ),
          ]
        : []),
      ...(account.startsWith(`${inventoryNamespace}/`)
        ? [
            problem(
              ['tenants', index, 'impersonate', 'serviceAccount'],
              'value',
              `${quote(account)} is Drawbridge’s own`,
              'name a service account of the tenant',
            ),
          ]
        : []),
    ]
  })
}

function checkEnvironmentGlobs(globs: string[] | undefined, at: YamlPath, known: string[]): PlacedProblem[] {
  return [...(globs ?? []).entries()].flatMap(([index, glob]) =>
    glob === '*' || known.some((name) => matchesGlob(glob, name))
      ? []
      : [unknownEnvironment([...at, 'environments', index], glob, known)],
  )
}

function checkApplication(rule: Written<ApplicationDocument>, at: YamlPath): PlacedProblem[] {
  const files = (rule.valueFiles ?? []).flatMap((file, index) => [
    ...checkRelative(file, [...at, 'valueFiles', index]),
    ...checkPlaceholders(file, [...at, 'valueFiles', index], ['environment']),
  ])
  const inside = [...files, ...checkPromoted(rule.promote ?? [], [...at, 'promote'])]
  if (rule.path === undefined) return inside
  return [
    ...checkRelative(rule.path, [...at, 'path']),
    ...checkPlaceholders(rule.path, [...at, 'path'], ['application', 'environment']),
    ...inside,
  ]
}

function checkPromoted(promoted: NonNullable<ApplicationDocument['promote']>, at: YamlPath): PlacedProblem[] {
  return promoted.flatMap((each, index) => {
    if (typeof each === 'string') return []
    if ('folder' in each) return checkRelative(each.folder, [...at, index, 'folder'])
    const place = [...at, index, 'file']
    return [...checkRelative(each.file, place), ...checkPlaceholders(each.file, place, ['environment'])]
  })
}

function checkRelative(path: string, at: YamlPath): PlacedProblem[] {
  const isInside = !path.startsWith('/') && !path.includes('\\') && !path.split('/').includes('..')
  if (isInside) return []
  return [
    problem(
      at,
      'path',
      `${quote(path)} leaves the repository`,
      'use a path relative to its root, without ".."',
    ),
  ]
}

function checkPlaceholders(path: string, at: YamlPath, known: string[]): PlacedProblem[] {
  const usage = `use ${known.map((name) => `{${name}}`).join(' and ')}, each at most once`
  const rest = path.replaceAll(/\{[^{}]*\}/g, '')
  if (/[{}]/.test(rest))
    return [problem(at, 'placeholder', `${quote(path)} has a brace without its partner`, usage)]
  const names = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name ?? '')
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    const meant = nearestWord(unknown, known)
    return [
      problem(
        at,
        'placeholder',
        `{${unknown}} stands for nothing`,
        meant ? `did you mean {${meant}}?` : usage,
      ),
    ]
  }
  if (new Set(names).size < names.length)
    return [problem(at, 'placeholder', 'a placeholder is used twice', usage)]
  if (/\}\{/.test(path)) {
    return [
      problem(at, 'placeholder', 'nothing tells the two placeholders apart', 'put a "/" or "-" between them'),
    ]
  }
  return []
}

function checkEnvironmentName(name: string): PlacedProblem[] {
  const isName =
    name.length <= 63 && /^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$/.test(name) && !name.endsWith('.lock')
  if (isName) return []
  const fix = 'use letters, digits, and single "-", "_" or "." between them, at most 63 characters'
  return [problem(['environments', name], 'value', 'this is not a name of an environment', fix)]
}

function checkSignedCommits(
  { signedCommits, protected: isProtected }: EnvironmentDocument,
  environment: YamlPath,
): PlacedProblem[] {
  if (signedCommits === undefined) return []
  const at = [...environment, 'signedCommits']
  const { allowedSigners, openpgpKeys, github } = signedCommits
  return [
    ...(allowedSigners === undefined && openpgpKeys === undefined && github !== true
      ? [
          problem(
            at,
            'value',
            'nobody could sign for this',
            'name a file of allowedSigners or of openpgpKeys, or write github: true',
          ),
        ]
      : []),
    ...(isProtected === false
      ? [
          problem(
            at,
            'conflict',
            'what is not protected is released signed or not',
            'remove protected: false',
          ),
        ]
      : []),
    ...(allowedSigners === undefined ? [] : checkRelative(allowedSigners, [...at, 'allowedSigners'])),
    ...(openpgpKeys === undefined ? [] : checkRelative(openpgpKeys, [...at, 'openpgpKeys'])),
  ]
}

function checkEnvironment(
  name: string,
  environment: EnvironmentDocument,
  calendars: Calendars,
): PlacedProblem[] {
  const at: YamlPath = ['environments', name]
  const problems: PlacedProblem[] = []
  problems.push(...checkSignedCommits(environment, at))
  if (environment.clusters !== undefined && environment.waves !== undefined) {
    problems.push(
      problem([...at, 'waves'], 'conflict', 'clusters and waves are both given', 'keep one of them'),
    )
  }
  const lists: unknown[][] = environment.waves ?? [environment.clusters ?? [name]]
  if (lists.length === 0 || lists.some((wave) => wave.length === 0)) {
    const where = environment.waves === undefined ? 'clusters' : 'waves'
    problems.push(
      problem(
        [...at, where],
        'value',
        'an empty list reaches no cluster',
        'name the clusters, or remove the key',
      ),
    )
  }
  return [...problems, ...checkAsked(environment, at, calendars)]
}

/** What is wrong with what an environment asks of changes. */
export function checkAsked(
  { approvals, windows }: Pick<EnvironmentDocument, 'approvals' | 'windows'>,
  at: YamlPath,
  calendars: Calendars,
): PlacedProblem[] {
  return [
    ...checkApprovals(approvals ?? {}, [...at, 'approvals']),
    ...(windows ?? []).flatMap((window, index) => checkWindow(window, [...at, 'windows', index], calendars)),
  ]
}

export function checkRole(role: Written<RoleDocument>, at: YamlPath): PlacedProblem[] {
  const problems: PlacedProblem[] = []
  if ((role.members ?? []).length === 0 && role.permission === undefined) {
    const fix = 'add members: ["@shop/release"], or permission: maintain'
    problems.push(problem(at, 'role', 'nobody has this role', fix))
  }
  if (role.may?.length === 0) {
    problems.push(
      problem([...at, 'may'], 'role', 'the role may do nothing', 'name commands, or remove the role'),
    )
  }
  for (const key of ['environments', 'applications'] as const) {
    if (role[key]?.length === 0) {
      problems.push(problem([...at, key], 'role', 'the role holds nowhere', 'write ["*"], or remove the key'))
    }
  }
  return problems
}
