import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { appKey } from '../../src/main/app-key.ts'
import { readSettings } from '../../src/main/settings.ts'

const pem = { type: 'pkcs8', format: 'pem' } as const
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem).toString().trim()
const ed25519 = generateKeyPairSync('ed25519').privateKey.export(pem).toString().trim()
const folder = mkdtempSync(join(tmpdir(), 'settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const secret = 'webhook-secret-of-thirty-two-chars'
const needed = {
  DRAWBRIDGE_APP_ID: '12345',
  DRAWBRIDGE_PRIVATE_KEY: rsa,
  DRAWBRIDGE_WEBHOOK_SECRET: secret,
  DRAWBRIDGE_SIGNING_KEY: ed25519,
  DRAWBRIDGE_MASK_KEY: '0123456789abcdef0123456789abcdef',
}

function fileOf(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function problemsOf(environment: Record<string, string | undefined>) {
  return readSettings(environment).problems.map(({ code, path }) => `${code} ${path}`)
}

describe('readSettings', () => {
  it('needs five settings and has a default for each other', () => {
    expect(readSettings(needed)).toEqual({
      problems: [],
      settings: {
        appId: '12345',
        privateKey: rsa,
        webhookSecrets: [secret],
        githubApiUrl: 'https://api.github.com',
        port: 3000,
        host: '127.0.0.1',
        publicUrl: 'http://127.0.0.1:3000',
        dataFolder: '.drawbridge',
        signingKey: ed25519,
        trustedKeys: [],
        kubeconfigs: new Map(),
        plugins: [],
        chartHosts: { hosts: [], privateHosts: [] },
        gitEnvironment: {},
        maskKey: needed.DRAWBRIDGE_MASK_KEY,
        logLevel: 'info',
      },
    })
  })

  it('takes both halves of the sign-in, or none', () => {
    const both = { DRAWBRIDGE_CLIENT_ID: 'Iv1.0123456789', DRAWBRIDGE_CLIENT_SECRET: 'client-secret' }
    expect(readSettings({ ...needed, ...both }).settings?.signIn).toEqual({
      clientId: 'Iv1.0123456789',
      clientSecret: 'client-secret',
    })
    expect(problemsOf({ ...needed, DRAWBRIDGE_CLIENT_ID: 'Iv1.0123456789' })).toEqual([
      'SETTING_MISSING DRAWBRIDGE_CLIENT_SECRET',
    ])
  })

  it('hands git where programs, proxies and certificates are, and nothing else', () => {
    const around = { PATH: '/usr/bin', HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '', HOME: '/root' }
    expect(readSettings({ ...needed, ...around }).settings?.gitEnvironment).toEqual({
      PATH: '/usr/bin',
      HTTPS_PROXY: 'http://proxy:3128',
    })
  })

  it('names everything that is missing at once, and how to get it', () => {
    const { settings, problems } = readSettings({})
    expect(settings).toBeUndefined()
    expect(problems.map(({ path }) => path)).toEqual(Object.keys(needed))
    expect(problems.find(({ path }) => path === 'DRAWBRIDGE_SIGNING_KEY')).toMatchObject({
      message: 'DRAWBRIDGE_SIGNING_KEY: is not set',
      fix: expect.stringContaining('openssl genpkey'),
    })
  })

  it('names what is missing and what is wrong together', () => {
    expect(problemsOf({ ...needed, DRAWBRIDGE_APP_ID: '', PORT: '70000', LOG_LEVEL: 'loud' })).toEqual([
      'SETTING_INVALID PORT',
      'SETTING_MISSING DRAWBRIDGE_APP_ID',
      'SETTING_INVALID LOG_LEVEL',
    ])
  })

  it('never repeats a value, which may be a secret', () => {
    const { problems } = readSettings({
      ...needed,
      DRAWBRIDGE_MASK_KEY: 'hunter2',
      DATABASE_URL: 'mysql://hunter2@db',
    })
    expect(problems).toHaveLength(2)
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })
})

/**
 * | setting                            | wrong                                              |
 * | ---------------------------------- | -------------------------------------------------- |
 * | DRAWBRIDGE_APP_ID                  | not a number                                       |
 * | DRAWBRIDGE_PRIVATE_KEY             | not PEM, not RSA                                   |
 * | DRAWBRIDGE_WEBHOOK_SECRET          | under 24 characters                                |
 * | DRAWBRIDGE_WEBHOOK_SECRET_PREVIOUS | under 24 characters                                |
 * | DRAWBRIDGE_SIGNING_KEY             | not PEM, not Ed25519                               |
 * | DRAWBRIDGE_TRUSTED_KEYS            | a line that is no Ed25519 key                      |
 * | DRAWBRIDGE_MASK_KEY                | under 32 characters                                |
 * | PORT                               | not a whole number, above 65535                    |
 * | *_URL                              | not an address, another protocol                   |
 * | LOG_LEVEL                          | not a level                                        |
 */
describe('readSettings: values', () => {
  it.each([
    ['DRAWBRIDGE_APP_ID', 'drawbridge'],
    ['DRAWBRIDGE_PRIVATE_KEY', 'key'],
    ['DRAWBRIDGE_PRIVATE_KEY', ed25519],
    ['DRAWBRIDGE_WEBHOOK_SECRET', 'x'.repeat(23)],
    ['DRAWBRIDGE_WEBHOOK_SECRET_PREVIOUS', 'x'.repeat(23)],
    ['DRAWBRIDGE_SIGNING_KEY', 'key'],
    ['DRAWBRIDGE_SIGNING_KEY', rsa],
    ['DRAWBRIDGE_TRUSTED_KEYS', 'ssh-ed25519 AAAA\nssh-rsa AAAA'],
    ['DRAWBRIDGE_MASK_KEY', 'x'.repeat(31)],
    ['PORT', '1.5'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '0x50'],
    ['GITHUB_API_URL', 'api.github.com'],
    ['DRAWBRIDGE_URL', 'ftp://drawbridge.example'],
    ['DATABASE_URL', 'mysql://db'],
    ['PROMETHEUS_URL', 'prometheus:9090'],
    ['PROMETHEUS_TOKEN', 'two\nlines'],
    ['PROMETHEUS_TENANT', 'tenänt'],
    ['LOG_LEVEL', 'INFO'],
  ])('%s=%s is wrong', (name, value) => {
    expect(problemsOf({ ...needed, [name]: value })).toEqual([`SETTING_INVALID ${name}`])
  })

  it.each([
    [{}, undefined],
    [{ PROMETHEUS_TOKEN: 't' }, { authorization: 'Bearer t' }],
    [{ PROMETHEUS_USER: 'u', PROMETHEUS_PASSWORD: 'p' }, { authorization: 'Basic dTpw' }],
    [{ PROMETHEUS_TENANT: 'shop' }, { 'x-scope-orgid': 'shop', 'thanos-tenant': 'shop' }],
  ])('tells the metrics server who asks: %j', (given, headers) => {
    const { settings } = readSettings({ ...needed, ...given, PROMETHEUS_URL: 'https://metrics.example' })
    expect(settings?.metrics).toEqual({ url: 'https://metrics.example', headers: headers ?? {} })
    expect(readSettings({ ...needed, ...given }).settings?.metrics).toBeUndefined()
  })

  it.each([
    [{ PROMETHEUS_USER: 'u' }, 'SETTING_MISSING PROMETHEUS_PASSWORD'],
    [{ PROMETHEUS_PASSWORD: 'p' }, 'SETTING_MISSING PROMETHEUS_USER'],
    [
      { PROMETHEUS_TOKEN: 't', PROMETHEUS_USER: 'u', PROMETHEUS_PASSWORD: 'p' },
      'SETTING_INVALID PROMETHEUS_TOKEN',
    ],
  ])('wants one way of telling it: %j', (given, problem) => {
    expect(problemsOf({ ...needed, ...given })).toEqual([problem])
  })

  it.each([
    ['PORT', '0', { port: 0, publicUrl: 'http://127.0.0.1:0' }],
    ['PORT', '65535', { port: 65_535 }],
    ['PORT', '', { port: 3000 }],
    ['HOST', '0.0.0.0', { host: '0.0.0.0' }],
    ['DRAWBRIDGE_URL', 'https://drawbridge.example//', { publicUrl: 'https://drawbridge.example' }],
    ['GITHUB_API_URL', 'https://ghe.example/api/v3/', { githubApiUrl: 'https://ghe.example/api/v3' }],
    ['DATABASE_URL', 'postgres://db/drawbridge', { databaseUrl: 'postgres://db/drawbridge' }],
    ['LOG_LEVEL', 'debug', { logLevel: 'debug' }],
    ['DRAWBRIDGE_WEBHOOK_SECRET_PREVIOUS', 'y'.repeat(24), { webhookSecrets: [secret, 'y'.repeat(24)] }],
    [
      'DRAWBRIDGE_TRUSTED_KEYS',
      'ssh-ed25519 AAAA\n\n ssh-ed25519 BBBB me',
      { trustedKeys: ['ssh-ed25519 AAAA', 'ssh-ed25519 BBBB me'] },
    ],
    ['DRAWBRIDGE_PRIVATE_KEY', rsa.replaceAll('\n', '\\n'), { privateKey: rsa }],
    ['DRAWBRIDGE_SIGNING_KEY', ed25519.replaceAll('\n', '\\n'), { signingKey: ed25519 }],
  ])('%s=%s is taken', (name, value, expected) => {
    expect(readSettings({ ...needed, [name]: value })).toMatchObject({ settings: expected, problems: [] })
  })
})

/**
 * | NAME | NAME_FILE    | value                     |
 * | ---- | ------------ | ------------------------- |
 * | set  | –            | NAME                      |
 * | –    | readable     | the file, trimmed         |
 * | –    | empty        | missing                   |
 * | –    | not readable | unreadable, once          |
 * | set  | set          | one too many              |
 */
describe('readSettings: files', () => {
  const withoutKey = { ...needed, DRAWBRIDGE_PRIVATE_KEY: undefined }

  it.each([
    ['a file', { ...withoutKey, DRAWBRIDGE_PRIVATE_KEY_FILE: fileOf('app.pem', `${rsa}\n`) }, []],
    [
      'an empty file',
      { ...withoutKey, DRAWBRIDGE_PRIVATE_KEY_FILE: fileOf('empty.pem', '\n') },
      ['SETTING_MISSING DRAWBRIDGE_PRIVATE_KEY'],
    ],
    [
      'no file',
      { ...withoutKey, DRAWBRIDGE_PRIVATE_KEY_FILE: join(folder, 'none') },
      ['SETTING_UNREADABLE DRAWBRIDGE_PRIVATE_KEY_FILE'],
    ],
    [
      'both',
      { ...needed, DRAWBRIDGE_PRIVATE_KEY_FILE: fileOf('both.pem', rsa) },
      ['SETTING_INVALID DRAWBRIDGE_PRIVATE_KEY'],
    ],
    [
      'a file for what has a default',
      { ...needed, DATABASE_URL_FILE: fileOf('database', 'postgres://db/x\n') },
      [],
    ],
  ])('%s', (_, environment, problems) => {
    expect(problemsOf(environment)).toEqual(problems)
  })

  it('reads the key of the app again where it came from a file', () => {
    const file = fileOf('rotated.pem', rsa)
    const { settings } = readSettings({ ...withoutKey, DRAWBRIDGE_PRIVATE_KEY_FILE: file })
    const { privateKey, readPrivateKey } = appKey(settings!)
    writeFileSync(file, 'the next one')
    expect([privateKey, readPrivateKey?.()]).toEqual([rsa, 'the next one'])
    expect(appKey({ privateKey: rsa })).toEqual({ privateKey: rsa })
  })

  it('reads a kubeconfig for each cluster', () => {
    const clusters = join(folder, 'clusters')
    mkdirSync(clusters)
    for (const name of ['prod-eu.yaml', 'dev.yml', 'notes.txt']) writeFileSync(join(clusters, name), name)
    const { settings } = readSettings({ ...needed, DRAWBRIDGE_CLUSTERS: clusters })
    expect(settings?.kubeconfigs).toEqual(
      new Map([
        ['dev', 'dev.yml'],
        ['prod-eu', 'prod-eu.yaml'],
      ]),
    )
    expect(problemsOf({ ...needed, DRAWBRIDGE_CLUSTERS: join(folder, 'none') })).toEqual([
      'SETTING_UNREADABLE DRAWBRIDGE_CLUSTERS',
    ])
  })
})
