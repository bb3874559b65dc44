import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { WireReader, wireString } from './ssh-wire.ts'

export const ed25519 = 'ssh-ed25519'

/** DER before the 32 bytes of a raw Ed25519 key. Source: RFC 8410. */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** An Ed25519 private key from PEM (PKCS #8) or from an OpenSSH key file without a passphrase. Throws where it is neither. */
export function readPrivateKey(text: string): KeyObject {
  const key = text.includes('BEGIN OPENSSH PRIVATE KEY') ? readOpenSsh(text) : createPrivateKey(text)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('the signing key must be an Ed25519 key')
  return key
}

/** The raw 32 bytes of the public half. */
export function rawPublicKey(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(publicPrefix.length)
}

export function publicKeyFromRaw(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicPrefix, raw]), format: 'der', type: 'spki' })
}

/** The public half as a line of `authorized_keys`: `ssh-ed25519 AAAA…`. */
export function publicKeyLine(privateKey: string): string {
  const raw = rawPublicKey(readPrivateKey(privateKey))
  return `${ed25519} ${publicKeyBlob(raw).toString('base64')}`
}

export function publicKeyBlob(raw: Uint8Array): Buffer {
  return Buffer.concat([wireString(ed25519), wireString(raw)])
}

/** The blob of a line `[options] ssh-ed25519 AAAA… [comment]`; undefined where it is no Ed25519 key. */
export function readPublicKeyLine(line: string): Buffer | undefined {
  const words = line.split(/\s+/)
  const encoded = words[words.indexOf(ed25519) + 1]
  if (!words.includes(ed25519) || !encoded) return undefined
  const blob = Buffer.from(encoded, 'base64')
  return rawFromBlob(blob) && blob
}

/** The raw key inside a public key blob; undefined for other kinds of keys. */
export function rawFromBlob(blob: Uint8Array): Buffer | undefined {
  const reader = new WireReader(blob)
  const kind = reader.text()
  const raw = reader.string()
  return kind === ed25519 && raw?.length === 32 && reader.isAtEnd() ? raw : undefined
}

/** Source: OpenSSH, PROTOCOL.key. */
function readOpenSsh(text: string): KeyObject {
  const encoded = text.replaceAll(/-----[^-]+-----|\s/g, '')
  const outer = new WireReader(Buffer.from(encoded, 'base64'))
  const magic = outer.take(15)?.toString('latin1')
  const [cipher] = [outer.text(), outer.text(), outer.string()]
  const count = outer.number()
  outer.string()
  const secret = outer.string()
  if (magic !== 'openssh-key-v1\0' || count !== 1 || !secret)
    throw new Error('the OpenSSH key cannot be read')
  if (cipher !== 'none') throw new Error('the signing key must have no passphrase')
  const inner = new WireReader(secret)
  inner.take(8)
  const kind = inner.text()
  inner.string()
  const pair = inner.string()
  if (kind !== ed25519 || pair?.length !== 64) throw new Error('the signing key must be an Ed25519 key')
  return createPrivateKey({
    key: Buffer.concat([privatePrefix, pair.subarray(0, 32)]),
    format: 'der',
    type: 'pkcs8',
  })
}
