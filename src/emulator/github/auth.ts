import { createVerify } from 'node:crypto'
import type { Instant } from '../../domain/refs.ts'
import { ApiError } from './api-error.ts'
import type { Doer } from './hub.ts'
import {
  nextId,
  type Access,
  type Account,
  type App,
  type Installation,
  type InstallationToken,
  type State,
} from './state.ts'
import type { Random } from '../../ports/random.ts'

/** Who a request comes from. */
export type Viewer =
  | { kind: 'anonymous' }
  | { kind: 'user'; account: Account }
  | { kind: 'app'; app: App }
  | { kind: 'installation'; app: App; token: InstallationToken }

export const tokenLifeMs = 3_600_000
const longestJwtMs = 600_000
/** GitHub forgives clocks that are a little ahead. */
const clockSkewMs = 60_000

export function authenticate(state: State, header: string | undefined, now: Instant): Viewer {
  if (!header) return { kind: 'anonymous' }
  const [scheme = '', value = ''] = header.split(' ')
  const secret = scheme.toLowerCase() === 'basic' ? basicPassword(value) : value
  if (scheme.toLowerCase() === 'bearer' && secret.split('.').length === 3) {
    return { kind: 'app', app: verifyJwt(state, secret, now) }
  }
  const token = state.tokens.get(secret)
  if (token && token.expiresAt > now && token.installation.suspended === undefined) {
    return { kind: 'installation', app: token.installation.app, token }
  }
  const signedIn = state.userTokens.get(secret)
  if (signedIn && signedIn.expiresAt > now) return { kind: 'user', account: signedIn.account }
  const account = [...state.accounts.values()].find((each) => each.type === 'User' && each.token === secret)
  if (account) return { kind: 'user', account }
  throw new ApiError(401, 'Bad credentials')
}

function basicPassword(value: string): string {
  const text = Buffer.from(value, 'base64').toString()
  return text.slice(text.indexOf(':') + 1)
}

function verifyJwt(state: State, jwt: string, now: Instant): App {
  const [head, payload, signature] = jwt.split('.') as [string, string, string]
  const claims = readJson(payload)
  const app = [...state.apps.values()].find((each) => String(each.id) === String(claims.iss))
  if (!app) throw new ApiError(401, 'Integration not found')
  if (readJson(head).alg !== 'RS256') throw new ApiError(401, 'A JSON web token could not be decoded')
  const verifier = createVerify('RSA-SHA256').update(`${head}.${payload}`)
  if (!verifier.verify(app.publicKey, Buffer.from(signature, 'base64url'))) {
    throw new ApiError(401, 'A JSON web token could not be decoded')
  }
  const { iat, exp } = claims
  if (typeof exp !== 'number' || exp * 1000 <= now) {
    throw new ApiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    )
  }
  if (typeof iat !== 'number' || iat * 1000 > now + clockSkewMs) {
    throw new ApiError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    )
  }
  if (exp * 1000 > now + longestJwtMs + clockSkewMs) {
    throw new ApiError(401, "'Expiration time' claim ('exp') is too far in the future")
  }
  return app
}

function readJson(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Answered below: not JSON is not a token.
  }
  throw new ApiError(401, 'A JSON web token could not be decoded')
}

export interface TokenWish {
  repositoryIds?: number[]
  repositoryNames?: string[]
  permissions?: Record<string, string>
}

/** An installation token for an hour, narrowed to what is asked; more than was granted is refused. */
export function issueToken(
  state: State,
  random: Random,
  installation: Installation,
  wish: TokenWish,
  now: Instant,
): InstallationToken {
  if (installation.suspended) throw new ApiError(403, 'This installation has been suspended')
  const token: InstallationToken = {
    token: `ghs_${Buffer.from(random.bytes(18)).toString('hex')}${nextId(state)}`,
    installation,
    permissions: narrowPermissions(installation, wish.permissions),
    repositories: narrowRepositories(installation, wish),
    expiresAt: now + tokenLifeMs,
  }
  state.tokens.set(token.token, token)
  return token
}

const ranks: Record<string, number> = { read: 1, write: 2, admin: 3 }

function narrowPermissions(
  installation: Installation,
  wanted: TokenWish['permissions'],
): Record<string, Access> {
  if (!wanted) return { ...installation.permissions }
  const given: Record<string, Access> = {}
  for (const [name, access] of Object.entries(wanted)) {
    const granted = new Map(Object.entries(installation.permissions)).get(name)
    if (!granted || (ranks[access] ?? 9) > ranks[granted]!) {
      throw new ApiError(422, 'The permissions requested are not granted to this installation.')
    }
    given[name] = access as Access
  }
  // Every token may read metadata.
  return { ...given, metadata: 'read' }
}

function narrowRepositories(installation: Installation, wish: TokenWish) {
  const { repositoryIds, repositoryNames } = wish
  if (!repositoryIds && !repositoryNames) return installation.repositories
  const chosen = [...installation.repositories].filter(
    (repository) => repositoryIds?.includes(repository.id) || repositoryNames?.includes(repository.name),
  )
  if (chosen.length < (repositoryIds?.length ?? 0) + (repositoryNames?.length ?? 0)) {
    throw new ApiError(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    )
  }
  return new Set(chosen)
}

export function isGranted(permissions: Record<string, Access>, wanted: string): boolean {
  const [name, access] = wanted.split(':') as [string, string]
  if (wanted === 'metadata:read') return true
  const granted = new Map(Object.entries(permissions)).get(name)
  return granted !== undefined && ranks[granted]! >= ranks[access]!
}

export function doerOf(viewer: Viewer): Doer | undefined {
  if (viewer.kind === 'user') return { account: viewer.account }
  if (viewer.kind === 'anonymous') return undefined
  return { account: viewer.app.bot, app: viewer.app }
}
