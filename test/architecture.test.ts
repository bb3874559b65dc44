import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const source = resolve(dirname(fileURLToPath(import.meta.url)), '../src')

/**
 * What each folder may import of the others.
 *
 * domain ← features, ports ← journeys ← surfaces ← main. Adapters do what ports say; the emulators stand outside the product.
 */
const allowed: Record<string, string[]> = {
  domain: [],
  features: ['domain'],
  ports: ['domain'],
  adapters: ['domain', 'ports', 'features'],
  journeys: ['domain', 'features', 'ports'],
  app: ['domain', 'features', 'ports', 'journeys'],
  reconciler: ['domain', 'features', 'ports', 'journeys'],
  dashboard: ['domain', 'features', 'ports', 'journeys'],
  cli: ['domain', 'features', 'ports', 'journeys'],
  emulator: ['domain', 'ports'],
  main: [
    'domain',
    'features',
    'ports',
    'journeys',
    'adapters',
    'app',
    'reconciler',
    'dashboard',
    'cli',
    'emulator',
  ],
}

/** What each room of the journeys may use of the others; what all of them share stands before the rooms. */
const rooms: Record<string, string[]> = {
  perform: [],
  repository: [],
  sync: ['repository'],
  slo: ['repository', 'perform'],
  promotion: ['repository', 'perform', 'slo'],
  rollback: ['repository', 'perform', 'slo'],
  review: ['repository', 'perform', 'promotion'],
  release: ['repository', 'perform', 'review'],
  commands: ['repository', 'perform', 'review', 'promotion', 'rollback'],
}

/** Pure libraries that features are made of. */
const pureLibraries = new Set([
  'node:crypto',
  '@marcbachmann/cel-js',
  'ajv',
  'ajv-formats',
  'croner',
  'diff',
  'ical.js',
  'js-yaml',
  're2js',
  'typebox',
  'yaml',
])

/** What would make a decision depend on anything but its arguments. */
const impurities: [RegExp, string][] = [
  [/\bawait\b/, 'await'],
  [/\basync\b/, 'async'],
  [/\bDate\.now\b/, 'Date.now'],
  [/\bnew Date\(\)/, 'new Date()'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\b(randomBytes|randomUUID|randomInt)\b/, 'randomness'],
  [/\bprocess\./, 'process'],
  [/\b(setTimeout|setInterval|setImmediate)\b/, 'timers'],
  [/\bfetch\(/, 'fetch'],
]

/** Where the machine's own clock, timers, randomness and processes may be touched. */
const touchesMachine = /^(adapters\/system|adapters\/policy|main)\//

interface SourceFile {
  path: string
  folder: string
  code: string
  imports: string[]
}

const files: SourceFile[] = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') || path.endsWith('.tsx'))
  .map((path) => {
    const text = readFileSync(join(source, path), 'utf8')
    return { path, folder: path.split('/')[0] ?? '', code: withoutComments(text), imports: importsOf(text) }
  })

describe('architecture', () => {
  it('has files to look at', () => expect(files.length).toBeGreaterThan(50))

  it('has no folder that is not on the map', () => {
    const folders = new Set(files.map(({ folder }) => folder))
    expect([...folders].filter((folder) => !(folder in allowed))).toEqual([])
    const vague = files.filter(({ path }) => /\/(utils?|helpers?|common|misc|shared)(\/|\.ts)/.test(path))
    expect(vague.map(({ path }) => path)).toEqual([])
  })

  it('imports only in the direction of the map', () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(source, resolve(source, dirname(file.path), name)).split('/')[0] ?? '')
        .filter((target) => target !== file.folder && !allowed[file.folder]?.includes(target))
        .map((target) => `${file.path} imports ${target}/`),
    )
    expect(wrong).toEqual([])
  })

  it('goes from one room of the journeys to another only as the map says', () => {
    const journeys = files.filter(({ path }) => path.split('/').length === 3 && path.startsWith('journeys/'))
    expect(new Set(journeys.map(({ path }) => roomOf(path)))).toEqual(new Set(Object.keys(rooms)))
    const wrong = journeys.flatMap(({ path, imports }) =>
      imports
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(source, resolve(source, dirname(path), name)))
        .filter((target) => target.startsWith('journeys/') && target !== 'journeys/ports.ts')
        .filter((target) => ![roomOf(path), ...(rooms[roomOf(path)] ?? [])].includes(roomOf(target)))
        .map((target) => `${path} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('keeps decisions pure', () => {
    const impure = files
      .filter(({ folder }) => folder === 'domain' || folder === 'features')
      .flatMap((file) => [
        ...impurities
          .filter(([pattern]) => pattern.test(file.code))
          .map(([, name]) => `${file.path} uses ${name}`),
        ...file.imports
          .filter((name) => !name.startsWith('.') && !pureLibraries.has(packageOf(name)))
          .map((name) => `${file.path} imports ${name}`),
      ])
    expect(impure).toEqual([])
  })

  it('takes time, chance and processes from its ports', () => {
    const reaching = files
      .filter(
        ({ path, folder }) => folder !== 'domain' && folder !== 'features' && !touchesMachine.test(path),
      )
      .flatMap(({ path, code, imports }) => [
        ...[
          /\bDate\.now\b/,
          /\bnew Date\(\)/,
          /\bMath\.random\b/,
          /\bset(Timeout|Interval)\(/,
          /\b(randomBytes|randomUUID)\(/,
        ]
          .filter((pattern) => pattern.test(code))
          .map((pattern) => `${path} reaches for ${pattern.source}`),
        ...imports.filter((name) => name === 'node:child_process').map((name) => `${path} imports ${name}`),
      ])
    expect(reaching).toEqual([])
  })

  it('names the outside only in adapters', () => {
    const outside = new Set([
      '@octokit/rest',
      '@octokit/auth-app',
      '@kubernetes/client-node',
      'kysely',
      'pg',
      'node:sqlite',
      'undici',
    ])
    const wrong = files
      .filter(({ folder }) => folder !== 'adapters' && folder !== 'main' && folder !== 'emulator')
      .flatMap(({ path, imports }) =>
        imports.filter((name) => outside.has(packageOf(name))).map((name) => `${path} imports ${name}`),
      )
    expect(wrong).toEqual([])
  })
})

function roomOf(path: string): string {
  return path.split('/')[1] ?? ''
}

function importsOf(text: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:\{[^}]*\})?[^'"\n;]*?from\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|(?:^|\n)import\s+['"]([^'"]+)['"]/g
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1')
}

function packageOf(name: string): string {
  const parts = name.split('/')
  return name.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? name)
}
