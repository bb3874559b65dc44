import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSigners, signerProblems } from '../../../src/features/signatures/signer-lines.ts'
import { verifySigner } from '../../../src/features/signatures/verify-signer.ts'

/** Made by OpenSSH. */
const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/ssh-signatures.json'), 'utf8'),
) as {
  payload: string
  signatures: { kind: string; key: string; signature: string }[]
  ofAnotherKind: { key: string; signature: string }
}
const { payload, signatures, ofAnotherKind } = fixture
const [first] = signatures as [(typeof signatures)[number]]
const at = Date.parse('2025-12-29T09:20:00Z')

const verified = (file: string, signature: string | undefined = first.signature, text = payload) =>
  verifySigner(text, signature, readSigners(file), at)

describe('H10: who signed a commit', () => {
  it.each(signatures)('is known by a key of OpenSSH, $kind', ({ key, signature }) => {
    const file = `# our people\nada@shop.example ${key} laptop\n`
    expect(verified(file, signature)).toEqual({ principal: 'ada@shop.example' })
    expect(verified(file, signature, `${payload} `)).toEqual({
      fault: 'its signature is not one of its content',
    })
  })

  it.each<[string, string, RegExp]>([
    ['nobody is listed', '', /does not list/],
    ['another is listed', `ken@shop.example ${signatures[1]?.key}`, /does not list/],
    ['the key is for files', `ada@shop.example namespaces="file" ${first.key}`, /not valid for commits/],
    ['the key is for anything that begins so', `ada@shop.example namespaces="file,g*" ${first.key}`, /ada/],
    ['the key came later', `ada@shop.example valid-after="20251230" ${first.key}`, /not valid for commits/],
    ['the key was there', `ada@shop.example valid-after="20251229",namespaces="git" ${first.key}`, /ada/],
    [
      'the key had gone',
      `ada@shop.example valid-before="202512290920" ${first.key}`,
      /not valid for commits/,
    ],
    ['the key was about to go', `ada@shop.example valid-before="20251229092001Z" ${first.key}`, /ada/],
    [
      'the second line fits',
      `ada@shop.example valid-before="20200101" ${first.key}\nada@new.example ${first.key}`,
      /new/,
    ],
    ['an authority is listed', `*@shop.example cert-authority ${first.key}`, /does not list/],
    ['an option is not known', `ada@shop.example no-touch-required ${first.key}`, /does not list/],
    ['the line has no principal', first.key, /does not list/],
    ['the date is none', `ada@shop.example valid-after="soon" ${first.key}`, /does not list/],
  ])('%s', (_, file, answer) => {
    expect(JSON.stringify(verified(file))).toMatch(answer)
  })

  it.each<[string, string | undefined, RegExp]>([
    ['no signature', undefined, /not signed/],
    ['OpenPGP', '-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----', /OpenPGP/],
    ['nonsense', 'x', /cannot be read/],
    ['a signature for files', ofAnotherKind.signature, /cannot be read/],
    [
      'a signature that was cut off',
      first.signature.replace(/\n.{20}/, '\n'),
      /cannot be read|does not list|not one of/,
    ],
  ])('%s is none', (_, signature, answer) => {
    const result = verifySigner(payload, signature, readSigners(`ada@shop.example ${first.key}`), at)
    expect(JSON.stringify(result)).toMatch(answer)
  })
})

/**
 * | a line                                        | is            |
 * | --------------------------------------------- | ------------- |
 * | empty, or a comment                           | nothing       |
 * | a name, options that are read, a key          | a signer      |
 * | anything else                                 | a problem     |
 */
describe('a line that lists nobody', () => {
  const key = first.key
  it.each([
    ['', 0],
    ['  # ada@shop.example ssh-ed25519 AAAA', 0],
    [`ada@shop.example ${key} laptop`, 1],
    [`ada@shop.example namespaces="git",valid-before="20300101" ${key}`, 1],
  ])('is not %s', (line, signers) => {
    expect(signerProblems(line, 'signers')).toEqual([])
    expect(readSigners(line)).toHaveLength(signers)
  })

  it.each([
    ['ada@shop.example sk-ssh-ed25519@openssh.com AAAA', /no key of a kind that is read \(ssh-ed25519/],
    [key, /does not say whose/],
    [`ada@shop.example cert-authority ${key}`, /of options only/],
    [`ada@shop.example valid-after="soon" ${key}`, /of options only/],
    [`ada@shop.example namespaces="git" cert-authority ${key}`, /more than options/],
    ['ada@shop.example ssh-ed25519', /damaged/],
    [`ada@shop.example ${key.slice(0, 20)}`, /damaged/],
    [`ada@shop.example ${key.replace('ssh-ed25519 ', 'ssh-rsa ')}`, /damaged/],
  ])('%s', (line, reason) => {
    expect(readSigners(line)).toEqual([])
    expect(signerProblems(`# our people\n${line}\n`, 'signers')).toEqual([
      expect.objectContaining({
        code: 'SIGNERS_LINE',
        path: 'signers',
        line: 2,
        message: expect.stringMatching(reason),
      }),
    ])
  })
})
