import type { KubernetesObject } from '../domain/kubernetes-object.ts'

/** The release's objects as they are applied, or, for people and without any value, why they cannot be read. */
export type Decryption =
  { kind: 'decrypted'; objects: KubernetesObject[] } | { kind: 'refused'; reason: string }

/** Reads what is encrypted in the repository. Only an agent has the keys; what it reads is applied and kept nowhere. */
export interface Decryptor {
  decrypt(objects: readonly KubernetesObject[]): Promise<Decryption>
}
