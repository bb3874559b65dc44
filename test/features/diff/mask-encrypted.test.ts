import { expect, it } from 'vitest'
import { maskSecrets } from '../../../src/features/diff/mask-secrets.ts'
import { anObject } from './diff-builders.ts'

const encrypted = (data: string) => `ENC[AES256_GCM,data:${data},iv:AA==,tag:AA==,type:str]`
const shown = (password: string, mac: string) =>
  maskSecrets(
    anObject('Secret', {
      stringData: { password: encrypted(password) },
      sops: { age: [{ recipient: 'age1abc', enc: 'x' }], mac, lastmodified: mac, document: mac },
    }),
    { maskKey: 'k' },
  )

it('shows of an encrypted Secret that a value changed and who can read it, and nothing else', () => {
  const [before, after] = [shown('AA==', '1'), shown('BB==', '2')]
  expect(before).toMatchObject({
    stringData: { password: expect.stringMatching(/^‹encrypted [0-9a-f]{8}›$/) },
    sops: { age: ['age1abc'] },
  })
  expect(after['stringData']).not.toEqual(before['stringData'])
  expect(after['sops']).toEqual(before['sops'])
  expect(shown('AA==', '2')).toEqual(before)
})
