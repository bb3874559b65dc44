import type { Problem } from '../../domain/problem.ts'
import { type Calendars, readCalendars } from './calendars.ts'
import type { WrittenParts } from './check-rules.ts'
import { checkShape } from './check-shape.ts'
import type { ConfigurationDocument } from './configuration-schema.ts'
import type { PlacedProblem } from './placed-problem.ts'
import { readYaml, type YamlPath } from './read-yaml.ts'
import type { WrittenClusters } from './select-clusters.ts'

/** A configuration file as written, before anything is made of it. */
export interface WrittenDocument {
  /** Undefined: it cannot be read as YAML. */
  document: ConfigurationDocument | undefined
  /** What is well shaped of it. */
  parts: WrittenParts
  calendars: Calendars
  /** Where the shape is wrong. */
  shape: PlacedProblem[]
  hasSyntaxProblems: boolean
  /** Syntax, and what is placed, by line. */
  toProblems(placed: readonly PlacedProblem[]): Problem[]
}

/** Reads the text of a configuration file; `textOf` gives the files that it names. */
export function readDocument(
  text: string,
  path: string,
  textOf: (path: string) => string | undefined,
): WrittenDocument {
  const yaml = readYaml(text, path)
  const value = yaml.value ?? {}
  const shape = yaml.value === undefined ? [] : checkShape(value)
  const sound = withoutFaults(value, shape)
  const calendars = readCalendars(environmentsOf(sound), textOf)
  return {
    // The parts of another shape are known by `shape`, and looked at with care.
    document: yaml.value === undefined ? undefined : isMapping(value) ? value : {},
    parts: toParts(sound),
    calendars,
    shape,
    hasSyntaxProblems: yaml.problems.length > 0,
    toProblems: (placed) =>
      [
        ...yaml.problems,
        ...placed.map(({ at, pointAt, code, message, fix }) => ({
          code,
          path,
          line: yaml.lineOf(pointAt ?? at),
          message,
          fix,
        })),
      ].toSorted((a, b) => a.line - b.line),
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
    clusters: clustersOf(document),
    roles: indexed(written.roles),
    policyFolders: written.policies?.folders ?? [],
    slos: indexed(written.slos),
    freezes: indexed(written.freezes),
    health: indexed(written.health),
    tenants: indexed(written.tenants),
  }
}

function environmentsOf(document: unknown): NonNullable<ConfigurationDocument['environments']> {
  const written = (isMapping(document) ? document : {}) as ConfigurationDocument
  const entries = isMapping(written.environments) ? Object.entries(written.environments) : []
  return Object.fromEntries(entries.map(([name, environment]) => [name, environment ?? {}]))
}

/** Also those with a fault: their names are known. */
export function clustersOf(document: unknown): WrittenClusters {
  const clusters = isMapping(document) ? (document as ConfigurationDocument).clusters : undefined
  return isMapping(clusters)
    ? Object.entries(clusters).map(([name, cluster]) => [name, isMapping(cluster) ? cluster : undefined])
    : []
}

function indexed<Item>(items: Item[] | undefined): [number, Item][] {
  return [...(items ?? []).entries()].filter(([, item]) => item !== undefined)
}

/** Whether a problem lies in `item`, or spoils everything around it. */
export function isWithin(problems: readonly PlacedProblem[], item: YamlPath): boolean {
  return problems.some(
    ({ at }) => at.length > 0 && item.every((step, index) => index >= at.length || at[index] === step),
  )
}

export function isMapping<Value>(value: Value): value is Value & object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
