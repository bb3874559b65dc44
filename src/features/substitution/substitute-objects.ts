import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { formatObjectId, objectId } from '../../domain/kubernetes-object.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Substitution, Variable } from '../../domain/substitution.ts'
import { dumpKubernetesYaml, parseKubernetesYaml } from '../rendering/kubernetes-yaml.ts'
import { whyNoObject } from '../rendering/read-manifests.ts'
import { evaluateTemplate } from './evaluate-template.ts'
import { TemplateFault } from './parse-template.ts'

const switchName = 'kustomize.toolkit.fluxcd.io/substitute'
/** Source: fluxcd/pkg, kustomize/kustomize_varsub.go, varsubRegex. */
const variableName = /^[_A-Za-z][_A-Za-z0-9]*$/

/**
 * Objects with their variables filled in, as Flux does it: in the YAML text of each object, so that `"${REPLICAS}"` can become
 * a number. A variable that nobody gives is empty. Objects that switch it off stay as they are; one that cannot be read
 * afterwards is a problem, as Flux then applies nothing. Unknown variables stay as written, each said once.
 * Source: fluxcd/pkg, kustomize/kustomize_varsub.go, without strict mode (a switch of the controller, off by default).
 */
export function substituteObjects(
  objects: readonly KubernetesObject[],
  substitution: Substitution,
  path: string,
): { objects: KubernetesObject[]; problems: Problem[]; notices: Problem[] } {
  if (!isNeeded(substitution)) return { objects: [...objects], problems: [], notices: [] }
  const misnamed = Object.keys(substitution.variables).filter((name) => !variableName.test(name))
  if (misnamed.length > 0) return { objects: [...objects], problems: [badNames(misnamed, path)], notices: [] }
  const used = { unknown: new Set<string>(), secret: new Set<string>() }
  const problems: Problem[] = []
  const filled = objects.map((object) => {
    if (isSwitchedOff(object)) return object
    try {
      const evaluated = evaluateTemplate(dumpKubernetesYaml(object), (name) => lookUp(name, substitution))
      for (const name of evaluated.unknown) used.unknown.add(name)
      for (const name of evaluated.secret) used.secret.add(name)
      return readObject(evaluated.text)
    } catch (error) {
      problems.push(failed(object, path, error))
      return object
    }
  })
  return { objects: filled, problems, notices: noticesOf(used, substitution, path) }
}

/** Flux does nothing where no variable is given at all; an object that is not known may well give one. */
function isNeeded({ variables, unknownObjects, isAlways }: Substitution): boolean {
  return isAlways || unknownObjects.length > 0 || Object.keys(variables).length > 0
}

function isSwitchedOff({ metadata }: KubernetesObject): boolean {
  return [metadata.labels, metadata.annotations].some((each) => each?.[switchName] === 'disabled')
}

function lookUp(name: string, { variables, unknownObjects }: Substitution): Variable | undefined {
  const known = Object.hasOwn(variables, name) ? variables[name] : undefined
  if (known || unknownObjects.length === 0) return known
  return { kind: 'unknown', from: unknownObjects.join(' or ') }
}

function readObject(text: string): KubernetesObject {
  const data = parseKubernetesYaml(text, { lastKeyWins: true })
  const reason = whyNoObject(data)
  if (reason !== undefined) throw new TemplateFault(reason)
  return data as KubernetesObject
}

/** One notice for each object that variables come from. */
function noticesOf(
  used: { unknown: ReadonlySet<string>; secret: ReadonlySet<string> },
  substitution: Substitution,
  path: string,
): Problem[] {
  const sourceOf = (name: string) => {
    const variable = lookUp(name, substitution)
    return variable && variable.kind !== 'value' ? variable.from : ''
  }
  const unknown = Map.groupBy([...used.unknown].toSorted(), sourceOf)
  const secret = Map.groupBy([...used.secret].toSorted(), sourceOf)
  return [
    ...[...unknown].map(([from, names]) => unknownVariables(path, from, names)),
    ...[...secret].map(([from, names]) => secretVariables(path, from, names)),
  ]
}

function unknownVariables(path: string, from: string, names: readonly string[]): Problem {
  return {
    code: 'VARIABLE_UNKNOWN',
    path,
    line: 0,
    message: `${listed(names)}: the value is that of ${from}; the text stays as it is written`,
    fix: 'nothing needs to be done; a value that may be seen can stand in `postBuild.substitute` or in a ConfigMap of the repository',
  }
}

function secretVariables(path: string, from: string, names: readonly string[]): Problem {
  return {
    code: 'VARIABLE_SECRET',
    path,
    line: 0,
    message: `${listed(names)}: the value is that of ${from}; a mark stands for it, so a change of the value shows at the Secret alone`,
    fix: 'nothing needs to be done',
  }
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\${${name}}`).join(', ')
}

function badNames(names: readonly string[], path: string): Problem {
  return {
    code: 'SUBSTITUTION_FAILED',
    path,
    line: 0,
    message: `Flux takes no variable of the name ${names.toSorted().join(', ')}`,
    fix: 'name variables with letters, digits and underscores, a digit never first',
  }
}

function failed(object: KubernetesObject, path: string, error: unknown): Problem {
  const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  return {
    code: 'SUBSTITUTION_FAILED',
    path,
    line: 0,
    message: `the variables of ${formatObjectId(objectId(object))} cannot be filled in: ${reason}`,
    fix: `write \`$\${\` where no variable is meant, or give the object the annotation ${switchName}: disabled`,
  }
}
