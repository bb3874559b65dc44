import { createPrivateKey, createSign } from 'node:crypto'
import type { Instant } from '../../domain/refs.ts'
import type { Clock } from '../../ports/clock.ts'

/** What a piece of work needs; a token can do no more than that. */
export type Purpose =
  | 'review'
  | 'merge'
  | 'git'
  | 'members'
  | 'list'
  | 'queue'
  | 'protection'
  | 'statuses'
  | 'issues'
  | 'deployments'

export const permissionsOf: Record<Purpose, Record<string, 'read' | 'write'>> = {
  review: { metadata: 'read', contents: 'read', pull_requests: 'write', checks: 'write' },
  merge: { metadata: 'read', contents: 'write', pull_requests: 'write' },
  git: { metadata: 'read', contents: 'write' },
  members: { metadata: 'read', members: 'read' },
  list: { metadata: 'read' },
  protection: { metadata: 'read', administration: 'read' },
  statuses: { metadata: 'read', statuses: 'read' },
  queue: { metadata: 'read', contents: 'read', pull_requests: 'read', merge_queues: 'read' },
  issues: { metadata: 'read', issues: 'write' },
  deployments: { metadata: 'read', deployments: 'write' },
}

export interface TokenScope {
  installation: string
  purpose: Purpose
  /** Numeric id; absent: every repository of the installation. */
  repositoryId?: string
}

export interface AppTokens {
  /** Ten minutes at most; names the app itself. */
  jwt(): string
  installationToken(scope: TokenScope): Promise<string>
  /** The token was refused: the next call mints a new one. */
  forget(scope: TokenScope): void
  /** The key was refused: what is there in its place is taken, as long as it is a key. */
  renewKey(): void
}

export interface AppKey {
  /** PEM. */
  privateKey: string
  /** Reads it anew: keys are rotated. Absent: there is no other. */
  readPrivateKey?: () => string
}

export type MintToken = (
  scope: TokenScope,
  permissions: Record<string, string>,
) => Promise<{ token: string; expiresAt: Instant }>

/** A token is replaced this long before its end, so that none ends on its way. */
const safetyMs = 5 * 60_000

/** GitHub refuses a JWT from the future: its clock may be behind ours. Source: GitHub Docs, "Generating a JSON Web Token". */
const jwtBackdatedSeconds = 60
const jwtLifeSeconds = 9 * 60

export function createAppTokens(
  options: AppKey & { appId: string; clock: Clock; mint: MintToken },
): AppTokens {
  const { appId, clock, mint, privateKey, readPrivateKey = () => privateKey } = options
  let key = createPrivateKey(privateKey)
  const tokens = new Map<string, Promise<{ token: string; expiresAt: Instant }>>()

  return {
    jwt() {
      const now = Math.floor(clock.now() / 1_000)
      const claims = { iat: now - jwtBackdatedSeconds, exp: now + jwtLifeSeconds, iss: appId }
      const text = [{ alg: 'RS256', typ: 'JWT' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.')
      return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`
    },

    async installationToken(scope) {
      const id = scopeId(scope)
      const known = await tokens.get(id)
      if (known && known.expiresAt - safetyMs > clock.now()) return known.token
      const minting = mint(scope, permissionsOf[scope.purpose])
      tokens.set(id, minting)
      minting.catch(() => tokens.delete(id))
      return (await minting).token
    },

    forget: (scope) => void tokens.delete(scopeId(scope)),

    renewKey() {
      try {
        key = createPrivateKey(readPrivateKey())
      } catch {
        // It is being written, or gone: the next refusal reads it again.
      }
    },
  }
}

function scopeId({ installation, purpose, repositoryId }: TokenScope): string {
  return `${installation}/${repositoryId ?? '*'}/${purpose}`
}
