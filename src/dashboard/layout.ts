import { html, raw } from 'hono/html'

export type Html = ReturnType<typeof html>

/** What the frame shows besides the content. */
export interface Frame {
  /** The address of the page in the navigation. */
  active?: string
  /** Who is signed in. */
  login?: string
}

/** The frame around every page. */
export function layout(title: string, content: Html, { active = '', login }: Frame = {}): Html {
  const link = (address: string, text: string) =>
    html`<a href="${address}" class="${address === active ? 'active' : ''}">${text}</a>`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Drawbridge</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/dashboard.css" />
        <script src="/dashboard.js" defer></script>
      </head>
      <body>
        <header>
          <a class="brand" href="/">Drawbridge</a>
          <nav>${link('/', 'Board')}${link('/slos', 'SLOs')}${link('/audit', 'Audit')}</nav>
          <span id="state"></span>
          ${login === undefined ? '' : html`<form method="post" action="/sign-out"><button>Sign out ${login}</button></form>`}
        </header>
        <main>${content}</main>
      </body>
    </html>`
}

/** Stands where the content goes; no title can hold it, since titles are escaped. */
const seam = '<!-- content -->'

/** What stands before and after the content, for pages that are sent piece by piece. */
export async function layoutAround(title: string, frame: Frame): Promise<{ before: Html; after: Html }> {
  const [before = '', after = ''] = String(await layout(title, raw(seam), frame)).split(seam)
  return { before: raw(before), after: raw(after) }
}

/** A page with one sentence: nothing here, or nothing now. */
export function messagePage(title: string, sentence: string, login?: string): Html {
  return layout(
    title,
    html`<h1>${title}</h1>
      <p class="empty">${sentence}</p>`,
    { login },
  )
}

/** A link where the address is one of the web; the bare text for anything else, such as `javascript:`. */
export function webLink(address: string, text: string): Html {
  return isWebAddress(address)
    ? html`<a href="${address}" rel="noreferrer">${text}</a>`
    : html`<span>${text}</span>`
}

function isWebAddress(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined
  return url?.protocol === 'https:' || url?.protocol === 'http:'
}

/** `2026-11-19 14:30:05 UTC`; to the minute where space is short. */
export function instant(at: number, precision: 'second' | 'minute' = 'second'): Html {
  const text = new Date(at).toISOString()
  const shown = text.slice(0, precision === 'second' ? 19 : 16).replace('T', ' ')
  return html`<time datetime="${text}">${shown} UTC</time>`
}

/** Where the review of a pull request is shown; `repository` is `owner/name`. */
export function reviewAddress(repository: string, pull: number): string {
  return `/pulls/${repository.split('/').map(encodeURIComponent).join('/')}/${pull}`
}
