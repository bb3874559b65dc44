import {
  type DumpOptions,
  dump,
  type LoadOptions,
  load,
  Schema,
  NOT_RESOLVED,
  YAMLException,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  type MappingTagOptions,
  mergeTag,
  seqTag,
  strTag,
} from 'js-yaml'
import { exactInteger } from './exact-integers.ts'
import { writeLongTexts } from './long-texts.ts'

/**
 * YAML scalars as Kubernetes reads them: sigs.k8s.io/yaml over the go-yaml v2 resolver, then JSON.
 * Source: sigs.k8s.io/yaml, goyaml.v2/resolve.go; every row of the test's table was taken from kubectl.
 */
const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map(
    (word) => [word, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
])

const notJson = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/
const longestInteger = 2n ** 64n
const longestNegative = 2n ** 63n

const nullTag = defineScalarTag<null>('tag:yaml.org,2002:null', {
  implicit: true,
  implicitFirstChars: ['', '~', 'n', 'N'],
  resolve: (source) => (words.get(source) === null ? null : NOT_RESOLVED),
  identify: (value) => value === null,
  represent: () => 'null',
})

const booleanTag = defineScalarTag<boolean>('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: [...'yYnNtTfFoO'],
  resolve: (source) => words.get(source) ?? NOT_RESOLVED,
  identify: (value) => typeof value === 'boolean',
  represent: (value: boolean) => String(value),
})

const integerTag = defineScalarTag<number | bigint>('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'+-0123456789'],
  resolve: (source) => readInteger(source) ?? NOT_RESOLVED,
  identify: (value) => typeof value === 'bigint' || (Number.isInteger(value) && Math.abs(value) < 1e21),
  represent: (value: number | bigint) => String(value),
})

const floatTag = defineScalarTag<number | bigint>('tag:yaml.org,2002:float', {
  implicit: true,
  implicitFirstChars: [...'+-.0123456789'],
  resolve: (source) => (notJson.test(source) ? Number.NaN : (readFloat(source) ?? NOT_RESOLVED)),
  identify: (value) => typeof value === 'number' && (!Number.isInteger(value) || Math.abs(value) >= 1e21),
  represent: (value: number | bigint) => String(value),
})

/** For reading: what has no place in JSON is refused instead of becoming a number that nothing can hold. */
const finiteFloatTag = { ...floatTag, resolve: readFiniteFloat }

/** Kubernetes takes the decoded bytes of `!!binary` as text. */
const binaryTag = defineScalarTag<string>('tag:yaml.org,2002:binary', {
  resolve: (source) => Buffer.from(source, 'base64').toString('utf8'),
  identify: () => false,
})

const timestampTag = defineScalarTag<string>('tag:yaml.org,2002:timestamp', {
  resolve: (source) => source,
  identify: () => false,
})

/** Keys become JSON strings; `__proto__` is a key like any other. */
const mapping: MappingTagOptions<Record<string, unknown>> = {
  create: () => ({}),
  addPair: (carrier, key, value) => {
    if (key === null || typeof key === 'object') return 'a key of an object must be a text or a number'
    const name = String(key)
    if (name === '__proto__') {
      Object.defineProperty(carrier, name, { value, enumerable: true, configurable: true, writable: true })
    } else carrier[name] = value
    return ''
  },
  // js-yaml remembers merged keys as they are written here, as texts: a key like `y` must stay free to override one.
  has: (carrier, key) => typeof key === 'string' && Object.hasOwn(carrier, key),
  keys: (result) => Object.keys(result),
  get: (result, key) => result[String(key)],
  identify: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  represent: (value: Record<string, unknown>) => new Map(Object.entries(value)),
}

const mappingTag = defineMappingTag('tag:yaml.org,2002:map', mapping)

/**
 * Tags of somebody's own (`!Ref x`, or `!=` where an operator was meant) say nothing to go-yaml: scalars under them are
 * texts, lists and mappings are themselves.
 */
const ownTags = [
  defineScalarTag<string>('!', {
    matchByTagPrefix: true,
    resolve: (source) => source,
    identify: () => false,
  }),
  defineSequenceTag('!', { ...seqTag, matchByTagPrefix: true, identify: () => false }),
  defineMappingTag('!', { ...mapping, matchByTagPrefix: true, identify: () => false }),
]

const writeSchema = new Schema([
  strTag,
  seqTag,
  mappingTag,
  nullTag,
  booleanTag,
  integerTag,
  floatTag,
  mergeTag,
  binaryTag,
  timestampTag,
])

const readSchema = writeSchema.withTags(finiteFloatTag, ...ownTags)

/** Further right than any block that people write. */
const farRight = ' '.repeat(200)

/** Bounds of one document, far above what an API server takes (1.5 MiB an object). */
const limits: LoadOptions = { maxDepth: 500, maxTotalMergeKeys: 100_000, maxAliases: 10_000 }

/** One YAML document as JSON data; throws YAMLException. `lastKeyWins` reads repeated keys as JSON does. */
export function parseKubernetesYaml(text: string, options: { lastKeyWins?: boolean } = {}): unknown {
  const all = { ...limits, schema: readSchema, json: options.lastKeyWins ?? false }
  let current = text
  for (let repairs = 0; ; repairs++) {
    try {
      return load(current, all)
    } catch (error) {
      const repaired = repairs < mostRepairs ? indentFlowLine(current, error) : undefined
      if (repaired === undefined) throw error
      current = repaired
    }
  }
}

/** Lines of one document that are pushed in; charts that need it have a handful. */
const mostRepairs = 100

/**
 * go-yaml takes lines of a flow collection or a quoted text that stand too far left, js-yaml does not. Blanks before such
 * a line mean nothing, so it is pushed in where js-yaml met it; undefined where that is not the fault.
 */
function indentFlowLine(text: string, error: unknown): string | undefined {
  if (!(error instanceof YAMLException) || error.reason !== 'deficient indentation') return undefined
  const lines = text.split('\n')
  const at = error.mark?.line ?? -1
  const line = lines[at]
  if (line === undefined || line.startsWith(farRight)) return undefined
  lines[at] = farRight + line.trimStart()
  return lines.join('\n')
}

/** YAML that Kubernetes reads back as exactly this value. */
export function dumpKubernetesYaml(value: unknown, options: DumpOptions = {}): string {
  const all = { schema: writeSchema, noRefs: true, lineWidth: -1, seqNoIndent: true, ...options }
  return writeLongTexts(value, (each) => dump(each, all))
}

/** Whole and exact up to 64 bits with a sign; as Kubernetes, the nearest number beyond that. */
function readInteger(source: string): number | bigint | undefined {
  const match = integer.exec(source.replaceAll('_', ''))
  if (!match) return undefined
  const [, sign, hexadecimal, binary, octal, digits] = match
  const magnitude = BigInt(
    hexadecimal ? `0x${hexadecimal}` : binary ? `0b${binary}` : octal ? `0o${octal}` : (digits ?? '0'),
  )
  const isInRange = sign === '-' ? magnitude <= longestNegative : magnitude < longestInteger
  if (!isInRange) return undefined
  const value = sign === '-' ? -magnitude : magnitude
  return exactInteger(value) ?? Number(value)
}

function readFiniteFloat(source: string): number | bigint | typeof NOT_RESOLVED {
  if (notJson.test(source)) {
    throw new YAMLException(
      `${source} has no place in JSON, so Kubernetes refuses it; quote it if it is a text`,
    )
  }
  return readFloat(source) ?? NOT_RESOLVED
}

/** Between YAML and the object Kubernetes has JSON, in which a large float is written as the integer that it is. */
function readFloat(source: string): number | bigint | undefined {
  const plain = source.startsWith('.') ? source : source.replaceAll('_', '')
  if (!decimal.test(plain)) return undefined
  const value = Number(plain)
  if (!Number.isFinite(value)) return undefined
  const isWritten = Number.isInteger(value) && Math.abs(value) < 1e21
  return (isWritten ? exactInteger(BigInt(String(value))) : undefined) ?? (value || 0)
}
