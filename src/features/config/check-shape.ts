import { Ajv, type ErrorObject } from 'ajv'
import { type ConfigurationDocument, configurationSchema } from './configuration-schema.ts'
import { nearestWord } from './nearest-word.ts'
import type { PlacedProblem } from './placed-problem.ts'
import { formatPath, type YamlPath } from './read-yaml.ts'

const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true })
ajv.addVocabulary(['x-expected', 'x-fix'])
const validate = ajv.compile<ConfigurationDocument>(configurationSchema)

/** Everything in which the document is not shaped as the schema says, each in a sentence for people. */
export function checkShape(document: unknown): PlacedProblem[] {
  if (validate(document)) return []
  const errors = validate.errors ?? []
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf')
  const isPartOfUnion = (error: ErrorObject) =>
    unions.some(
      ({ schemaPath, instancePath }) =>
        error.schemaPath.startsWith(`${schemaPath}/`) && error.instancePath.startsWith(instancePath),
    )
  return onePerPlace(
    errors.filter((error) => !isPartOfUnion(error)).map((error) => describe(error, document)),
  )
}

function describe(error: ErrorObject, document: unknown): PlacedProblem {
  const at = toPath(error.instancePath, document)
  const where = formatPath(at) || 'the file'
  const parent: Record<string, unknown> = error.parentSchema ?? {}
  if (error.keyword === 'additionalProperties') {
    return unknownKey(at, String(error.params['additionalProperty']), Object.keys(parent['properties'] ?? {}))
  }
  if (error.keyword === 'required') {
    const key = String(error.params['missingProperty'])
    return { at, code: 'configuration-missing', message: `${where}: "${key}" is missing`, fix: `add ${key}:` }
  }
  if (error.data === null) {
    const fix = 'give it a value ({} where the defaults are meant), or remove the key'
    return {
      at,
      code: 'configuration-value',
      message: `${where}: nothing is written after the key; ${fix}`,
      fix,
    }
  }
  const expected = String(parent['x-expected'] ?? 'what is expected here')
  const fix = String(parent['x-fix'] ?? 'see the published schema')
  const meant = typeof error.data === 'string' ? nearestWord(error.data, enumOf(parent)) : undefined
  const hint = meant === undefined ? fix : `did you mean ${meant}?`
  return {
    at,
    code: 'configuration-value',
    message: `${where}: ${quote(error.data)} is not ${expected}; ${hint}`,
    fix,
  }
}

function unknownKey(at: YamlPath, key: string, known: string[]): PlacedProblem {
  const where = formatPath([...at, key])
  const meant = nearestWord(key, known)
  const isMerge = key === '<<'
  const fix =
    meant !== undefined
      ? `did you mean ${meant}?`
      : isMerge
        ? 'repeat the keys, or use an alias for the whole value'
        : `known here: ${known.join(', ')}`
  return {
    at,
    pointAt: [...at, key],
    code: 'configuration-unknown-key',
    message: `${where} is not a known key; ${fix}`,
    fix: meant !== undefined ? `write ${meant}` : fix,
  }
}

function enumOf(schema: Record<string, unknown>): string[] {
  return Array.isArray(schema['enum']) ? schema['enum'].filter((value) => typeof value === 'string') : []
}

/** JSON Pointer to path; whether a step is an index is told by the document. */
function toPath(pointer: string, document: unknown): YamlPath {
  const path: YamlPath = []
  let value = document
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(value) ? Number(key) : key)
    value = (value as Record<string, unknown> | undefined)?.[key]
  }
  return path
}

/** Several rules broken by one value are one fault to the person who wrote it. */
function onePerPlace(problems: PlacedProblem[]): PlacedProblem[] {
  const seen = new Set<string>()
  return problems.filter(({ at, pointAt, code, message }) => {
    const key = code === 'configuration-value' ? JSON.stringify(at) : JSON.stringify([pointAt ?? at, message])
    return seen.has(key) ? false : (seen.add(key), true)
  })
}

/** A value as it may be shown: short, and quoted so that it cannot be taken for our own words. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
