import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { diffRenderings } from '../../../src/features/diff/diff-renderings.ts'
import { maskSecrets } from '../../../src/features/diff/mask-secrets.ts'
import { anObject, aSide, aWorkload } from './diff-builders.ts'

const canary = 'canary-4f1d-Zq8'
const config = (data: Record<string, unknown>) => anObject('ConfigMap', { data })
const env = (name: string, value: string) => aWorkload({ container: { env: [{ name, value }] } })
const args = (...list: string[]) => aWorkload({ container: { args: list } })
const key = `-----BEGIN RSA PRIVATE KEY-----\n${canary}\n-----END RSA PRIVATE KEY-----`
const release = (values: object) => ({
  ...anObject('HelmRelease', { spec: { values } }),
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
})

/** Beside the Secrets themselves: every place where people leave secrets in manifests. */
describe('a secret in plain configuration is not shown', () => {
  it.each<[string, KubernetesObject]>([
    ['a properties file', config({ 'app.properties': `level=info\ndb.password=${canary}\nport=80` })],
    ['a value with blanks', config({ 'app.properties': `db.password = some ${canary} more` })],
    ['a YAML file', config({ 'app.yaml': `db:\n  password: ${canary}\n  host: db` })],
    ['a YAML file, quoted', config({ 'app.yaml': `db:\n  "password": "with \\" ${canary}"\n` })],
    ['a block in a YAML file', config({ 'app.yaml': `password: |\n  first\n  ${canary}\nhost: db` })],
    ['a JSON file', config({ 'app.json': `{"level":"info","apiKey":"${canary}","a":1}` })],
    ['an environment file', config({ '.env': `export API_TOKEN='${canary}'\nA=b` })],
    ['an INI file', config({ 'app.ini': `[db]\npassword=${canary}\r\n` })],
    ['an address', config({ url: `postgres://shop:${canary}@db:5432/shop` })],
    ['a query', config({ url: `https://example.org/hook?token=${canary}&a=b` })],
    ['a connection string', config({ dsn: `host=db password=${canary} sslmode=off` })],
    ['a private key', config({ 'tls.pem': key })],
    ['a key named so', config({ DB_SECRET: canary })],
    ['a manifest in a text', config({ 'secret.yaml': `kind: Secret\nstringData:\n  a: ${canary}` })],
    ['a manifest in JSON', config({ 'secret.json': `{"kind":"Secret","stringData":{"a":"${canary}"}}` })],
    ['a variable', env('SMTP_PASS', canary)],
    ['a variable with an address', env('DATABASE_URL', `mysql://a:${canary}@db/x`)],
    ['an argument', args(`--admin-password=${canary}`)],
    ['the next argument', args('--admin-password', canary)],
    ['a command', args('sh', '-c', `curl -H "Authorization: ${canary}" https://example.org`)],
    ['values of a chart', release({ postgresql: { auth: { adminPassword: canary } } })],
    ['a value beside its name', release({ extra: [{ name: 'API_KEY', value: canary }] })],
    ['a value below its name', release({ password: { value: canary } })],
    ['a number', release({ password: 4_141_412 })],
    ['an annotation', anObject('Service', {}, { annotations: { 'example.org/auth-token': canary } })],
    ['a token by its looks', config({ note: `ghp_${canary.replaceAll('-', '')}${'a'.repeat(30)}` })],
  ])('%s', (_place, object) => {
    const secret = /canary-4f1d-Zq8|canary4f1dZq8|4141412/
    expect(JSON.stringify(maskSecrets(object, { maskKey: 'k' }))).not.toMatch(secret)
    const other = JSON.parse(JSON.stringify(object).replaceAll(/4f1d|4141412/g, '5252')) as KubernetesObject
    for (const [before, after] of [
      [[object], [other]],
      [[object], []],
      [[], [object]],
    ] as const) {
      const diff = JSON.stringify(diffRenderings(aSide([...before]), aSide([...after]), { maskKey: 'k' }))
      expect(diff).not.toMatch(secret)
      expect(diff).toContain('‹masked ')
    }
  })

  it.each<[string, KubernetesObject]>([
    ['images with a telling name', aWorkload({ image: 'registry:5000/vault-token:1.2.3' })],
    [
      'references in a file',
      config({ 'app.yaml': 'password: ${DB_PASSWORD}\ntoken: "{{ .Values.token }}"\n' }),
    ],
    ['references in variables', env('DB_PASSWORD', '$(OTHER_PASSWORD)')],
    ['switches', config({ 'app.yaml': 'use-token: true\npassword: null\n' })],
    ['empty values', config({ 'app.properties': 'password=\nhost=db' })],
    [
      'ordinary files',
      config({ 'nginx.conf': 'server {\n  listen 80;\n  proxy_pass http://app:8080;\n}\n' }),
    ],
    [
      'what names a secret elsewhere',
      {
        ...anObject('ExternalSecret', {
          spec: { data: [{ secretKey: 'password', remoteRef: { key: 'db' } }] },
        }),
        apiVersion: 'external-secrets.io/v1',
      },
    ],
    [
      'what is encrypted',
      {
        ...anObject('SealedSecret', { spec: { encryptedData: { password: 'AgBy3i4OJSWK' } } }),
        apiVersion: 'bitnami.com/v1alpha1',
      },
    ],
    ['names of Secrets', aWorkload({ pod: { imagePullSecrets: [{ name: 'registry-password' }] } })],
  ])('leaves %s as they are', (_what, object) => {
    expect(maskSecrets(object, { maskKey: 'k' })).toEqual(object)
  })
})

describe('a fingerprint tells nothing but whether a value changed', () => {
  const secret = (value: string, name = 'checkout') =>
    anObject('Secret', { stringData: { a: value } }, { name })
  const maskOf = (object: KubernetesObject) =>
    JSON.stringify(maskSecrets(object, { maskKey: 'k' }).stringData)

  it('is another one in another object, so that nobody can try values', () => {
    expect(maskOf(secret('x'))).not.toBe(maskOf(secret('x', 'mine')))
  })

  it('stays when a Secret is renamed with its content', () => {
    const before = anObject('Secret', { data: { a: 'eA==' } }, { name: 'db-7f9c2k5t8d' })
    const after = anObject('Secret', { data: { a: 'eA==' } }, { name: 'db-9mf2c4hb6t' })
    const { targets } = diffRenderings(aSide([before]), aSide([after]), { maskKey: 'k' })
    expect(targets[0]?.objects).toMatchObject([{ change: 'renamed', fields: [], hunks: [] }])
  })

  it('is as long for one character as for a megabyte of lines', () => {
    const lengths = ['x', 'y'.repeat(1_000_000), 'z\n'.repeat(1_000)].map(
      (value) => maskOf(secret(value)).length,
    )
    expect(new Set(lengths).size).toBe(1)
  })
})

it('masks names given as patterns', () => {
  const object = config({ CONNECTION_STRING: canary, 'license.key-1': canary, plain: 'shown' })
  const masked = maskSecrets(object, { maskKey: 'k', sensitive: ['*connection*', 'license-*'] })
  expect(JSON.stringify(masked)).not.toContain(canary)
  expect(masked.data).toMatchObject({ plain: 'shown' })
})
