import { armor, Decrypter } from 'age-encryption'
import { formatObjectId, type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import { decryptObject } from '../../features/secrets/decrypt-object.ts'
import { holdsEncrypted } from '../../features/secrets/encrypted-value.ts'
import { readSopsMetadata } from '../../features/secrets/sops-metadata.ts'
import type { Decryptor } from '../../ports/decryptor.ts'

/** SOPS' keys are 256 bits. */
const keyBytes = 32

/**
 * Decrypts Secrets that SOPS encrypted for one of these age identities (`AGE-SECRET-KEY-1…`). They are asked for at every
 * release that needs them, so that a rotated key is used at once, and kept by nobody.
 */
export function createAgeDecryptor(identities: () => Promise<readonly string[]>): Decryptor {
  return {
    async decrypt(objects) {
      if (!objects.some((object) => object['sops'] !== undefined || holdsEncrypted(object)))
        return { kind: 'decrypted', objects: [...objects] }
      const known = await identities()
      const plain: KubernetesObject[] = []
      for (const object of objects) {
        const result = await decryptOne(object, known)
        if (typeof result === 'string')
          return { kind: 'refused', reason: `${formatObjectId(objectId(object))}: ${result}` }
        plain.push(result)
      }
      return { kind: 'decrypted', objects: plain }
    },
  }
}

async function decryptOne(
  object: KubernetesObject,
  identities: readonly string[],
): Promise<KubernetesObject | string> {
  if (object['sops'] === undefined)
    return holdsEncrypted(object) ? 'it holds an encrypted value, but not by whom it can be read' : object
  const metadata = readSopsMetadata(object['sops'])
  if (typeof metadata === 'string') return metadata
  if (object.kind !== 'Secret') return 'only Secrets are decrypted'
  if (identities.length === 0)
    return 'SOPS_NO_IDENTITY: it is encrypted and this agent has no age identity; give it one in SOPS_AGE_KEY or SOPS_AGE_KEY_FILE'
  for (const { encrypted } of metadata.keys) {
    const key = await openKey(encrypted, identities)
    if (key) return decryptObject(object, key)
  }
  const recipients = metadata.keys.map(({ recipient }) => recipient).join(', ')
  return `SOPS_NO_IDENTITY: it is encrypted for ${recipients}, and this agent has the identity of none of them`
}

/** Whatever goes wrong here, its words may quote the key. */
async function openKey(encrypted: string, identities: readonly string[]): Promise<Uint8Array | undefined> {
  try {
    const decrypter = new Decrypter()
    for (const identity of identities) decrypter.addIdentity(identity)
    const key = await decrypter.decrypt(armor.decode(encrypted))
    return key.length === keyBytes ? key : undefined
  } catch {
    return undefined
  }
}
