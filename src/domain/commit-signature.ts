import type { Sha } from './refs.ts'

/** Who signed, or, for people, why nobody did who may. */
export type SignedBy = { principal: string } | { fault: string }

/** What is known of one commit's signature; asked only where an environment wants commits to be signed. */
export interface CommitSignature {
  sha: Sha
  /** `Ada <ada@shop.example>`, as the commit says: only a signature proves it. */
  author: string
  subject: string
  /** The commit that GitHub made of the pull request; its signature is then GitHub's. */
  isResult: boolean
  /** By a key of ours: a promotion or a revert. */
  isOurs: boolean
  /** What GitHub itself says of it, OpenPGP and S/MIME included. */
  isVerifiedByGitHub: boolean
  /** By the file of signers or of keys: who signed, or why nobody of the file did. */
  signers: Record<string, SignedBy>
}

/** What an environment asks of the commits that change it; one of them is enough. */
export interface SignedCommits {
  /** A file of the repository, as ssh-keygen reads it: who signs with which key. */
  allowedSigners?: string
  /** A file of the repository: armoured OpenPGP public keys. */
  openpgpKeys?: string
  /** Whatever GitHub calls verified. */
  isGitHubBelieved: boolean
}
