import type { Instant } from '../../domain/refs.ts'
import type { Hub } from './hub.ts'
import type { Account, App } from './state.ts'

/** A code is good for so long, once. Source: GitHub Docs, "Generating a user access token for a GitHub App". */
const codeLifeMs = 600_000
const tokenLifeMs = 8 * 3_600_000

export interface OAuthCode {
  app: App
  account: Account
  callback: string
  expiresAt: Instant
}

/** The app, where the address to come back to is its own. */
export function oauthApp(hub: Hub, clientId: string, callback: string): App | undefined {
  const app = [...hub.state.apps.values()].find((each) => each.oauth?.clientId === clientId)
  return app?.oauth?.callbackUrl === callback ? app : undefined
}

export function issueCode(hub: Hub, app: App, account: Account, callback: string): string {
  const code = Buffer.from(hub.random.bytes(10)).toString('hex')
  hub.state.oauthCodes.set(code, { app, account, callback, expiresAt: hub.clock.now() + codeLifeMs })
  return code
}

/** GitHub answers 200 to a code that it does not take, with `error`. */
export function exchangeCode(hub: Hub, wish: Record<string, unknown>): Record<string, string | number> {
  const found = hub.state.oauthCodes.get(String(wish.code))
  hub.state.oauthCodes.delete(String(wish.code))
  const { clientId, clientSecret } = found?.app.oauth ?? {}
  if (found && (wish.client_id !== clientId || wish.client_secret !== clientSecret)) {
    return fault('incorrect_client_credentials', 'The client_id and/or client_secret passed are incorrect.')
  }
  if (!found || found.expiresAt < hub.clock.now() || wish.redirect_uri !== found.callback) {
    return fault('bad_verification_code', 'The code passed is incorrect or expired.')
  }
  const token = `ghu_${Buffer.from(hub.random.bytes(18)).toString('hex')}`
  hub.state.userTokens.set(token, { account: found.account, expiresAt: hub.clock.now() + tokenLifeMs })
  return { access_token: token, expires_in: tokenLifeMs / 1000, scope: '', token_type: 'bearer' }
}

function fault(error: string, error_description: string) {
  return { error, error_description, error_uri: 'https://docs.github.com' }
}
