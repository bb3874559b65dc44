import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configurationSchema } from '../../src/features/config/configuration-schema.ts'
import { parseConfiguration } from '../../src/features/config/parse-configuration.ts'
import { parseOrganisation } from '../../src/features/config/parse-organisation.ts'

const root = join(import.meta.dirname, '../..')
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
)

function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** The fenced YAML of a page that is a configuration, with the line on which it begins. */
function examplesOf(path: string): { place: string; text: string }[] {
  const page = textOf(path)
  return [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
    .map(([, text = ''], index) => ({ text, index }))
    .filter(({ text }) => /^version: 1$/m.test(text))
    .map(({ text }) => ({ text, place: `${path}:${page.slice(0, page.indexOf(text)).split('\n').length}` }))
}

const shown = pages.flatMap(examplesOf)
/** Only an organisation's own file locks keys. */
const ofOrganisations = shown.filter(({ text }) => /^locked:/m.test(text))
const examples = [
  ...shown.filter((example) => !ofOrganisations.includes(example)),
  { place: 'demo/shop/.drawbridge.yaml', text: textOf('demo/shop/.drawbridge.yaml') },
]

describe('every configuration that we show', () => {
  it('is found', () => {
    expect(examples.length).toBeGreaterThanOrEqual(10)
  })

  it.each(examples)('$place has no problem', ({ text, place }) => {
    const { configuration, problems } = parseConfiguration(text, place, (named) =>
      named.endsWith('.yaml') ? '' : undefined,
    )
    expect(problems).toEqual([])
    expect(configuration.isConfigured).toBe(true)
  })

  it.each(ofOrganisations)(
    '$place has no problem in the repository of an organisation',
    ({ text, place }) => {
      expect(parseOrganisation(text, place, place).problems).toEqual([])
    },
  )
})

/** The names of all keys below a schema, at any depth. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, value]) => {
    return key === 'properties'
      ? [...Object.keys(value), ...Object.values(value).flatMap(keysOf)]
      : keysOf(value)
  })
}

describe('docs/configuration.md', () => {
  it.each([...new Set(keysOf(configurationSchema))])('describes %s', (key) => {
    const rows = textOf('docs/configuration.md')
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split(' | ')[0])
    expect(rows.some((first) => first?.includes(`\`${key}\``))).toBe(true)
  })
})
