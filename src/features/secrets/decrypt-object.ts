import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { isFields } from '../diff/fields.ts'
import { decryptValue, holdsEncrypted, isEncrypted, placeOf } from './encrypted-value.ts'
import { readSopsMetadata } from './sops-metadata.ts'
import { isMacRight } from './verify-mac.ts'

/**
 * A Secret with its values in the clear and without the block `sops`; a text says why not, without any value. The file that
 * it comes from must be as its author left it, and every encrypted value of the object must stand in that file.
 */
export function decryptObject(object: KubernetesObject, key: Uint8Array): KubernetesObject | string {
  const metadata = readSopsMetadata(object['sops'])
  if (typeof metadata === 'string') return metadata
  const text = metadata.document && Buffer.from(metadata.document, 'base64').toString('utf8')
  if (!text) return 'the file that it was encrypted in is not known, so its MAC cannot be checked'
  if (!isMacRight(text, metadata, key))
    return 'SOPS_MAC_WRONG: the file was changed after it was encrypted; edit it with sops and commit what sops writes'
  const { sops: _, ...rest } = object
  const place = { isRight: true }
  const plain = decryptFields(rest, [], (value, keys) => {
    const found = text.includes(value) ? decryptValue(value, key, placeOf(keys)) : undefined
    if (found === undefined) place.isRight = false
    return found && toPlain(found)
  })
  if (!place.isRight) return 'an encrypted value is not at the place that it was encrypted for'
  if (holdsEncrypted(plain)) return 'an encrypted value stands within another text'
  return plain as KubernetesObject
}

function decryptFields(
  value: unknown,
  keys: readonly string[],
  decrypt: (value: string, keys: readonly string[]) => unknown,
): unknown {
  if (isEncrypted(value)) return decrypt(value, keys)
  if (Array.isArray(value)) return value.map((item) => decryptFields(item, keys, decrypt))
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, decryptFields(item, [...keys, key], decrypt)]),
  )
}

function toPlain({ bytes, type }: { bytes: Buffer; type: string }): unknown {
  const text = bytes.toString('utf8')
  if (type === 'int' || type === 'float') return Number(text)
  if (type === 'bool') return text.toLowerCase() === 'true'
  return text
}
