import { findAccount, type Account } from '../state.ts'
import type { Hub } from '../hub.ts'

const cookie = 'act_as'

/** People one can act as. */
export function people(hub: Hub): Account[] {
  return [...hub.state.accounts.values()].filter((account) => account.type === 'User')
}

/** Whom the browser acts as: the one chosen in the header, else the first. */
export function viewerOf(hub: Hub, request: Request): Account | undefined {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  const chosen = pairs.find((pair) => pair.startsWith(`${cookie}=`))?.slice(cookie.length + 1)
  const account = chosen === undefined ? undefined : findAccount(hub.state, chosen)
  return account?.type === 'User' ? account : people(hub)[0]
}

export function actAsCookie(account: Account): string {
  return `${cookie}=${encodeURIComponent(account.login)}; Path=/; HttpOnly; SameSite=Strict`
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** A form of these pages themselves: what another site sends is refused, and so is what does not say where it comes from. */
export function isOwnForm(hub: Hub, request: Request): boolean {
  const origin = request.headers.get('origin')
  if (!origin || !URL.canParse(origin)) return false
  const [from, own] = [new URL(origin), new URL(hub.url || request.url)]
  const isSameHost =
    from.hostname === own.hostname || (loopback.has(from.hostname) && loopback.has(own.hostname))
  return isSameHost && from.protocol === own.protocol && from.port === own.port
}
