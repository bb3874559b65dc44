import { isFields } from '../diff/fields.ts'

/** What the block `sops` of an object or a file says, as far as it is read. */
export interface SopsMetadata {
  /** The data key, encrypted once for each recipient: armored age files. */
  keys: { recipient: string; encrypted: string }[]
  /** Encrypted, over every value in the order of the file. */
  mac: string
  /** With it the MAC was encrypted. */
  lastModified: string
  isMacOfEncryptedOnly: boolean
  /** The file as it was encrypted, where we have kept it: the rendered object has another order. */
  document?: string
}

/** Reads the block; a text says why it cannot be used here. */
export function readSopsMetadata(block: unknown): SopsMetadata | string {
  if (!isFields(block)) return 'its block sops cannot be read'
  if (block['shamir_threshold'] !== undefined || Array.isArray(block['key_groups']))
    return 'its key is divided among groups (shamir), which is not supported; encrypt it for one age recipient or more'
  const entries = Array.isArray(block['age']) ? block['age'] : []
  const keys = entries.flatMap((entry: unknown) =>
    isFields(entry) && typeof entry['recipient'] === 'string' && typeof entry['enc'] === 'string'
      ? [{ recipient: entry['recipient'], encrypted: entry['enc'] }]
      : [],
  )
  if (keys.length === 0)
    return 'it is encrypted for no age recipient; add one with sops --add-age, other kinds of keys are not supported'
  const { mac, lastmodified, document } = block
  if (typeof mac !== 'string' || typeof lastmodified !== 'string') return 'its MAC is missing'
  return {
    keys,
    mac,
    lastModified: lastmodified,
    isMacOfEncryptedOnly: block['mac_only_encrypted'] === true,
    ...(typeof document === 'string' && { document }),
  }
}
