import type { Parameters, TemplateStyle } from './fill-template.ts'
import { fillText } from './fill-template.ts'
import { asMapping, asText } from './fields.ts'
import { goText } from './go-values.ts'
import { Undetermined } from './undetermined.ts'

/** `{a: {b: [1]}}` as `{'a.b.0': '1'}`. Source: jeremywohl/flatten, DotStyle; Argo CD, applicationset/generators/git.go. */
export function flatten(value: Parameters, prefix = ''): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [key, each] of Object.entries(value)) {
    if (typeof each === 'object' && each !== null)
      Object.assign(flat, flatten(each as Parameters, `${prefix}${key}.`))
    else flat[prefix + key] = goText(each)
  }
  return flat
}

/** Mappings are merged, anything else of `over` wins. Source: imdario/mergo, WithOverride. */
export function mergeOver(base: Parameters, over: Parameters): Parameters {
  const merged: Parameters = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const old = Object.hasOwn(merged, key) ? merged[key] : undefined
    merged[key] = isMapping(value) && isMapping(old) ? mergeOver(old, value) : value
  }
  return merged
}

/** What `base` says where `override` says nothing. Source: imdario/mergo without override; Argo CD, generator_spec_processor.go mergeGeneratorTemplate. */
export function fillIn(override: unknown, base: unknown): unknown {
  if (isMapping(override) && isMapping(base)) {
    const keys = [...new Set([...Object.keys(override), ...Object.keys(base)])]
    return Object.fromEntries(keys.map((key) => [key, fillIn(override[key], base[key])]))
  }
  return isEmpty(override) ? base : override
}

/** Both as texts; the same key with two values is an error. Source: Argo CD, applicationset/utils/map.go CombineStringMaps. */
export function combineTexts(first: Parameters, second: Parameters): Parameters {
  const combined = toTexts(first)
  for (const [key, value] of Object.entries(toTexts(second))) {
    if (Object.hasOwn(combined, key) && combined[key] !== value) {
      throw new Undetermined(`both generators of its matrix give ${key}, with different values`)
    }
    combined[key] = value
  }
  return combined
}

function toTexts(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, goText(value)]))
}

/** `values` of a git or cluster generator, which may use its parameters. Source: Argo CD, applicationset/generators/value_interpolation.go. */
export function withValues(parameters: Parameters, values: unknown, style: TemplateStyle): Parameters {
  const filled = Object.entries(asMapping(values)).map(([key, value]): [string, string] => [
    key,
    fillText(asText(value), parameters, style),
  ])
  if (filled.length === 0) return parameters
  if (style.isGo) return { ...parameters, values: Object.fromEntries(filled) }
  return { ...parameters, ...Object.fromEntries(filled.map(([key, value]) => [`values.${key}`, value])) }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
