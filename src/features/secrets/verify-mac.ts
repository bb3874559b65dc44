import { createHash, timingSafeEqual } from 'node:crypto'
import { isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments, type Scalar } from 'yaml'
import { decryptValue, isEncrypted, placeOf } from './encrypted-value.ts'
import type { SopsMetadata } from './sops-metadata.ts'

/** Hashed first where the MAC is of encrypted values only. Source: getsops/sops, sops.go, MACOnlyEncryptedInitialization. */
const onlyEncrypted = '8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69'

const mostBytes = 1024 * 1024

/**
 * Whether an encrypted file is as its author left it: the SHA-512 over its values in their order is the one that was
 * encrypted beside them. The block `sops` and comments take no part. Source: getsops/sops, sops.go, Tree.Decrypt.
 */
export function isMacRight(text: string, metadata: SopsMetadata, key: Uint8Array): boolean {
  if (text.length > mostBytes) return false
  const expected = decryptValue(metadata.mac, key, metadata.lastModified)?.bytes.toString('utf8')
  const hash = createHash('sha512')
  if (metadata.isMacOfEncryptedOnly) hash.update(Buffer.from(onlyEncrypted, 'hex'))
  const documents = parseAllDocuments(text, { version: '1.2', merge: false })
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return false
  for (const { contents } of documents) {
    if (!hashValues(contents, [])) return false
  }
  const found = Buffer.from(hash.digest('hex').toUpperCase())
  const wanted = Buffer.from(expected ?? '')
  return found.length === wanted.length && timingSafeEqual(found, wanted)

  function hashValues(node: Node | null, place: readonly string[]): boolean {
    if (node === null) return true
    if (isAlias(node)) return false
    if (isMap(node))
      return node.items.every(({ key: name, value }) => {
        if (!isScalar(name)) return false
        const field = String(name.value)
        return (place.length === 0 && field === 'sops') || hashValues(value as Node | null, [...place, field])
      })
    if (isSeq(node)) return node.items.every((item) => hashValues(item as Node, place))
    return isScalar(node) && hashScalar(node, place)
  }

  function hashScalar(node: Scalar, place: readonly string[]): boolean {
    if (isEncrypted(node.value)) {
      const plain = decryptValue(node.value, key, placeOf(place))
      if (plain === undefined) return false
      hash.update(plain.bytes)
    } else if (!metadata.isMacOfEncryptedOnly) hash.update(plainBytes(node))
    return true
  }
}

/** As SOPS turns a value that it leaves in the clear into bytes. Source: getsops/sops, sops.go, ToBytes. */
function plainBytes({ value, type }: Scalar): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  const text = String(value)
  const isPlainDate = type === 'PLAIN' && /^\d{4}-\d\d-\d\d$/.test(text)
  return isPlainDate ? `${text}T00:00:00Z` : text
}
