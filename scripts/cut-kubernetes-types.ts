/**
 * Cuts out of Kubernetes' OpenAPI description how its lists merge and where its quantities are.
 *
 *   node scripts/cut-kubernetes-types.ts <api/openapi-spec/swagger.json of kubernetes/kubernetes> 1.36
 *
 * Writes `src/features/diff/kubernetes-types.json`; `src/features/diff/kubernetes-shapes.ts` reads it and tells its notation.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface Property {
  $ref?: string
  type?: string
  format?: string
  items?: Property
  additionalProperties?: Property
  'x-kubernetes-list-type'?: string
  'x-kubernetes-list-map-keys'?: string[]
  'x-kubernetes-patch-merge-key'?: string
}
interface Definition {
  properties?: Record<string, Property>
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[]
}

/** Fields that no manifest writes. */
const unwritten = new Set(['status', 'managedFields', 'ownerReferences'])
const output = new URL('../src/features/diff/kubernetes-types.json', import.meta.url)
const [source, version] = process.argv.slice(2)
if (!source || !version) throw new Error('expected the path of swagger.json and the version of Kubernetes')
const { definitions } = JSON.parse(readFileSync(source, 'utf8')) as {
  definitions: Record<string, Definition>
}

const newest = new Map<string, { version: string; name: string }>()
for (const [name, definition] of Object.entries(definitions)) {
  const [id, ...others] = definition['x-kubernetes-group-version-kind'] ?? []
  if (!id || others.length > 0 || id.kind.endsWith('List') || !definition.properties?.metadata) continue
  const key = `${id.group}/${id.kind}`
  const known = newest.get(key)
  if (!known || weigh(id.version) > weigh(known.version)) newest.set(key, { version: id.version, name })
}
const kinds = Object.fromEntries([...newest].map(([key, { name }]) => [key, shortName(name)]))
const reached = [...newest.values()].map(({ name }) => name)

const types: Record<string, Record<string, string>> = {}
for (const name of reached) {
  const fields = Object.entries(definitions[name]?.properties ?? {}).flatMap(([field, property]) => {
    const shape = unwritten.has(field) ? '' : shapeOf(property)
    return shape ? [[field, shape] as const] : []
  })
  types[shortName(name)] = Object.fromEntries(fields.toSorted())
}

const lines = (entries: Record<string, unknown>) =>
  Object.entries(entries)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join(',\n')
writeFileSync(
  output,
  `{"version":${JSON.stringify(version)},\n"kinds":{\n${lines(kinds)}\n},\n"types":{\n${lines(types)}\n}}\n`,
)
process.stdout.write(`${Object.keys(kinds).length} kinds, ${Object.keys(types).length} types\n`)

/** Stable before beta before alpha, then the higher number. */
function weigh(version: string): number {
  const [, major = 0, stage, minor = 0] = /^v(\d+)(alpha|beta)?(\d+)?$/.exec(version) ?? []
  const stages = { alpha: 0, beta: 1, none: 2 }
  return stages[(stage ?? 'none') as keyof typeof stages] * 10_000 + Number(major) * 100 + Number(minor)
}

/** The notation of one field; empty where nothing is to be known of it. */
function shapeOf(property: Property): string {
  if (property.$ref) return reach(property.$ref)
  if (property.type === 'array') return `[${listKeys(property)}]${shapeOf(property.items ?? {})}`
  if (property.additionalProperties) {
    const inner = shapeOf(property.additionalProperties)
    return inner && `{}${inner}`
  }
  return ''
}

function listKeys(property: Property): string {
  if (property['x-kubernetes-list-type'] === 'set') return '='
  const isMap = property['x-kubernetes-list-type'] === 'map'
  return (isMap ? property['x-kubernetes-list-map-keys'] : undefined)?.join(',') ?? ''
}

function reach(reference: string): string {
  const name = reference.replace('#/definitions/', '')
  if (name.endsWith('.api.resource.Quantity')) return 'quantity'
  if (!definitions[name]?.properties) return ''
  if (!reached.includes(name)) reached.push(name)
  return shortName(name)
}

/** `io.k8s.api.core.v1.Container` → `core.v1.Container` */
function shortName(name: string): string {
  return name.replace(/^io\.k8s\.(api|apimachinery\.pkg\.apis|[\w-]+\.pkg\.apis)\./, '')
}
