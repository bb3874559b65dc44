import { escapeHtml } from './html.ts'

/** What GitHub lets through in a comment; everything else is shown as text. */
const allowedTags = new Set(
  (
    'a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q s ' +
    'samp small span strike strong sub summary sup table tbody td tfoot th thead tr tt u ul var'
  ).split(' '),
)
const voidTags = new Set(['br', 'hr', 'img', 'input'])
const allowedClasses = new Set([
  'diff',
  'add',
  'del',
  'hunk',
  'alert',
  'alert-title',
  'note',
  'tip',
  'important',
  'warning',
  'caution',
])
const plainAttributes = new Set([
  'align',
  'alt',
  'checked',
  'colspan',
  'disabled',
  'open',
  'rowspan',
  'start',
  'title',
])

interface Tag {
  name: string
  isClosing: boolean
  attributes: Map<string, string>
  end: number
}

/** HTML from untrusted Markdown without anything that runs, with every tag closed inside it. */
export function sanitise(html: string): string {
  const out: string[] = []
  const open: string[] = []
  for (let at = 0; at < html.length;) {
    const next = html.indexOf('<', at)
    if (next < 0) {
      out.push(html.slice(at))
      break
    }
    out.push(html.slice(at, next))
    const skipped = html.startsWith('<!--', next) ? endOfComment(html, next) : undefined
    const tag = skipped ? undefined : readTag(html, next)
    if (tag) out.push(place(tag, html.slice(next, tag.end), open))
    else if (!skipped) out.push('&lt;')
    at = skipped ?? tag?.end ?? next + 1
  }
  return (
    out.join('') +
    open
      .toReversed()
      .map((name) => `</${name}>`)
      .join('')
  )
}

function endOfComment(html: string, start: number): number {
  const end = html.indexOf('-->', start + 4)
  return end < 0 ? html.length : end + 3
}

function place(tag: Tag, source: string, open: string[]): string {
  if (!allowedTags.has(tag.name)) return escapeHtml(source)
  if (!tag.isClosing) {
    if (!voidTags.has(tag.name)) open.push(tag.name)
    return `<${tag.name}${safeAttributes(tag)}>`
  }
  const depth = open.lastIndexOf(tag.name)
  if (depth < 0) return ''
  return open
    .splice(depth)
    .toReversed()
    .map((name) => `</${name}>`)
    .join('')
}

function safeAttributes(tag: Tag): string {
  const kept: string[] = []
  for (const [name, value] of tag.attributes) {
    if (plainAttributes.has(name)) kept.push(` ${name}="${value}"`)
    if (name === 'href' && tag.name === 'a' && isSafeAddress(value))
      kept.push(` href="${value}" rel="nofollow"`)
    if (name === 'src' && tag.name === 'img' && isSafeAddress(value)) kept.push(` src="${value}"`)
    if (name === 'class') kept.push(classes(value))
  }
  if (tag.name === 'input')
    return kept.some((each) => each.startsWith(' checked'))
      ? ' type="checkbox" disabled checked'
      : ' type="checkbox" disabled'
  return kept.join('')
}

function classes(value: string): string {
  const kept = value.split(/\s+/).filter((each) => allowedClasses.has(each) || each.startsWith('language-'))
  return kept.length > 0 ? ` class="${kept.join(' ')}"` : ''
}

/** Values are still escaped here: an entity could hide a scheme, so none is let through before the first slash. */
function isSafeAddress(value: string): boolean {
  const text = value.trim().toLowerCase()
  return (
    text.startsWith('https://') ||
    text.startsWith('http://') ||
    /^[/#?]/.test(text) ||
    text.startsWith('mailto:')
  )
}

const nameCharacter = /[a-z0-9-]/i
const space = /\s/

/** A tag that begins at `start`, or undefined where the `<` is only a sign. */
function readTag(html: string, start: number): Tag | undefined {
  let at = start + 1
  const isClosing = html[at] === '/'
  if (isClosing) at += 1
  const nameStart = at
  while (at < html.length && nameCharacter.test(html[at]!)) at += 1
  if (at === nameStart || !/[a-z]/i.test(html[nameStart]!)) return undefined
  const name = html.slice(nameStart, at).toLowerCase()
  const attributes = new Map<string, string>()
  while (at < html.length) {
    while (at < html.length && (space.test(html[at]!) || html[at] === '/')) at += 1
    if (html[at] === '>') return { name, isClosing, attributes, end: at + 1 }
    const attributeStart = at
    while (at < html.length && !/[\s=>/]/.test(html[at]!)) at += 1
    const attribute = html.slice(attributeStart, at).toLowerCase()
    if (attribute === '' && html[at] !== '=') return undefined
    if (html[at] !== '=') {
      attributes.set(attribute, '')
      continue
    }
    const value = readValue(html, at + 1)
    if (!value) return undefined
    attributes.set(attribute, value.text)
    at = value.end
  }
  return undefined
}

function readValue(html: string, start: number): { text: string; end: number } | undefined {
  const quote = html[start]
  if (quote === '"' || quote === "'") {
    const end = html.indexOf(quote, start + 1)
    return end < 0 ? undefined : { text: escapeQuotes(html.slice(start + 1, end)), end: end + 1 }
  }
  let end = start
  while (end < html.length && !/[\s>]/.test(html[end]!)) end += 1
  return { text: escapeQuotes(html.slice(start, end)), end }
}

/** Entities stay as they are; what could end the attribute is escaped. */
function escapeQuotes(text: string): string {
  return text.replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
