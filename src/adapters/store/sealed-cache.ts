import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { Random } from '../../ports/random.ts'
import type { Cache } from '../../ports/store.ts'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/**
 * A cache whose values nobody reads who has only the database, or a copy of it: what is rendered holds Secrets. Each value
 * is bound to its key. One that cannot be opened (another secret, a broken row) counts as not there.
 */
export function sealCache(cache: Cache, secret: string, random: Random): Cache {
  const sealing = new Uint8Array(hkdfSync('sha256', secret, '', 'drawbridge cache', 32))
  return {
    async get(key) {
      const sealed = await cache.get(key)
      return sealed && open(sealed, key, sealing)
    },
    async put(key, value, now) {
      const nonce = random.bytes(nonceBytes)
      const cipher = createCipheriv(algorithm, sealing, nonce).setAAD(Buffer.from(key))
      const content = Buffer.concat([cipher.update(value), cipher.final()])
      await cache.put(key, Buffer.concat([nonce, cipher.getAuthTag(), content]), now)
    },
  }
}

function open(sealed: Uint8Array, key: string, sealing: Uint8Array): Uint8Array | undefined {
  try {
    const [nonce, rest] = [sealed.subarray(0, nonceBytes), sealed.subarray(nonceBytes)]
    const decipher = createDecipheriv(algorithm, sealing, nonce, { authTagLength: tagBytes })
      .setAAD(Buffer.from(key))
      .setAuthTag(rest.subarray(0, tagBytes))
    return Buffer.concat([decipher.update(rest.subarray(tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}
