import { drawEmoji } from './emoji.ts'
import { escapeText } from './markup.ts'

/** What people may write as HTML inside Markdown; attributes are dropped. Source: GitHub's published allow-list. */
const allowed = new Set(
  'b i em strong del s sub sup br hr kbd code samp var tt pre p blockquote details summary table thead tbody tr th td ul ol li dl dt dd h1 h2 h3 h4 h5 h6 q ins'.split(
    ' ',
  ),
)
const alone = new Set(['br', 'hr'])
/** Not only the tag but what is in it is dropped. */
const opaque = new Set([
  'script',
  'style',
  'iframe',
  'textarea',
  'title',
  'noembed',
  'noframes',
  'xmp',
  'plaintext',
  'svg',
  'math',
])

const tagPattern = /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-zA-Z][a-zA-Z\d]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/g

/**
 * Writes the pieces of HTML found in Markdown, tag by tag, so that nothing but allowed tags without attributes comes
 * out and every opened tag is closed in the block it was opened in.
 */
export interface RawHtml {
  write(html: string): string
  /** Runs `inner`; what it opened is closed at its end, and it cannot close what was opened outside. */
  within(inner: () => string): string
}

export function createRawHtml(): RawHtml {
  let open: string[] = []
  let hidden: string | undefined

  const tag = (isEnd: boolean, name: string, attributes: string): string => {
    if (hidden) {
      if (isEnd && name === hidden) hidden = undefined
      return ''
    }
    if (opaque.has(name)) {
      if (!isEnd && !attributes.endsWith('/')) hidden = name
      return ''
    }
    if (!allowed.has(name)) return ''
    if (alone.has(name)) return isEnd ? '' : `<${name}>`
    if (!isEnd) {
      open.push(name)
      const isOpen = name === 'details' && /(?:^|\s)open(?:\s|=|$)/i.test(attributes)
      return `<${name}${isOpen ? ' open' : ''}>`
    }
    const from = open.lastIndexOf(name)
    if (from < 0) return ''
    return close(open.splice(from))
  }

  return {
    write(html) {
      let written = ''
      let position = 0
      for (const match of html.matchAll(tagPattern)) {
        if (!hidden) written += drawEmoji(escapeText(html.slice(position, match.index)))
        position = match.index + match[0].length
        const [, slash, name, attributes] = match
        if (name) written += tag(slash === '/', name.toLowerCase(), attributes ?? '')
      }
      return hidden ? written : written + drawEmoji(escapeText(html.slice(position)))
    },
    within(inner) {
      const outside = open
      open = []
      const written = inner()
      const closing = close(open)
      open = outside
      hidden = undefined
      return written + closing
    },
  }
}

const close = (names: string[]) =>
  names
    .toReversed()
    .map((name) => `</${name}>`)
    .join('')
