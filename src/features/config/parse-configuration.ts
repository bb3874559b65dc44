import type { Configuration } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import { type Calendars, readCalendars } from './calendars.ts'
import { checkRules, type WrittenParts } from './check-rules.ts'
import { checkShape } from './check-shape.ts'
import type { ConfigurationDocument } from './configuration-schema.ts'
import type { PlacedProblem } from './placed-problem.ts'
import { readYaml, type YamlPath } from './read-yaml.ts'
import {
  closedEnvironment,
  toChartPin,
  toApplicationRule,
  toEnvironment,
  toRole,
  toSlo,
} from './to-configuration.ts'

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
 * a faulty SLO reverts nothing; `textOf` gives the files of the repository that the configuration names. Where not even the environments can be read, it is as if there were no configuration.
 */
export function parseConfiguration(
  text: string | undefined,
  path: string,
  textOf: (path: string) => string | undefined = () => undefined,
): { configuration: Configuration; problems: Problem[] } {
  if (text === undefined) return { configuration: unconfigured, problems: [] }
  const yaml = readYaml(text, path)
  if (yaml.value === undefined) return { configuration: unconfigured, problems: yaml.problems }
  const document = yaml.value ?? {}
  const shape = checkShape(document)
  const sound = withoutFaults(document, shape)
  const calendars = readCalendars(environmentsOf(sound), textOf)
  const placed = [...shape, ...checkRules(toParts(sound), calendars)]
  const problems = placed.map(({ at, pointAt, code, message, fix }) => ({
    code,
    path,
    line: yaml.lineOf(pointAt ?? at),
    message,
    fix,
  }))
  return {
    configuration: toConfiguration(document, placed, yaml.problems.length > 0, calendars),
    problems: [...yaml.problems, ...problems].toSorted((a, b) => a.line - b.line),
  }
}

/** The document without the values of the wrong shape; a list with such a value is left out whole. */
function withoutFaults(document: unknown, shape: readonly PlacedProblem[]): unknown {
  const faulty = new Set(
    shape.filter(({ code }) => code === 'configuration-value').map(({ at }) => JSON.stringify(at)),
  )
  const prune = (value: unknown, at: YamlPath): unknown => {
    if (faulty.has(JSON.stringify(at))) return undefined
    if (Array.isArray(value)) {
      const items = value.map((item, index) => prune(item, [...at, index]))
      return at.length > 1 && items.includes(undefined) ? undefined : items
    }
    if (!isMapping(value)) return value
    const kept: Record<string, unknown> = Object.create(null)
    for (const [key, child] of Object.entries(value)) kept[key] = prune(child, [...at, key])
    return kept
  }
  return prune(document, [])
}

function toParts(document: unknown): WrittenParts {
  // What the schema found fault with is left out, so the rest is as the schema says.
  const written = (isMapping(document) ? document : {}) as ConfigurationDocument
  return {
    applications: indexed(written.applications),
    environments: Object.entries(environmentsOf(document)),
    roles: indexed(written.roles),
    policyFolders: written.policies?.folders ?? [],
    slos: indexed(written.slos),
  }
}

function environmentsOf(document: unknown): NonNullable<ConfigurationDocument['environments']> {
  const written = (isMapping(document) ? document : {}) as ConfigurationDocument
  const entries = isMapping(written.environments) ? Object.entries(written.environments) : []
  return Object.fromEntries(entries.map(([name, environment]) => [name, environment ?? {}]))
}

function indexed<Item>(items: Item[] | undefined): [number, Item][] {
  return [...(items ?? []).entries()].filter(([, item]) => item !== undefined)
}

function toConfiguration(
  document: unknown,
  problems: readonly PlacedProblem[],
  hasSyntaxProblems: boolean,
  calendars: Calendars,
): Configuration {
  const written = (isMapping(document) ? document : {}) as ConfigurationDocument
  const environments = isMapping(written.environments) ? Object.entries(written.environments) : []
  const isFaulty = hasSyntaxProblems || problems.length > 0
  if (isFaulty && environments.length === 0) return unconfigured
  const isSpoilt = (...item: YamlPath) => isWithin(problems, item)
  const sound = <Item>(key: 'applications' | 'roles' | 'slos' | 'charts', items: Item[] | undefined) =>
    (Array.isArray(items) ? items : []).filter((_, index) => !isSpoilt(key, index))
  return {
    isConfigured: true,
    applications: sound('applications', written.applications).map(toApplicationRule),
    environments: environments.map(([name, environment]) =>
      hasSyntaxProblems || isSpoilt('environments', name)
        ? closedEnvironment(name, environment)
        : toEnvironment(name, environment, calendars),
    ),
    roles: sound('roles', written.roles).map(toRole),
    ...(written.charts && { charts: sound('charts', written.charts).map(toChartPin) }),
    policies: toPolicies(written.policies, isSpoilt),
    ...(written.diff !== undefined && { diff: toDiffSettings(written.diff) }),
    slos: sound('slos', written.slos).map(toSlo),
  }
}

/** Whether a problem lies in `item`, or spoils everything around it. */
function isWithin(problems: readonly PlacedProblem[], item: YamlPath): boolean {
  return problems.some(
    ({ at }) => at.length > 0 && item.every((step, index) => index >= at.length || at[index] === step),
  )
}

function toPolicies(
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
function toDiffSettings(written: ConfigurationDocument['diff']): Configuration['diff'] {
  const mask = isMapping(written) && Array.isArray(written.mask) ? written.mask : []
  return { mask: mask.filter((name) => typeof name === 'string' && name !== '') }
}

function isMapping<Value>(value: Value): value is Value & object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
