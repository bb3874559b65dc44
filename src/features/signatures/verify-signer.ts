import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { SignedBy } from '../../domain/commit-signature.ts'
import type { Instant } from '../../domain/refs.ts'
import { publicKeyFromRaw, rawFromBlob } from '../attestation/ssh-key.ts'
import { readSshSignature, signedData } from '../attestation/ssh-signature.ts'
import { WireReader } from '../attestation/ssh-wire.ts'
import { isFor, type Signer } from './signer-lines.ts'

/** Shorter RSA keys can be broken. */
const leastRsaBits = 2048

/** Which line of the file signed the text at that time, or, for people, why none did. Never throws. */
export function verifySigner(
  payload: string,
  signature: string | undefined,
  signers: readonly Signer[],
  at: Instant,
): SignedBy {
  if (signature === undefined) return { fault: 'it is not signed' }
  if (signature.includes('BEGIN PGP'))
    return { fault: 'it is signed with OpenPGP, and the file of allowed signers holds SSH keys' }
  const read = readSshSignature(signature)
  if (read === undefined || read.namespace !== 'git') return { fault: 'its signature cannot be read' }
  const known = signers.filter(({ key }) => key.equals(read.publicKey))
  if (known.length === 0) return { fault: 'it is signed with a key that the file does not list' }
  const signer = known.find((each) => isFor(each, 'git', at))
  if (signer === undefined) return { fault: 'the key was not valid for commits at that time' }
  const data = signedData(payload, read.namespace, read.hash)
  return isRight(data, read.publicKey, read.kind, read.signature)
    ? { principal: signer.principal }
    : { fault: 'its signature is not one of its content' }
}

function isRight(data: Buffer, key: Buffer, kind: string, signature: Buffer): boolean {
  try {
    if (kind === 'ssh-ed25519') {
      const raw = rawFromBlob(key)
      return raw !== undefined && verify(null, data, publicKeyFromRaw(raw), signature)
    }
    if (kind === 'rsa-sha2-256' || kind === 'rsa-sha2-512') {
      const rsa = rsaKey(key)
      const padding = constants.RSA_PKCS1_PADDING
      return (
        rsa !== undefined && verify(kind.replace('rsa-sha2-', 'sha'), data, { key: rsa, padding }, signature)
      )
    }
    return isEcdsaRight(data, key, kind, signature)
  } catch {
    return false
  }
}

function rsaKey(blob: Buffer): KeyObject | undefined {
  const reader = new WireReader(blob)
  const [kind, exponent, modulus] = [reader.text(), reader.string(), reader.string()]
  if (kind !== 'ssh-rsa' || !exponent || !modulus) return undefined
  const key = createPublicKey({
    key: { kty: 'RSA', e: exponent.toString('base64url'), n: withoutSign(modulus).toString('base64url') },
    format: 'jwk',
  })
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= leastRsaBits ? key : undefined
}

/** Curve → its name in JWK, the bytes of a coordinate, and the hash. Source: RFC 5656. */
const curves = new Map([
  ['nistp256', { crv: 'P-256', bytes: 32, hash: 'sha256' }],
  ['nistp384', { crv: 'P-384', bytes: 48, hash: 'sha384' }],
  ['nistp521', { crv: 'P-521', bytes: 66, hash: 'sha512' }],
])

function isEcdsaRight(data: Buffer, blob: Buffer, kind: string, signature: Buffer): boolean {
  const reader = new WireReader(blob)
  const [keyKind, name, point] = [reader.text(), reader.text(), reader.string()]
  const curve = curves.get(name ?? '')
  if (!curve || keyKind !== kind || kind !== `ecdsa-sha2-${name}` || point?.length !== 1 + 2 * curve.bytes)
    return false
  const [x, y] = [point.subarray(1, 1 + curve.bytes), point.subarray(1 + curve.bytes)]
  const jwk = { kty: 'EC', crv: curve.crv, x: x.toString('base64url'), y: y.toString('base64url') }
  const parts = new WireReader(signature)
  const numbers = [parts.string(), parts.string()].map((part) => padded(part, curve.bytes))
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  return verify(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' }, Buffer.concat(numbers))
}

/** Numbers of the wire have a zero in front where they would look negative. */
function withoutSign(number: Buffer): Buffer {
  return number[0] === 0 ? number.subarray(1) : number
}

function padded(number: Buffer | undefined, length: number): Buffer {
  const plain = withoutSign(number ?? Buffer.alloc(0))
  return Buffer.concat([Buffer.alloc(Math.max(0, length - plain.length)), plain])
}
