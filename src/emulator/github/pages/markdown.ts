import { marked, type Token, type Tokens } from 'marked'
import { drawEmoji } from './emoji.ts'
import { diffLines, yamlLines } from './code-lines.ts'
import { escapeAll, escapeText, raw, type Markup } from './markup.ts'
import { createRawHtml, type RawHtml } from './raw-html.ts'

/** Where a text stands: decides what `@name` and `#12` link to. */
export interface MarkdownPlace {
  /** Path of the repository's page: `/shop/gitops`. */
  repository: string
  /** Where relative addresses of a file start: `/shop/gitops/blob/main/docs/`. Comments have none and keep line breaks. */
  folder?: string
}

/**
 * GitHub-flavoured Markdown as HTML that is safe to show. Every kind of token is written by hand; a kind that is not
 * known is written as text.
 */
export function renderMarkdown(text: string, place: MarkdownPlace): Markup {
  const tokens = marked.lexer(text.slice(0, longest), { gfm: true, breaks: place.folder === undefined })
  const rawHtml = createRawHtml()
  const writer = { place, rawHtml }
  return raw(rawHtml.within(() => blocks(tokens, writer)))
}

/** Longer texts cannot be posted anyway; files can be. */
const longest = 400_000

interface Writer {
  place: MarkdownPlace
  rawHtml: RawHtml
}

const blocks = (tokens: Token[], writer: Writer): string =>
  tokens.map((token) => block(token, writer)).join('\n')

function block(token: Token, writer: Writer): string {
  const { rawHtml } = writer
  switch (token.type) {
    case 'space':
    case 'def':
      return ''
    case 'html':
      return rawHtml.write(token.text)
    case 'heading':
      return `<h${token.depth}>${scope(token.tokens, writer)}</h${token.depth}>`
    case 'paragraph':
      return `<p>${scope(token.tokens, writer)}</p>`
    case 'text':
      return token.tokens ? inline(token.tokens, writer) : escapeText(token.text)
    case 'code':
      return codeBlock(token as Tokens.Code)
    case 'blockquote':
      return quote(token as Tokens.Blockquote, writer)
    case 'list':
      return list(token as Tokens.List, writer)
    case 'table':
      return table(token as Tokens.Table, writer)
    case 'hr':
      return '<hr>'
    default:
      return inline([token], writer)
  }
}

function inline(tokens: Token[] | undefined, writer: Writer): string {
  return (tokens ?? []).map((token) => span(token, writer)).join('')
}

const scope = (tokens: Token[] | undefined, writer: Writer) =>
  writer.rawHtml.within(() => inline(tokens, writer))

function span(token: Token, writer: Writer): string {
  switch (token.type) {
    case 'text':
      return token.tokens
        ? inline(token.tokens, writer)
        : drawEmoji(references(escapeText(token.text), writer.place))
    case 'escape':
      return escapeAll(token.text)
    case 'html':
      return writer.rawHtml.write(token.text)
    case 'strong':
      return `<strong>${scope(token.tokens, writer)}</strong>`
    case 'em':
      return `<em>${scope(token.tokens, writer)}</em>`
    case 'del':
      return `<del>${scope(token.tokens, writer)}</del>`
    case 'codespan':
      return `<code>${escapeAll(token.text)}</code>`
    case 'br':
      return '<br>'
    case 'checkbox':
      return checkbox(token.checked === true)
    case 'link':
      return link(token as Tokens.Link, writer)
    case 'image':
      return anchor(token.href, picture(token as Tokens.Image, writer.place), writer.place)
    default:
      return escapeAll(token.raw)
  }
}

const checkbox = (isChecked: boolean) => `<input type="checkbox" disabled${isChecked ? ' checked' : ''}> `

function link(token: Tokens.Link, writer: Writer): string {
  const plain = { ...writer, place: { ...writer.place, repository: '' } }
  return anchor(token.href, scope(token.tokens, plain), writer.place)
}

/** Shown where it lies in this repository; the words alone for any other: the pages ask no other host. */
function picture({ href, text }: Tokens.Image, { repository }: MarkdownPlace): string {
  const address = href.replaceAll('&amp;', '&')
  const path = URL.canParse(address) ? new URL(address).pathname : ''
  return path.startsWith(`${repository}/raw/`)
    ? `<img src="${escapeAll(path)}" alt="${escapeAll(text)}">`
    : escapeText(text || href)
}

/** The text alone where the address is not one of the web. */
function anchor(href: string, inner: string, { folder }: MarkdownPlace): string {
  const address = href.replaceAll('&amp;', '&')
  if (!isSafeAddress(address)) return inner
  const isRelative = folder !== undefined && !/^(?:[#/?]|[a-z][a-z\d+.-]*:)/i.test(address)
  const whole = isRelative ? `${folder}${address}` : address
  return `<a href="${escapeAll(whole)}" rel="nofollow noreferrer">${inner}</a>`
}

export function isSafeAddress(address: string): boolean {
  const base = 'http://relative.invalid'
  return (
    URL.canParse(address, base) && ['http:', 'https:', 'mailto:'].includes(new URL(address, base).protocol)
  )
}

/** `@name`, `@organization/team` and `#12` in text that is escaped already. */
function references(text: string, { repository }: MarkdownPlace): string {
  if (repository === '') return text
  return text
    .replace(
      /(^|[\s(])@([a-zA-Z\d][a-zA-Z\d-]{0,38}(?:\/[a-zA-Z\d-]+)?)/g,
      '$1<span class="mention">@$2</span>',
    )
    .replace(/(^|[\s(])#(\d{1,9})\b/g, (_, before: string, number: string) => {
      return `${before}<a href="${escapeAll(repository)}/pull/${number}">#${number}</a>`
    })
}

function codeBlock(token: Tokens.Code): string {
  const language = (token.lang ?? '').split(/\s/)[0]!.toLowerCase()
  if (language === 'diff') return `<pre class="code is-diff"><code>${diffLines(token.text)}</code></pre>`
  if (language === 'yaml' || language === 'yml')
    return `<pre class="code"><code>${yamlLines(token.text)}</code></pre>`
  return `<pre class="code"><code>${escapeAll(token.text)}</code></pre>`
}

const alerts = new Map(
  Object.entries({
    NOTE: 'Note',
    TIP: 'Tip',
    IMPORTANT: 'Important',
    WARNING: 'Warning',
    CAUTION: 'Caution',
  }),
)

/** GitHub's alerts are block quotes that begin with `[!NOTE]`. */
function quote(token: Tokens.Blockquote, writer: Writer): string {
  const kind = /^\[!([A-Z]+)\]\s*(?:\n|$)/.exec(token.text)?.[1]
  const title = alerts.get(kind ?? '')
  if (!kind || !title)
    return `<blockquote>${writer.rawHtml.within(() => blocks(token.tokens, writer))}</blockquote>`
  const rest = marked.lexer(token.text.slice(kind.length + 3).trimStart(), { gfm: true, breaks: true })
  const inner = writer.rawHtml.within(() => blocks(rest, writer))
  return `<div class="alert ${kind.toLowerCase()}"><p><strong>${title}</strong></p>${inner}</div>`
}

function list(token: Tokens.List, writer: Writer): string {
  const items = token.items.map((item) => {
    const inner = writer.rawHtml.within(() => blocks(item.tokens, writer))
    return `<li${item.task ? ' class="task"' : ''}>${inner}</li>`
  })
  const start =
    token.ordered && typeof token.start === 'number' && token.start !== 1 ? ` start="${token.start}"` : ''
  return token.ordered ? `<ol${start}>${items.join('')}</ol>` : `<ul>${items.join('')}</ul>`
}

function table(token: Tokens.Table, writer: Writer): string {
  const cells = (tag: 'th' | 'td', row: Tokens.TableCell[]) =>
    row
      .map(
        (cell) =>
          `<${tag}${cell.align ? ` class="${cell.align}"` : ''}>${scope(cell.tokens, writer)}</${tag}>`,
      )
      .join('')
  const isBare = token.header.every((cell) => cell.text.trim() === '')
  const head = isBare ? '' : `<thead><tr>${cells('th', token.header)}</tr></thead>`
  const body = token.rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')
  return `<div class="table"><table>${head}<tbody>${body}</tbody></table></div>`
}
