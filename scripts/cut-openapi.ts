/**
 * Cuts the response schemas of the emulated endpoints out of GitHub's OpenAPI description.
 *
 *   npm pack @octokit/openapi@23.0.2 --pack-destination <folder>, unpack it there, then
 *   node scripts/cut-openapi.ts <folder>/package/generated/api.github.com.json
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { routes } from '../src/emulator/github/router.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type JsonObject = { [key: string]: Json }

const output = new URL('../test/fixtures/github/openapi.json', import.meta.url)
/** Words for people; a validator does not need them. */
const dropped = new Set([
  'description',
  'example',
  'examples',
  'title',
  'externalDocs',
  'deprecated',
  'nullable',
])

const [source] = process.argv.slice(2)
if (!source) throw new Error('expected the path of api.github.com.json as the only argument')
const whole = JSON.parse(readFileSync(source, 'utf8')) as JsonObject
const version = at(whole, 'info')?.version ?? ''
const schemas: JsonObject = {}
const answers: JsonObject = {}
const missing: string[] = []

for (const route of routes) {
  const path = route.path.replaceAll('{+', '{')
  const operation = at(whole, 'paths', path, route.method.toLowerCase())
  if (!operation) {
    missing.push(`${route.method} ${path}`)
    continue
  }
  answers[`${route.method} ${path}`] = successes(operation)
}
writeFileSync(output, `${JSON.stringify({ version, answers, components: { schemas } })}\n`)
process.stdout.write(`${Object.keys(answers).length} endpoints, ${Object.keys(schemas).length} schemas\n`)
if (missing.length > 0) process.stdout.write(`not described by GitHub: ${missing.join(', ')}\n`)

/** Status → schema of the JSON answer; null where the answer has no body. */
function successes(operation: JsonObject): JsonObject {
  const shown: JsonObject = {}
  for (const [status, response] of Object.entries(at(operation, 'responses') ?? {})) {
    if (!status.startsWith('2') && status !== '304') continue
    const schema = at(resolve(response), 'content', 'application/json', 'schema')
    shown[status] = schema ? cut(corrected(schema)) : null
  }
  return shown
}

/** The list of installations is described apart, and asks of an account that it be a user and an enterprise at once. */
function corrected(schema: JsonObject): JsonObject {
  const isInstallation = 'access_tokens_url' in (at(schema, 'items', 'properties') ?? {})
  return isInstallation ? { type: 'array', items: { $ref: '#/components/schemas/installation' } } : schema
}

/** The schema without words, in JSON Schema's own spelling, its references kept beside it. */
function cut(value: Json): Json {
  if (Array.isArray(value)) return value.map(cut)
  if (typeof value !== 'object' || value === null) return value
  if (typeof value.$ref === 'string') keep(value.$ref)
  const entries = Object.entries(value).filter(([key, inner]) => !isWords(key, inner))
  const schema: JsonObject = Object.fromEntries(
    entries.map(([key, inner]) => [key, key === 'enum' ? inner : cut(inner)]),
  )
  // An address that is '' by default is no address.
  if (value.default === '') delete schema.format
  return value.nullable === true ? nullable(schema) : schema
}

/** A property may be named `title`; the word `title` of a schema is a string. */
function isWords(key: string, value: Json): boolean {
  if (key.startsWith('x-')) return true
  const isSchema = typeof value === 'object' && value !== null && !Array.isArray(value)
  return dropped.has(key) && (!isSchema || ['example', 'examples', 'externalDocs'].includes(key))
}

function nullable(schema: JsonObject): JsonObject {
  if (typeof schema.type === 'string' && !schema.enum) return { ...schema, type: [schema.type, 'null'] }
  return { anyOf: [schema, { type: 'null' }] }
}

function keep(reference: string): void {
  const name = reference.replace('#/components/schemas/', '')
  if (name in schemas) return
  // Set first: schemas refer to themselves.
  schemas[name] = {}
  schemas[name] = cut(resolve({ $ref: reference }))
}

function resolve(value: Json): JsonObject {
  const object = value as JsonObject
  if (typeof object.$ref !== 'string') return object
  return at(whole, ...object.$ref.slice(2).split('/')) ?? {}
}

function at(value: JsonObject, ...path: string[]): JsonObject | undefined {
  let found: Json | undefined = value
  for (const step of path) found = (found as JsonObject | undefined)?.[step]
  return found as JsonObject | undefined
}
