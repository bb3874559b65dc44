import { createHash, sign, verify } from 'node:crypto'
import {
  ed25519,
  publicKeyBlob,
  publicKeyFromRaw,
  rawFromBlob,
  rawPublicKey,
  readPrivateKey,
  readPublicKeyLine,
} from './ssh-key.ts'
import { WireReader, wireString } from './ssh-wire.ts'

const magic = 'SSHSIG'
const begin = '-----BEGIN SSH SIGNATURE-----'
const end = '-----END SSH SIGNATURE-----'

/**
 * The armoured SSH signature of a text, as `ssh-keygen -Y sign` makes it and `git verify-commit` accepts it.
 * Ed25519 signatures are deterministic: the same text and key always give the same bytes.
 * Source: OpenSSH, PROTOCOL.sshsig.
 */
export function signSsh(payload: string, privateKey: string, namespace = 'git'): string {
  const key = readPrivateKey(privateKey)
  const signature = sign(null, signedData(payload, namespace, 'sha512'), key)
  const version = Buffer.from([0, 0, 0, 1])
  const blob = Buffer.concat([
    Buffer.from(magic),
    version,
    wireString(publicKeyBlob(rawPublicKey(key))),
    wireString(namespace),
    wireString(''),
    wireString('sha512'),
    wireString(Buffer.concat([wireString(ed25519), wireString(signature)])),
  ])
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? []
  return `${[begin, ...lines, end].join('\n')}\n`
}

/** Whether the signature is one over exactly this text, for this purpose, by one of the keys (`ssh-ed25519 AAAA…`). Never throws. */
export function verifySsh(
  payload: string,
  signature: string,
  publicKeys: readonly string[],
  namespace = 'git',
): boolean {
  const parsed = readSshSignature(signature)
  if (!parsed || parsed.namespace !== namespace || parsed.kind !== ed25519) return false
  const isTrusted = publicKeys.some((line) => readPublicKeyLine(line)?.equals(parsed.publicKey))
  const raw = rawFromBlob(parsed.publicKey)
  if (!isTrusted || !raw) return false
  const data = signedData(payload, namespace, parsed.hash)
  return verify(null, data, publicKeyFromRaw(raw), parsed.signature)
}

/** What is signed: the hash of the text, and for what purpose. */
export function signedData(payload: string, namespace: string, hash: 'sha256' | 'sha512'): Buffer {
  const digest = createHash(hash).update(payload).digest()
  return Buffer.concat([
    Buffer.from(magic),
    wireString(namespace),
    wireString(''),
    wireString(hash),
    wireString(digest),
  ])
}

/** The parts of an armoured SSH signature, by whatever kind of key; undefined where it is none. */
export function readSshSignature(armoured: string) {
  const text = armoured.trim()
  if (!text.startsWith(begin) || !text.endsWith(end)) return undefined
  const reader = new WireReader(Buffer.from(text.slice(begin.length, -end.length), 'base64'))
  const isOurs = reader.take(magic.length)?.toString('latin1') === magic && reader.number() === 1
  const publicKey = reader.string()
  const namespace = reader.text()
  reader.string()
  const hash = reader.text()
  const inner = new WireReader(reader.string() ?? new Uint8Array())
  const kind = inner.text()
  const signature = inner.string()
  const isComplete = reader.isAtEnd() && inner.isAtEnd()
  if (!isOurs || !isComplete || !kind || !signature || !publicKey) return undefined
  if (kind === ed25519 && signature.length !== 64) return undefined
  if (hash !== 'sha256' && hash !== 'sha512') return undefined
  return { publicKey, namespace, hash, kind, signature } as const
}
