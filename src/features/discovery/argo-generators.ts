import { matchesLabels } from '../../domain/label-selector.ts'
import { clusterParameters } from './argo-cluster-generator.ts'
import type { ArgoCluster } from './argo-clusters.ts'
import { gitParameters } from './argo-git-generator.ts'
import { combineTexts, flatten, mergeOver } from './argo-parameters.ts'
import { asMapping, asMappings, asText, asTexts } from './fields.ts'
import { fillTemplate, fillText, type Parameters, type TemplateStyle } from './fill-template.ts'
import { goText } from './go-values.ts'
import { readYamlData } from './read-yaml-data.ts'
import { readLabelSelector } from './read-label-selector.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { Undetermined } from './undetermined.ts'

/** What the generators of one ApplicationSet may look at. */
export interface GeneratorContext {
  files: RepositoryFiles
  index: RepositoryIndex
  clusters: readonly ArgoCluster[]
  style: TemplateStyle
  isOwnAddress(repoUrl: string): boolean
  /** Pairs that matrices may still try, those that give nothing among them; counted down. */
  pairs: { left: number }
}

/** More applications than one set makes anywhere; a matrix beyond it is a mistake. */
const mostParameters = 5_000

/** Matrices in matrices multiply, also where they give nothing in the end. */
export const mostPairs = 20_000

/** What asks something outside the repository. Source: Argo CD docs, "Generators". */
const asksElsewhere: Record<string, string> = {
  clusterDecisionResource: 'a resource in the cluster',
  scmProvider: 'the list of repositories of an organisation',
  pullRequest: 'the open pull requests of a repository',
  plugin: 'a plug-in',
}

type Generator = (settings: Record<string, unknown>, context: GeneratorContext) => Parameters[]

const generators: Record<string, Generator> = {
  list: listParameters,
  git: gitParameters,
  clusters: clusterParameters,
  matrix: matrixParameters,
  merge: mergeParameters,
}

/** The name of a generator's only field besides `selector`: `git`, `matrix`, … */
export function generatorName(generator: Record<string, unknown>): string | undefined {
  return Object.keys(generator).find((key) => key !== 'selector')
}

/**
 * The parameters that a generator gives, one set for each application. Throws Undetermined, with the generator's name.
 * Source: Argo CD, applicationset/generators/generator_spec_processor.go Transform.
 */
export function generateParameters(
  generator: Record<string, unknown>,
  context: GeneratorContext,
): Parameters[] {
  const name = generatorName(generator)
  if (name === undefined) throw new Undetermined('a generator is empty')
  const elsewhere = Object.hasOwn(asksElsewhere, name) ? asksElsewhere[name] : undefined
  if (elsewhere !== undefined) throw new Undetermined(`its ${name} generator asks ${elsewhere}`)
  const generate = Object.hasOwn(generators, name) ? generators[name] : undefined
  if (!generate) throw new Undetermined(`its generator ${name} is not known`)
  const all = generate(asMapping(generator[name]), context)
  if (all.length > mostParameters) {
    throw new Undetermined(
      `its ${name} generator gives at least ${all.length} applications, and at most ${mostParameters} are looked at`,
    )
  }
  if (generator.selector === undefined || generator.selector === null) return all
  const selector = readLabelSelector(generator.selector)
  return all.filter((parameters) => matchesLabels(selector, flatten(parameters)))
}

/** Source: Argo CD, applicationset/generators/list.go. */
function listParameters(settings: Record<string, unknown>, { style }: GeneratorContext): Parameters[] {
  const elements = asMappings(settings.elements).map((element) =>
    style.isGo ? element : flatElement(element),
  )
  const text = asText(settings.elementsYaml)
  if (text === '') return elements
  const more = readYamlData(text, 'elementsYaml of its list generator')
  if (!Array.isArray(more)) throw new Undetermined('elementsYaml of its list generator is no list')
  return [...elements, ...asMappings(more)]
}

/** Without Go templates every value is a text, and those of `values` are named `values.…`. */
function flatElement(element: Record<string, unknown>): Parameters {
  const parameters: Parameters = {}
  for (const [key, value] of Object.entries(element)) {
    const nested = key === 'values' ? asMapping(value) : { [key]: value }
    for (const [name, each] of Object.entries(nested)) {
      if (typeof each !== 'string') {
        throw new Undetermined(`element ${name}: ${goText(each)} of its list generator is no text; quote it`)
      }
      parameters[key === 'values' ? `values.${name}` : name] = each
    }
  }
  return parameters
}

/** Every pair of both; the second generator may use the parameters of the first. Source: Argo CD, applicationset/generators/matrix.go. */
function matrixParameters(settings: Record<string, unknown>, context: GeneratorContext): Parameters[] {
  const [first, second, ...others] = asMappings(settings.generators)
  if (!first || !second || others.length > 0) {
    throw new Undetermined('a matrix generator takes two generators')
  }
  const pairs: Parameters[] = []
  for (const outer of generateParameters(first, context)) {
    if (context.pairs.left <= 0) throw new Undetermined(`its matrices try more than ${mostPairs} pairs`)
    context.pairs.left -= 1
    for (const inner of generateParameters(fillGenerator(second, outer, context.style), context)) {
      pairs.push(context.style.isGo ? mergeOver(inner, outer) : combineTexts(outer, inner))
    }
    if (pairs.length > mostParameters) break
  }
  return pairs
}

/**
 * `values` may name parameters that the generator itself gives: those stay as written until it has them.
 * Source: Argo CD, applicationset/utils/utils.go RenderGeneratorParams.
 */
function fillGenerator(
  generator: Record<string, unknown>,
  parameters: Parameters,
  style: TemplateStyle,
): Record<string, unknown> {
  if (Object.keys(parameters).length === 0) return generator
  const strict = { ...style, options: ['missingkey=error'] }
  return Object.fromEntries(
    Object.entries(generator).map(([name, settings]) => {
      const { values, generators: nested, ...rest } = asMapping(settings)
      if (name === 'selector') return [name, fillTemplate(settings, parameters, style)]
      const filled = asMapping(fillTemplate(rest, parameters, style))
      if (values !== undefined) filled.values = fillValues(asMapping(values), parameters, strict)
      if (nested !== undefined) {
        filled.generators = asMappings(nested).map((each) => fillGenerator(each, parameters, style))
      }
      return [name, filled]
    }),
  )
}

function fillValues(
  values: Record<string, unknown>,
  parameters: Parameters,
  strict: TemplateStyle,
): Parameters {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      try {
        return [key, fillText(asText(value), parameters, strict)]
      } catch (error) {
        if (error instanceof Undetermined) return [key, value]
        throw error
      }
    }),
  )
}

/** Those of the first generator, with what the others say of the same keys. Source: Argo CD, applicationset/generators/merge.go. */
function mergeParameters(settings: Record<string, unknown>, context: GeneratorContext): Parameters[] {
  const [first, ...others] = asMappings(settings.generators)
  const keys = asTexts(settings.mergeKeys)
  if (!first || others.length === 0) throw new Undetermined('a merge generator takes two generators or more')
  if (keys.length === 0) throw new Undetermined('its merge generator has no mergeKeys')
  const merged = byMergeKeys(generateParameters(first, context), keys)
  for (const other of others) {
    for (const [key, parameters] of byMergeKeys(generateParameters(other, context), keys)) {
      const base = merged.get(key)
      if (!base) continue
      merged.set(key, context.style.isGo ? mergeOver(base, parameters) : { ...base, ...parameters })
    }
  }
  return [...merged.values()]
}

function byMergeKeys(all: readonly Parameters[], keys: readonly string[]): Map<string, Parameters> {
  const found = new Map<string, Parameters>()
  for (const parameters of all) {
    const key = JSON.stringify(
      keys.map((each) => (Object.hasOwn(parameters, each) ? parameters[each] : null)),
    )
    if (found.has(key)) throw new Undetermined(`its merge generator has ${keys.join(', ')} ${key} twice`)
    found.set(key, parameters)
  }
  return found
}
