import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Problem } from '../../domain/problem.ts'
import type { ArgoApplication, ArgoContext } from './argo-applications.ts'
import { type GeneratorContext, generateParameters, generatorName, mostPairs } from './argo-generators.ts'
import { fillIn } from './argo-parameters.ts'
import { sourcesOf } from './argo-repository.ts'
import { asMapping, asMappings, asText, asTexts } from './fields.ts'
import { fillTemplate, fillText, openTag, type Parameters } from './fill-template.ts'
import { mergePatch } from './merge-patch.ts'
import { readYamlData } from './read-yaml-data.ts'
import { mostSources } from './repository-limits.ts'
import { Undetermined } from './undetermined.ts'

/**
 * The Applications that an ApplicationSet makes. A generator or template that the repository does not determine leaves
 * out what it would give, and says why; the other generators of the set count.
 * Source: Argo CD, applicationset/controllers/template/template.go GenerateApplications.
 */
export function applicationsOfSet(
  set: KubernetesObject,
  definedIn: string,
  line: number,
  context: ArgoContext,
): { applications: ArgoApplication[]; notices: Problem[] } {
  const spec = asMapping(set.spec)
  const style = { isGo: spec.goTemplate === true, options: asTexts(spec.goTemplateOptions) }
  const author = `ApplicationSet ${set.metadata.name}`
  const applications: ArgoApplication[] = []
  const reasons = new Set<string>()
  const pairs = { left: mostPairs }
  for (const generator of asMappings(spec.generators)) {
    if (applications.length > mostSources) break
    try {
      for (const filled of fillSet(spec, generator, { ...context, style, pairs })) {
        applications.push({ ...filled, definedIn, line, author })
      }
    } catch (error) {
      if (!(error instanceof Undetermined)) throw error
      reasons.add(error.message)
    }
  }
  const undetermined = [...reasons].map((reason) => setIsUndetermined(author, reason, definedIn, line))
  const twice = repeatedNames(applications).map((name) => nameIsTwice(author, name, definedIn, line))
  return { applications: withoutRepeats(applications), notices: [...undetermined, ...twice] }
}

function fillSet(
  spec: Record<string, unknown>,
  generator: Record<string, unknown>,
  context: GeneratorContext,
): { name: string; spec: Record<string, unknown> }[] {
  const own = asMapping(generator[generatorName(generator) ?? '']).template
  const template = asMapping(fillIn(own, spec.template))
  return generateParameters(generator, context).map((parameters) => {
    const filled = fillTemplate(template, parameters, context.style)
    const patched = patchTemplate(filled, asText(spec.templatePatch), parameters, context)
    return checked({
      name: asText(asMapping(asMapping(patched).metadata).name),
      spec: asMapping(asMapping(patched).spec),
    })
  })
}

/**
 * `templatePatch` as far as it merges mappings and replaces lists, which is all that the lists of an Application do.
 * Source: Argo CD, applicationset/controllers/template/patch.go; Kubernetes, strategicpatch.
 */
function patchTemplate(
  filled: unknown,
  patchText: string,
  parameters: Parameters,
  { style }: GeneratorContext,
): unknown {
  if (patchText === '') return filled
  const patch = readYamlData(fillText(patchText, parameters, style), 'its templatePatch')
  const isDirective = (key: string) => key.startsWith('$')
  if (anyKey(patch, isDirective))
    throw new Undetermined('its templatePatch has directives of a strategic merge')
  // The project is not the patch's to change; nothing here depends on it.
  return mergePatch(filled, patch)
}

function anyKey(value: unknown, test: (key: string) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, each]) => test(key) || anyKey(each, test))
}

/** A tag that nothing filled in what decides where an application comes from and goes to. */
function checked(application: { name: string; spec: Record<string, unknown> }) {
  const { name, spec } = application
  const destination = asMapping(spec.destination)
  const decisive = [
    name,
    ...['name', 'server', 'namespace'].map((field) => asText(destination[field])),
    ...sourcesOf(spec).flatMap((source) => [
      ...['path', 'repoURL', 'chart'].map((field) => asText(source[field])),
      ...asTexts(asMapping(source.helm).valueFiles),
    ]),
  ]
  const tag = decisive.map(openTag).find((each) => each !== undefined)
  if (tag !== undefined) throw new Undetermined(`no generator gives ${tag}`)
  if (name === '') throw new Undetermined('its template gives an application without a name')
  return application
}

function repeatedNames(applications: readonly ArgoApplication[]): string[] {
  const byName = Map.groupBy(applications, ({ name }) => name)
  return [...byName].filter(([, group]) => group.length > 1).map(([name]) => name)
}

/** The first of a name stays, so that what it delivers is seen. */
function withoutRepeats(applications: readonly ArgoApplication[]): ArgoApplication[] {
  const seen = new Set<string>()
  return applications.filter(({ name }) => !seen.has(name) && seen.add(name))
}

function setIsUndetermined(author: string, reason: string, path: string, line: number): Problem {
  return {
    code: 'APPLICATIONSET_UNDETERMINED',
    path,
    line,
    message: `what ${author} makes cannot be determined: ${reason}`,
    fix: 'name its applications under `applications` in .drawbridge.yaml to have them shown by their folders',
  }
}

/** Source: Argo CD, applicationset/controllers/applicationset_controller.go validateGeneratedApplications. */
function nameIsTwice(author: string, name: string, path: string, line: number): Problem {
  return {
    code: 'APPLICATION_TWICE',
    path,
    line,
    message: `${author} makes the application ${name} more than once, and Argo CD refuses that`,
    fix: 'put a parameter into the name that tells them apart',
  }
}
