import { execFileSync, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { publicKeyLine } from '../../../src/features/attestation/ssh-key.ts'
import { signSsh, verifySsh } from '../../../src/features/attestation/ssh-signature.ts'

const newKey = () =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const [ours, theirs] = [newKey(), newKey()]
const [ourLine, theirLine] = [publicKeyLine(ours), publicKeyLine(theirs)]
const payload = 'tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nmessage ü\n'
const signature = signSsh(payload, ours)

describe('a signature of ours', () => {
  it('is the same every time', () => expect(signSsh(payload, ours)).toBe(signature))

  it.each([
    ['the text and key it was made with', payload, signature, [ourLine], true],
    ['one of several keys', payload, signature, [theirLine, ourLine], true],
    ['a key with a comment', payload, signature, [`${ourLine} drawbridge@example`], true],
    ['no keys', payload, signature, [], false],
    ['another key', payload, signature, [theirLine], false],
    ['a changed text', `${payload} `, signature, [ourLine], false],
    ['an empty text', '', signature, [ourLine], false],
    ['another purpose', payload, signSsh(payload, ours, 'file'), [ourLine], false],
    ['a signature that is none', payload, 'garbage', [ourLine], false],
    ['an empty signature', payload, '', [ourLine], false],
    [
      'an armour around nothing',
      payload,
      '-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----',
      [ourLine],
      false,
    ],
    ['only the beginning of the armour', payload, '-----BEGIN SSH SIGNATURE-----', [ourLine], false],
    [
      'keys that are none',
      payload,
      signature,
      ['', 'ssh-ed25519', 'ssh-rsa AAAA', 'ssh-ed25519 AAAA'],
      false,
    ],
  ])('with %s → %#', (_case, text, armoured, keys, isValid) => {
    expect(verifySsh(text, armoured, keys)).toBe(isValid)
  })

  it('does not survive the change of any byte', () => {
    const lines = signature.trim().split('\n')
    const blob = Buffer.from(lines.slice(1, -1).join(''), 'base64')
    const survivors = [...blob.keys()].filter((index) => {
      const changed = Buffer.from(blob)
      changed[index] = (changed[index] ?? 0) ^ 1
      return verifySsh(payload, [lines[0], changed.toString('base64'), lines.at(-1)].join('\n'), [ourLine])
    })
    // The length and content of the reserved field say nothing, but its length moves what follows.
    expect(survivors).toEqual([])
  })

  it('does not survive being cut short or made longer', () => {
    const lines = signature.trim().split('\n')
    const blob = Buffer.from(lines.slice(1, -1).join(''), 'base64')
    const verdicts = [
      ...Array.from({ length: blob.length }, (_, length) => blob.subarray(0, length)),
      Buffer.concat([blob, Buffer.from([0])]),
    ].map((bytes) =>
      verifySsh(payload, [lines[0], bytes.toString('base64'), lines.at(-1)].join('\n'), [ourLine]),
    )
    expect(new Set(verdicts)).toEqual(new Set([false]))
  })
})

it('takes Ed25519 keys only', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
  expect(() => signSsh(payload, rsa)).toThrow('must be an Ed25519 key')
})

const hasSshKeygen = spawnSync('ssh-keygen', ['-Q', 'key']).error === undefined

describe.skipIf(!hasSshKeygen)('beside ssh-keygen (skipped where OpenSSH is not installed)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-ssh-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }

  it('is accepted by ssh-keygen -Y verify, and not for a changed text', () => {
    const allowed = file('allowed', `drawbridge ${ourLine}\n`)
    const signed = file('signature', signature)
    const verify = (input: string) =>
      spawnSync(
        'ssh-keygen',
        ['-Y', 'verify', '-f', allowed, '-I', 'drawbridge', '-n', 'git', '-s', signed],
        { input },
      ).status
    expect(verify(payload)).toBe(0)
    expect(verify(`${payload}!`)).not.toBe(0)
  })

  it('reads keys and signatures that ssh-keygen made', () => {
    const key = join(folder, 'id')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'a comment', '-f', key])
    const line = readFileSync(`${key}.pub`, 'utf8')
    const armoured = execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-f', key, '-n', 'git'], {
      input: payload,
      stdio: ['pipe', 'pipe', 'ignore'],
    }).toString()
    expect(verifySsh(payload, armoured, [line])).toBe(true)
    expect(signSsh(payload, readFileSync(key, 'utf8'))).toBe(armoured)
  })

  it('refuses a key with a passphrase', () => {
    const key = join(folder, 'locked')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'passphrase', '-f', key])
    expect(() => signSsh(payload, readFileSync(key, 'utf8'))).toThrow('must have no passphrase')
  })
})
