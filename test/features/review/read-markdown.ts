import { marked, type Token } from 'marked'
import { parsers } from 'prettier/plugins/markdown'

/** What a reader of GitHub-flavoured Markdown makes of a text, without the content of code. */
export interface Reading {
  /** Kinds of nodes in reading order, text and code without their content: equal where the structure is equal. */
  skeleton: string[]
  /** HTML tags and comments as written. */
  tags: string[]
  addresses: string[]
  /** Everything that GitHub looks through for mentions, references and addresses. */
  text: string
}

interface Node {
  type: string
  value?: string
  url?: string
  depth?: number
  children?: Node[]
}

const remark = parsers.markdown as unknown as { parse(text: string, options: object): Node }

/** Read by remark, whose grammar has nothing in common with the one that the emulated GitHub uses. */
export function readByRemark(markdown: string): Reading {
  const reading = nothingRead()
  // The tool that brings this parser reads `{{` and `{%` as Liquid; GitHub does not.
  visit(remark.parse(markdown.replaceAll(/\{(?=[{%])/g, '('), {}))
  return finish(reading)

  function visit({ type, value = '', url, depth, children = [] }: Node): void {
    if (type === 'html') return readHtml(value, reading)
    if (type === 'text') reading.text += `${value}\n`
    else reading.skeleton.push(depth === undefined ? type : `${type} ${depth}`)
    if (url !== undefined) reading.addresses.push(url)
    for (const child of children) visit(child)
  }
}

/** Read by marked, as the emulated GitHub does. */
export function readByMarked(markdown: string): Reading {
  const reading = nothingRead()
  for (const token of marked.lexer(markdown, { gfm: true, breaks: true })) visit(token)
  return finish(reading)

  function visit(token: Token): void {
    const inner = innerOf(token)
    if (token.type === 'html') return readHtml(token.raw, reading)
    if (token.type === 'escape' || (token.type === 'text' && inner.length === 0)) {
      reading.text += `${unescapeHtml(token.type === 'escape' ? token.text : token.raw)}\n`
    } else if (token.type !== 'space' && token.type !== 'text' && token.type !== 'br') {
      reading.skeleton.push('depth' in token ? `${token.type} ${token.depth}` : token.type)
    }
    if ('href' in token) reading.addresses.push(token.href as string)
    for (const child of inner) visit(child)
  }
}

function innerOf(token: Token): Token[] {
  if (token.type === 'list') return token.items as Token[]
  if (token.type === 'table') {
    const cells = [token.header, ...token.rows].flat() as { tokens: Token[] }[]
    return cells.flatMap(({ tokens }) => [{ type: 'cell', raw: '', tokens } as Token])
  }
  return ('tokens' in token && token.tokens) || []
}

function nothingRead(): Reading {
  return { skeleton: [], tags: [], addresses: [], text: '' }
}

const tag = /<!--[\s\S]*?-->|<[!?/a-zA-Z](?:"[^"]*"|'[^']*'|[^'">])*>/g

function readHtml(html: string, reading: Reading): void {
  const tags = html.match(tag) ?? []
  reading.tags.push(...tags)
  reading.skeleton.push(...tags.filter((each) => each !== '</code>'))
  reading.text += `${unescapeHtml(html.replaceAll(tag, '\n'))}\n`
}

function finish(reading: Reading): Reading {
  const isCode = (kind: string) => kind === '<code>' || kind === 'inlineCode' || kind === 'codespan'
  return {
    ...reading,
    skeleton: reading.skeleton.map((kind) => (isCode(kind) ? 'code in a line' : kind)),
    text: unescapeHtml(reading.text),
  }
}

const entities = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#91;', '['],
  ['&#93;', ']'],
  ['&#124;', '|'],
  ['&#36;', '$'],
  ['&#8203;', '\u200b'],
])

function unescapeHtml(text: string): string {
  return text.replaceAll(
    /&(?:amp|lt|gt|quot|#91|#93|#124|#36|#8203);/g,
    (entity) => entities.get(entity) ?? entity,
  )
}

/** What GitHub would still make live of plain text. Source: GitHub Docs, "Autolinked references and URLs"; GFM 6.9. */
export const live: [string, RegExp][] = [
  ['a mention', /@[a-z\d]/i],
  ['an issue', /#\d|\bGH-\d/i],
  ['an address', /:\/\/|\bwww\.|\b(mailto|xmpp):/i],
  ['a commit', /(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])/i],
  ['an emoji', /:[\w+-]+:/],
]
