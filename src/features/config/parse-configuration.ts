import type { Configuration, FreezeRule, OrganisationRules } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Tenant } from '../../domain/tenant.ts'
import { readSloFiles } from './read-slo-files.ts'
import { addOrganisation } from './add-organisation.ts'
import type { Calendars } from './calendars.ts'
import { checkRules } from './check-rules.ts'
import { checkSloDemands } from './check-slo-demands.ts'
import type { ConfigurationDocument } from './configuration-schema.ts'
import { type PlacedProblem, problemAt } from './placed-problem.ts'
import type { YamlPath } from './read-yaml.ts'
import { closedTenant, toTenant } from './to-tenant.ts'
import {
  closedEnvironment,
  toApplicationRule,
  toChartPin,
  toDeclaredCluster,
  toEnvironment,
  toFreezeRule,
  toRole,
  toSlo,
} from './to-configuration.ts'
import { clustersOf, isMapping, isWithin, readDocument } from './written-document.ts'

const unconfigured: Configuration = {
  isConfigured: false,
  applications: [],
  environments: [],
  roles: [],
  policies: { severities: {}, folders: [] },
  slos: [],
}

/**
 * The configuration with its defaults, and everything that is wrong with the text.
 * Faulty parts never open anything: a faulty environment is closed and asks for approval, a faulty role grants nothing,
 * a faulty SLO reverts nothing, a faulty freeze freezes everything, a faulty tenant reaches nothing; `textOf` gives the files of the repository that the
 * configuration names. Where not even the environments can be read, it is as if there were no configuration.
 * What `organisation` asks is added to it; a key that the organisation keeps for itself is a problem.
 */
export function parseConfiguration(
  text: string | undefined,
  path: string,
  textOf: (path: string) => string | undefined = () => undefined,
  organisation?: OrganisationRules,
): { configuration: Configuration; problems: Problem[] } {
  if (text === undefined) return { configuration: unconfigured, problems: [] }
  const written = readDocument(text, path, textOf)
  const { document, shape, parts, calendars, hasSyntaxProblems } = written
  if (document === undefined) return { configuration: unconfigured, problems: written.toProblems([]) }
  const placed = [...shape, ...checkRules(parts, calendars), ...checkLocked(document, organisation)]
  const files = readSloFiles(document, path, textOf)
  const read = toConfiguration(document, placed, { hasSyntaxProblems, calendars, path })
  const withSlo = new Set([
    ...files.slos.map(({ environment }) => environment),
    ...parts.slos.map(([, { environment }]) => environment),
  ])
  // Where a file of SLOs has a fault, that is the better thing to say.
  const vain = files.problems.length > 0 ? [] : checkSloDemands(parts.environments, withSlo)
  const own = read.isConfigured ? { ...read, slos: [...read.slos, ...files.slos] } : read
  return {
    configuration: own.isConfigured && organisation ? addOrganisation(own, organisation) : own,
    problems: [...written.toProblems([...placed, ...vain]), ...files.problems],
  }
}

/** Keys that a repository must not set. */
function checkLocked(
  document: ConfigurationDocument,
  organisation: OrganisationRules | undefined,
): PlacedProblem[] {
  const locked = (organisation?.locked ?? []).filter((key) => document[key] !== undefined)
  return [
    ...locked.map((key) =>
      problemAt([key], 'locked', `${organisation?.rule} keeps this key for itself`, 'remove it here'),
    ),
    ...(document.locked === undefined
      ? []
      : [
          problemAt(
            ['locked'],
            'locked',
            'only an organisation locks keys, in its repository .github',
            'remove it',
          ),
        ]),
  ]
}

function toConfiguration(
  written: ConfigurationDocument,
  problems: readonly PlacedProblem[],
  { hasSyntaxProblems, calendars, path }: { hasSyntaxProblems: boolean; calendars: Calendars; path: string },
): Configuration {
  const environments = isMapping(written.environments) ? Object.entries(written.environments) : []
  const clusters = clustersOf(written)
  const isFaulty = hasSyntaxProblems || problems.length > 0
  if (isFaulty && environments.length === 0) return unconfigured
  const isSpoilt = (...item: YamlPath) => isWithin(problems, item)
  const sound = <Item>(
    key: 'health' | 'applications' | 'roles' | 'slos' | 'charts',
    items: Item[] | undefined,
  ) => (Array.isArray(items) ? items : []).filter((_, index) => !isSpoilt(key, index))
  return {
    isConfigured: true,
    applications: sound('applications', written.applications).map(toApplicationRule),
    environments: environments.map(([name, environment]) =>
      hasSyntaxProblems || isSpoilt('environments', name)
        ? closedEnvironment(name, environment, clusters)
        : toEnvironment(name, environment, calendars, clusters),
    ),
    ...(written.clusters !== undefined && {
      clusters: clusters.map(([name, cluster]) =>
        toDeclaredCluster(name, hasSyntaxProblems || isSpoilt('clusters', name) ? undefined : cluster),
      ),
    }),
    roles: sound('roles', written.roles).map(toRole),
    ...(written.charts && { charts: sound('charts', written.charts).map(toChartPin) }),
    policies: toPolicies(written.policies, isSpoilt),
    ...(written.merge && !isSpoilt('merge') && { merge: written.merge }),
    ...(written.diff !== undefined && { diff: toDiffSettings(written.diff) }),
    slos: sound('slos', written.slos).map(toSlo),
    ...(written.health && { health: sound('health', written.health) }),
    ...(written.freezes !== undefined && { freezes: toFreezes(written.freezes, isSpoilt, path) }),
    ...(written.tenants !== undefined && { tenants: [toTenants(written.tenants, isSpoilt, path)] }),
  }
}

/** Every entry counts, readable or not. */
export function toFreezes(
  written: ConfigurationDocument['freezes'],
  isSpoilt: (...item: YamlPath) => boolean,
  rule: string,
): FreezeRule[] {
  const entries = Array.isArray(written) ? written : [undefined]
  return entries.map((entry, index) =>
    toFreezeRule(entry === undefined || isSpoilt('freezes', index) ? undefined : entry, rule),
  )
}

/** A tenant with a fault is there all the same, and reaches nothing. */
export function toTenants(
  written: ConfigurationDocument['tenants'],
  isSpoilt: (...item: YamlPath) => boolean,
  rule: string,
): Tenant[] {
  if (!Array.isArray(written) || written.length === 0) return [closedTenant(undefined, rule)]
  return written.map((entry, index) =>
    isSpoilt('tenants', index) ? closedTenant(entry, rule) : toTenant(entry, rule),
  )
}

export function toPolicies(
  written: ConfigurationDocument['policies'],
  isSpoilt: (...item: YamlPath) => boolean,
): Configuration['policies'] {
  const severities: Configuration['policies']['severities'] = Object.create(null)
  const named = isMapping(written) && isMapping(written.severities) ? written.severities : {}
  for (const [policy, severity] of Object.entries(named)) {
    if (!isSpoilt('policies', 'severities', policy)) severities[policy] = severity
  }
  const folders = isMapping(written) && !isSpoilt('policies', 'folders') ? (written.folders ?? []) : []
  return { severities, folders: folders.map((folder) => folder.replace(/\/+$/, '')) }
}

/** A fault in the list hides no less: every name that can be read counts. */
export function toDiffSettings(written: ConfigurationDocument['diff']): { mask: string[] } {
  const mask = isMapping(written) && Array.isArray(written.mask) ? written.mask : []
  return { mask: mask.filter((name) => typeof name === 'string' && name !== '') }
}
