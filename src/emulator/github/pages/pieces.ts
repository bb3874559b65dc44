import type { Instant } from '../../../domain/refs.ts'
import type { Hub } from '../hub.ts'
import { accountByEmail } from '../present/commit.ts'
import { fullNameOf, type Account, type Pull, type Repository } from '../state.ts'
import { icon } from './icons.ts'
import { html, nothing, type Markup } from './markup.ts'

export const pathOf = (repository: Repository) => `/${fullNameOf(repository)}`

export const pullPath = (pull: Pull) => `${pathOf(pull.repository)}/pull/${pull.number}`

/** A path whose names may hold any character. */
export const encodePath = (path: string) => path.split('/').map(encodeURIComponent).join('/')

export function avatar(account: Account | string, size: 'small' | 'large' = 'small'): Markup {
  const name = typeof account === 'string' ? account : account.login
  const isBot = typeof account !== 'string' && account.type === 'Bot'
  const hue = Array.from(name).reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 997, 7) % 10
  return html`<span class="avatar ${size} hue-${hue} ${isBot ? 'bot' : ''}" aria-hidden="true"
    >${initials(name)}</span
  >`
}

/** Two letters or digits, to stand for a picture. */
export function initials(name: string): string {
  const letters = Array.from(name.replaceAll(/[^\p{L}\p{N}]/gu, ''))
  return letters.slice(0, 2).join('').toUpperCase()
}

/** A login, with a badge where it is an app's. */
export function person(account: Account): Markup {
  if (account.type !== 'Bot') return html`<strong class="login">${account.login}</strong>`
  return html`<strong class="login">${account.login.replace(/\[bot\]$/, '')}</strong>
    <span class="badge">bot</span>`
}

/** The account behind a commit's author, or the name that stands there. */
export function author(hub: Hub, who: { name: string; email: string }): Markup {
  const account = accountByEmail(hub, who.email)
  return html`${avatar(account ?? who.name)}
  ${account ? person(account) : html`<strong class="login">${who.name}</strong>`}`
}

/** Written out: on a clock that is moved ahead, "two minutes ago" would say nothing. */
export function when(instant: Instant): Markup {
  const iso = new Date(instant).toISOString()
  const text = new Date(instant)
    .toUTCString()
    .slice(5, 22)
    .replace(/ (\d{4}) /, ', ')
  return html`<time datetime="${iso}" title="${iso}">${text}</time>`
}

export const shortSha = (repository: Repository, sha: string) =>
  html`<a class="sha" href="${pathOf(repository)}/commit/${sha}">${sha.slice(0, 7)}</a>`

export function pullState(pull: Pull): Markup {
  if (pull.merged) return html`<span class="state merged">${icon('merge')} Merged</span>`
  if (pull.state === 'closed') return html`<span class="state closed">${icon('pull')} Closed</span>`
  if (pull.isDraft) return html`<span class="state draft">${icon('pull')} Draft</span>`
  return html`<span class="state open">${icon('pull')} Open</span>`
}

/** `1 commit`, `3 commits`. */
export const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

export const branchLabel = (repository: Repository, branch: string) =>
  html`<a class="branch" href="${pathOf(repository)}/tree/${encodePath(branch)}">${branch}</a>`

export function emptyNote(text: string): Markup {
  return text === '' ? nothing : html`<p class="empty">${text}</p>`
}
