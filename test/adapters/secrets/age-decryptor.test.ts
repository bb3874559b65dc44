import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createAgeDecryptor } from '../../../src/adapters/secrets/age-decryptor.ts'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { canonicalise } from '../../../src/features/rendering/canonical.ts'
import { parseKubernetesYaml } from '../../../src/features/rendering/kubernetes-yaml.ts'
import { keepDocuments } from '../../../src/features/secrets/keep-documents.ts'

interface Case {
  name: string
  recipients: 'first' | 'second' | 'both'
  encrypted: string
  decrypted: string
}

/** Made by the official sops; see scripts/ask-sops.ts. */
const fixture = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/sops.json'), 'utf8')) as {
  keys: Record<'first' | 'second', { identity: string; recipient: string }>
  cases: Case[]
}

const { first, second } = fixture.keys
const decryptor = createAgeDecryptor(async () => [first.identity, second.identity])

function objectsOf(text: string): KubernetesObject[] {
  return text
    .split(/^---$/m)
    .map((document) => parseKubernetesYaml(document) as KubernetesObject)
    .filter((object) => object.kind !== undefined)
}

/** As it reaches the agent: rendered, in the canonical order, with its file. */
function rendered(text: string): KubernetesObject[] {
  const kept = keepDocuments(objectsOf(text), () => [['secret.yaml', text]], 'secret.yaml')
  expect(kept.problems).toEqual([])
  return canonicalise(kept.objects).objects
}

function caseNamed(name: string): Case {
  const found = fixture.cases.find((each) => each.name === name)
  if (!found) throw new Error(`no case ${name}`)
  return found
}

const plain = caseNamed('stringData')
/** A value of it, encrypted. */
const [value = ''] = /ENC\[[^\]]*type:str\]/.exec(plain.encrypted) ?? []
const flipped = value.replace(/data:(.)/, (_, letter) => `data:${letter === 'A' ? 'B' : 'A'}`)

describe('H9: what the official sops encrypted for age', () => {
  it.each(fixture.cases)('$name: is read as sops reads it', async ({ encrypted, decrypted }) => {
    const result = await decryptor.decrypt(rendered(encrypted))
    expect(result).toEqual({ kind: 'decrypted', objects: canonicalise(objectsOf(decrypted)).objects })
  })

  it.each<[string, (text: string) => string, string]>([
    ['a value in the clear was changed', (text) => text.replace('name: db', 'name: other'), 'SOPS_MAC_WRONG'],
    [
      'a value was added',
      (text) => text.replace('stringData:', 'stringData:\n    more: x'),
      'SOPS_MAC_WRONG',
    ],
    ['an encrypted value was taken away', (text) => text.replace(/^ {4}url: .*\n/m, ''), 'SOPS_MAC_WRONG'],
    [
      'an encrypted value was replaced by one in the clear',
      (text) => text.replace(value, 'hunter3'),
      'SOPS_MAC_WRONG',
    ],
    ['an encrypted value was changed', (text) => text.replace(value, flipped), 'SOPS_MAC_WRONG'],
    [
      'values changed places',
      (text) => text.replace('password:', 'x:').replace('url:', 'password:'),
      'SOPS_MAC_WRONG',
    ],
    [
      'the moment of the last change was changed',
      (text) => text.replace(/lastmodified: "\d+/, 'lastmodified: "1999'),
      'SOPS_MAC_WRONG',
    ],
    ['its MAC is another’s', (text) => text.replace(/mac: .*/, `mac: ${value}`), 'SOPS_MAC_WRONG'],
  ])('is refused where %s', async (_, change, reason) => {
    const text = change(plain.encrypted)
    expect(text).not.toBe(plain.encrypted)
    const result = await decryptor.decrypt(rendered(text))
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) })
    expect(JSON.stringify(result)).not.toContain('hunter')
  })

  it('is refused where the rendered object holds a value that its file does not', async () => {
    const [object] = rendered(plain.encrypted)
    const [other] = rendered(caseNamed('comments').encrypted)
    const result = await decryptor.decrypt([{ ...object!, stringData: other!['stringData'] }])
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('not at the place') })
  })

  it.each<[string, (object: KubernetesObject) => KubernetesObject, string]>([
    ['divided among groups', (object) => withSops(object, { shamir_threshold: 2 }), 'shamir'],
    [
      'for other kinds of keys',
      (object) => withSops(object, { age: [], kms: [{ arn: 'a' }] }),
      'no age recipient',
    ],
    ['without a MAC', (object) => withSops(object, { mac: undefined }), 'MAC is missing'],
    ['without its file', (object) => withSops(object, { document: undefined }), 'is not known'],
    ['a ConfigMap', (object) => ({ ...object, kind: 'ConfigMap' }), 'only Secrets'],
    ['without its block', (object) => ({ ...object, sops: undefined }), 'not by whom'],
    ['a block that is none', (object) => ({ ...object, sops: 'x' }), 'cannot be read'],
  ])('is refused: %s', async (_, change, reason) => {
    const [object] = rendered(plain.encrypted)
    const result = await decryptor.decrypt([change(object!)])
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) })
  })

  it.each`
    identities            | reason
    ${[]}                 | ${'SOPS_AGE_KEY'}
    ${[second.identity]}  | ${first.recipient}
    ${['AGE-SECRET-KEY']} | ${first.recipient}
  `('is refused with $identities, and says for whom it is', async ({ identities, reason }) => {
    const result = await createAgeDecryptor(async () => identities).decrypt(rendered(plain.encrypted))
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) })
  })

  it('asks for no identity where nothing is encrypted', async () => {
    const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, stringData: { a: 'b' } }
    const never = createAgeDecryptor(() => Promise.reject(new Error('asked')))
    expect(await never.decrypt([object])).toEqual({ kind: 'decrypted', objects: [object] })
  })
})

function withSops(object: KubernetesObject, more: object): KubernetesObject {
  return { ...object, sops: { ...(object['sops'] as object), ...more } }
}
