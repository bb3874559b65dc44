import type { SignedBy } from '../domain/commit-signature.ts'

/** Checks OpenPGP signatures by a file of public keys, and by nothing else that the machine knows of keys. */
export interface OpenPgp {
  /** `keys`: armoured public keys, any number of blocks, text between them. `signature`: armoured, of exactly `payload`. The principal is the fingerprint. */
  verify(payload: string, signature: string, keys: string): Promise<SignedBy>
}
