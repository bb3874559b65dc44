import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { readDocuments } from '../rendering/read-documents.ts'
import type { configData } from './config-data.ts'
import { asMapping, asMappings, asText } from './fields.ts'

/**
 * A HelmRelease's values: those of `valuesFrom` merged in their order, then its own over all of them.
 * Values of Secrets are left out even where they can be read, as they would show in what is rendered.
 * Source: fluxcd/pkg, chartutil/values.go, ChartValuesFromReferences.
 */
export function fluxValues(
  release: KubernetesObject,
  definedIn: string,
  find: ReturnType<typeof configData>,
): { values?: Record<string, unknown>; unknown: string[] } {
  const spec = asMapping(release.spec)
  const own = asMapping(spec.values)
  const unknown: string[] = []
  let values: Record<string, unknown> = {}
  for (const reference of asMappings(spec.valuesFrom)) {
    const text = textOf(reference, release, definedIn, find)
    if ('unknown' in text) {
      unknown.push(text.unknown)
      continue
    }
    const path = asText(reference.targetPath)
    const merged =
      path === ''
        ? mergeText(values, text.text)
        : setAt(mergeValues(values, own), path, text.text, reference.literal === true)
    if (merged) values = merged
    else unknown.push(`${asText(reference.kind)} ${asText(reference.name)} cannot be read as values`)
  }
  const all = mergeValues(values, own)
  return { ...(Object.keys(all).length > 0 && { values: all }), unknown }
}

function textOf(
  reference: Record<string, unknown>,
  release: KubernetesObject,
  definedIn: string,
  find: ReturnType<typeof configData>,
): { text: string } | { unknown: string } {
  const [kind, name] = [asText(reference.kind), asText(reference.name)]
  const key = asText(reference.valuesKey) || 'values.yaml'
  if (kind === 'Secret') return { unknown: `those of Secret ${name} are left out` }
  const found = find({ kind, name, namespace: release.metadata.namespace, from: definedIn })
  const text = found?.entries.get(key)
  if (text === undefined) return { unknown: `the repository does not tell ${key} of ${kind} ${name}` }
  if (text.includes('${')) return { unknown: `${key} of ${kind} ${name} has variables` }
  return { text }
}

function mergeText(values: Record<string, unknown>, text: string): Record<string, unknown> | undefined {
  const first = readDocuments(text, '')[0]
  if (first === undefined) return values
  return first.kind === 'data' ? mergeValues(values, asMapping(first.data)) : undefined
}

/** Mappings are merged key by key; anything else takes the place of what was there. */
function mergeValues(under: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged = new Map(Object.entries(under))
  for (const [key, value] of Object.entries(over)) {
    const before = merged.get(key)
    merged.set(key, isMapping(before) && isMapping(value) ? mergeValues(before, value) : value)
  }
  return Object.fromEntries(merged)
}

/** As `helm --set` for plain paths and values; undefined where its signs (lists, commas, escapes) mean more. */
function setAt(
  values: Record<string, unknown>,
  path: string,
  text: string,
  isLiteral: boolean,
): Record<string, unknown> | undefined {
  const isPlain = /^[\w-]+(?:\.[\w-]+)*$/.test(path) && (isLiteral || !/[,{}[\]\\=\n]/.test(text))
  if (!isPlain) return undefined
  const nested = path
    .split('.')
    .reduceRight<unknown>(
      (inner, key) => Object.fromEntries([[key, inner]]),
      isLiteral ? text : plainValue(text),
    )
  return mergeValues(values, asMapping(nested))
}

const words = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** Source: helm, pkg/strvals, typedVal; a quoted text stays a text. */
function plainValue(text: string): unknown {
  const quoted = /^(["'])(.*)\1$/.exec(text)
  if (quoted) return quoted[2]
  if (/^(?:0|-?[1-9][0-9]{0,14})$/.test(text)) return Number(text)
  return words.has(text) ? words.get(text) : text
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
