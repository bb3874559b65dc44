import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  ed25519,
  publicKeyBlob,
  publicKeyLine,
  rawFromBlob,
  readPrivateKey,
  readPublicKeyLine,
} from '../../../src/features/attestation/ssh-key.ts'
import { wireString } from '../../../src/features/attestation/ssh-wire.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const line = publicKeyLine(pem)
const raw = Buffer.alloc(32, 7)

// A public key is its kind, then 32 bytes, and nothing else. Source: RFC 8709, section 4.
describe('the blob of a public key', () => {
  it.each<[string, Buffer, boolean]>([
    ['a key', publicKeyBlob(raw), true],
    ['one of another kind', Buffer.concat([wireString('ssh-rsa'), wireString(raw)]), false],
    ['one that is too short', publicKeyBlob(raw.subarray(1)), false],
    ['one that is too long', publicKeyBlob(Buffer.concat([raw, raw])), false],
    ['one with more behind it', Buffer.concat([publicKeyBlob(raw), wireString('')]), false],
    ['its kind alone', wireString(ed25519), false],
    ['nothing', Buffer.alloc(0), false],
  ])('%s: %3$s', (_, blob, isKey) => {
    expect(rawFromBlob(blob)?.equals(raw) ?? false).toBe(isKey)
    expect(readPublicKeyLine(`${ed25519} ${blob.toString('base64')}`) !== undefined).toBe(isKey)
  })

  it.each`
    text                                 | isKey
    ${`  ${line}  `}                     | ${true}
    ${line.replace(' ', '   ')}          | ${true}
    ${`no-pty ${line} ada@shop.example`} | ${true}
    ${line.replace(ed25519, 'ssh-rsa')}  | ${false}
    ${ed25519}                           | ${false}
    ${''}                                | ${false}
  `('is read from “$text”: $isKey', ({ text, isKey }) => {
    expect(readPublicKeyLine(text) !== undefined).toBe(isKey)
  })
})

// The file of an OpenSSH key. Source: OpenSSH, PROTOCOL.key.
describe('a private key', () => {
  const number = (value: number) => Buffer.from([0, 0, 0, value])
  const seed = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32)
  const pair = Buffer.concat([seed, raw])
  interface Parts {
    magic?: string
    cipher?: string
    count?: number
    kind?: string
    pair?: Buffer
    secret?: Buffer
  }
  function openSsh(parts: Parts): string {
    const { magic = 'openssh-key-v1\0', cipher = 'none', count = 1, kind = ed25519 } = parts
    const inner = [Buffer.alloc(8), wireString(kind), wireString(raw), wireString(parts.pair ?? pair)]
    const outer = [
      Buffer.from(magic, 'latin1'),
      ...[cipher, 'none', ''].map((word) => wireString(word)),
      number(count),
      wireString(publicKeyBlob(raw)),
      parts.secret ?? wireString(Buffer.concat(inner)),
    ]
    const name = 'OPENSSH PRIVATE KEY'
    return `-----BEGIN ${name}-----\n${Buffer.concat(outer).toString('base64')}\n-----END ${name}-----\n`
  }

  it('is read from PEM and from the file of OpenSSH', () => {
    expect(publicKeyLine(openSsh({}))).toBe(publicKeyLine(pem))
  })

  const isNone = 'the OpenSSH key cannot be read'
  const isOther = 'the signing key must be an Ed25519 key'
  it.each<[string, Parts, string]>([
    ['another format', { magic: 'openssh-key-v2\0' }, isNone],
    ['several keys', { count: 2 }, isNone],
    ['no key inside', { secret: Buffer.alloc(0) }, isNone],
    ['a passphrase', { cipher: 'aes256-ctr' }, 'the signing key must have no passphrase'],
    ['another kind', { kind: 'ssh-rsa' }, isOther],
    ['a key that is too short', { pair: raw }, isOther],
    [
      'nothing behind its kind',
      { secret: wireString(Buffer.concat([Buffer.alloc(8), wireString(ed25519)])) },
      isOther,
    ],
  ])('is refused where it has %s', (_, parts, message) => {
    expect(() => readPrivateKey(openSsh(parts))).toThrow(message)
  })

  it('is refused where it is of another kind, or no key', () => {
    const other = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    expect(() => readPrivateKey(other)).toThrow(isOther)
    expect(() => readPrivateKey('-----BEGIN OPENSSH PRIVATE KEY-----')).toThrow(isNone)
  })
})
