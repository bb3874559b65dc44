import { createDecipheriv } from 'node:crypto'

/** One value as SOPS writes it. Source: getsops/sops, aes/cipher.go. */
interface EncryptedValue {
  data: Buffer
  iv: Buffer
  tag: Buffer
  type: string
}

const shape = /^ENC\[AES256_GCM,data:([^,]*),iv:([^,]+),tag:([^,]+),type:([a-z]+)\]$/
const types = new Set(['str', 'int', 'float', 'bool', 'bytes', 'time', 'comment'])
/** GCM with a shorter tag can be forged. */
const tagBytes = 16

export function isEncrypted(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('ENC[AES256_GCM,')
}

/** Whether there is an encrypted value anywhere in it, also within a longer text. */
export function holdsEncrypted(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('ENC[AES256_GCM,')
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsEncrypted)
}

/** What a value is bound to: the keys on the way to it; positions in lists do not count. */
export function placeOf(keys: readonly string[]): string {
  return `${keys.join(':')}:`
}

/** The plain bytes and what they are; undefined where the key, the place or the value is another than it was encrypted with. */
export function decryptValue(
  text: string,
  key: Uint8Array,
  place: string,
): { bytes: Buffer; type: string } | undefined {
  const value = parse(text)
  if (value === undefined) return undefined
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, value.iv, { authTagLength: tagBytes })
    cipher.setAAD(Buffer.from(place))
    cipher.setAuthTag(value.tag)
    return { bytes: Buffer.concat([cipher.update(value.data), cipher.final()]), type: value.type }
  } catch {
    return undefined
  }
}

function parse(text: string): EncryptedValue | undefined {
  const [, data, iv, tag, type] = shape.exec(text) ?? []
  if (data === undefined || iv === undefined || tag === undefined || !types.has(type ?? '')) return undefined
  const value = {
    data: Buffer.from(data, 'base64'),
    iv: Buffer.from(iv, 'base64'),
    tag: Buffer.from(tag, 'base64'),
    type: type ?? '',
  }
  return value.tag.length === tagBytes && value.iv.length > 0 ? value : undefined
}
