import type { Hub } from '../hub.ts'
import { findAccount } from '../state.ts'
import { escapeAll } from './markup.ts'
import { initials } from './pieces.ts'

/** The picture behind an account's `avatar_url`: its initials. */
export function avatarImage(hub: Hub, login: string): Response | undefined {
  const account = findAccount(hub.state, login)
  if (!account) return undefined
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#57606a"/><text x="20" y="26" font-family="system-ui, sans-serif" font-size="16" text-anchor="middle" fill="#fff">${escapeAll(initials(account.login))}</text></svg>`
  return new Response(picture, {
    headers: { 'content-type': 'image/svg+xml', 'content-security-policy': `default-src 'none'` },
  })
}
