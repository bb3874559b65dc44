import { describe, expect, it } from 'vitest'
import { keepDocuments } from '../../../src/features/secrets/keep-documents.ts'
import { anObject } from '../diff/diff-builders.ts'

const encrypted = 'ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]'
const sops = {
  mac: `${encrypted}-mac`,
  lastmodified: '2026-01-01T00:00:00Z',
  age: [{ recipient: 'age1', enc: 'x' }],
}
const file: [string, string] = ['apps/secret.yaml', `kind: Secret\nsops: { mac: "${sops.mac}" }\n`]

function kept(object: object, texts = [file]) {
  return keepDocuments([anObject('Secret', { ...object })], () => texts, 'apps')
}

const inBase64 = Buffer.from(`password: ${encrypted}`).toString('base64')

describe('an encrypted Secret is rendered', () => {
  it('with the file that it comes from', () => {
    const { objects, problems } = kept({ stringData: { password: encrypted }, sops })
    expect(problems).toEqual([])
    expect(objects[0]?.['sops']).toEqual({ ...sops, document: Buffer.from(file[1]).toString('base64') })
  })

  it('as everything else where nothing is encrypted, and no file is read', () => {
    const objects = [anObject('Secret', { stringData: { password: 'a' } })]
    const never = () => {
      throw new Error('read')
    }
    expect(keepDocuments(objects, never, 'apps')).toEqual({ objects, problems: [] })
  })

  it.each`
    case                                    | object                                                         | code
    ${'a generator took the file as it is'} | ${{ data: { 'db.yaml': inBase64 } }}                           | ${'SOPS_GENERATED'}
    ${'the block sops was lost'}            | ${{ stringData: { password: encrypted } }}                     | ${'SOPS_GENERATED'}
    ${'of a ConfigMap'}                     | ${{ kind: 'ConfigMap', data: { password: encrypted }, sops }}  | ${'SOPS_NOT_A_SECRET'}
    ${'labels are encrypted'}               | ${{ metadata: { name: 'a', labels: { a: encrypted } }, sops }} | ${'SOPS_NOT_A_SECRET'}
    ${'divided among groups'}               | ${{ sops: { ...sops, shamir_threshold: 2 } }}                  | ${'SOPS_UNREADABLE'}
    ${'for no age recipient'}               | ${{ sops: { ...sops, age: [] } }}                              | ${'SOPS_UNREADABLE'}
    ${'from elsewhere'}                     | ${{ sops: { ...sops, mac: 'another' } }}                       | ${'SOPS_FILE_UNKNOWN'}
  `('and a problem now where $case', ({ object, code }) => {
    const { problems } = kept(object)
    expect(problems.map((problem) => problem.code)).toEqual([code])
    expect(problems[0]?.path).toBe('apps')
  })
})
