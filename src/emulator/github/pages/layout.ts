import { createHash } from 'node:crypto'
import { fullNameOf } from '../state.ts'
import { icon } from './icons.ts'
import { liveScript } from './live-script.ts'
import { html, nothing, raw, type Markup } from './markup.ts'
import { avatar, pathOf } from './pieces.ts'
import { style } from './style.ts'
import { people } from './viewer.ts'
import type { Page, RepositoryVisit, Visit } from './visit.ts'

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The policy names the content by its hash: not a space may be added to it. */
const styleElement = raw(`<style>${style}</style>`)
const scriptElement = raw(`<script>${liveScript}</script>`)

/** Nothing but the page's own script and style runs, whatever a comment may hold. */
const policy = [
  `default-src 'none'`,
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(liveScript)}`,
  `img-src 'self'`,
  `connect-src 'self'`,
  `form-action 'self'`,
  `base-uri 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policy,
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

export function layout(
  visit: Visit | RepositoryVisit,
  page: Page,
  version: { url: string; text: string },
): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title}</title>
        ${styleElement}
      </head>
      <body data-version="${version.text}" data-version-url="${version.url}">
        <div class="banner">Emulated GitHub — everything here is on this machine</div>
        <header class="top">
          <div class="wide">
            <a class="home" href="/">${icon('repository')}</a>
            ${'repository' in visit ? trail(visit) : html`<strong>Repositories</strong>`} ${actAs(visit)}
          </div>
          ${'repository' in visit ? tabs(visit, page.tab) : nothing}
        </header>
        <main class="wide">
          ${visit.refusal ? html`<div class="refusal" role="alert">${icon('cross')} ${visit.refusal.message}</div>` : nothing}
          ${page.body}
        </main>
        ${scriptElement}
      </body>
    </html>`
}

function trail({ repository }: RepositoryVisit): Markup {
  return html`<span class="trail"
      >${repository.owner.login} /
      <a href="${pathOf(repository)}"><strong>${repository.name}</strong></a></span
    >
    <span class="badge">${repository.isPrivate ? 'Private' : 'Public'}</span>`
}

function tabs({ repository }: RepositoryVisit, current: Page['tab']): Markup {
  const open = [...repository.pulls.values()].filter((pull) => pull.state === 'open').length
  const path = pathOf(repository)
  const tab = (name: Page['tab'], href: string, label: Markup) =>
    html`<a class="tab ${current === name ? 'current' : ''}" href="${href}">${label}</a>`
  return html`<nav class="wide tabs" aria-label="${fullNameOf(repository)}">
    ${tab('code', path, html`${icon('file')} Code`)}
    ${tab(
      'pulls',
      `${path}/pulls`,
      html`${icon('pull')} Pull requests <span class="count" data-live="open-pulls">${open}</span>`,
    )}
    ${tab('commits', `${path}/commits/${repository.defaultBranch}`, html`${icon('commit')} Commits`)}
  </nav>`
}

function actAs({ hub, viewer, url }: Visit): Markup {
  if (!viewer) return nothing
  const options = people(hub).map(
    (account) => html`<option ${account === viewer ? raw('selected') : nothing}>${account.login}</option>`,
  )
  return html`<form class="act-as" method="post" action="/act-as">
    <input type="hidden" name="back" value="${url.pathname + url.search}" />
    ${avatar(viewer)}
    <label
      >Act as
      <select name="login" data-submits>
        ${options}
      </select></label
    >
    <noscript><button>Go</button></noscript>
  </form>`
}
