import { showInvisible } from '../../domain/show-invisible.ts'

/** The text on one line, as it is: for places where GitHub reads no mark-up at all. */
export function plainText(text: string): string {
  return showInvisible(text.replaceAll('\r\n', '\n'))
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
}

/** Breaks a word for GitHub and is not seen. Texts hold none of it: there it is written out as invisible. */
const wordBreak = '\u{200b}'

/**
 * What GitHub makes live in plain text after mark-up was read, wherever it stands: mentions, references to issues, addresses,
 * commit ids, names of emoji. Source: GitHub Docs, "Autolinked references and URLs"; GFM 6.9, "Autolinks (extension)".
 */
const live = [/[@#]/g, /:(?=\/\/)|\bwww(?=\.)|\bGH(?=-\d)|\b(?:mailto|xmpp)(?=:)/gi, /:(?=[\w+-]+:)/g]

/** A commit's id, whole or abbreviated: no more than six of its digits may stand together. */
const commitId = /(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])/gi

function defuse(text: string): string {
  const broken = text.replaceAll(commitId, (id) => id.replaceAll(/.{6}(?=.)/g, `$&${wordBreak}`))
  return live.reduce((result, pattern) => result.replaceAll(pattern, `$&${wordBreak}`), broken)
}

/** Punctuation with a meaning inside a line; an underscore between letters has none. */
const punctuation = /[\\`*~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu

/** What a backslash does not escape everywhere: in tables, in formulas, in the text of a link, and before HTML is read. */
const entities: [string, string][] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['[', '&#91;'],
  [']', '&#93;'],
  ['|', '&#124;'],
  ['$', '&#36;'],
  [wordBreak, '&#8203;'],
]

/** Punctuation with a meaning at the beginning of a block: lists, quotes, headings, rules. */
const opening = /^([-+=]|\d+[.)](?=\s|$))/

/** One line of plain text as Markdown that shows exactly that text: no mark-up, HTML, link, mention, formula or reference. */
export function escapeMarkdown(text: string): string {
  const escaped = defuse(plainText(text)).replaceAll(punctuation, '\\$&').replace(opening, escapeLast)
  return withEntities(escaped)
}

/** What our own advice shows as code. A list: text of a repository may stand in the same sentence, with backticks of its own. */
const ownCode = ['applications', 'charts', 'dependsOn', 'environments', 'postBuild.substitute', 'values']

/** A sentence of ours to people, in which those names between backticks are code; all else is as dead as any other text. */
export function escapeAdvice(text: string): string {
  return ownCode.reduce(
    (result, name) => result.replaceAll(`\\\`${name}\\\``, `\`${name}\``),
    escapeMarkdown(text),
  )
}

function escapeLast(mark: string): string {
  return `${mark.slice(0, -1)}\\${mark.slice(-1)}`
}

function withEntities(text: string): string {
  return entities.reduce((result, [sign, entity]) => result.replaceAll(sign, entity), text)
}

/** Text inside an HTML element such as `<summary>`, where Markdown is not read. */
export function escapeHtml(text: string): string {
  return withEntities(defuse(plainText(text))).replaceAll('"', '&quot;')
}

/** A code span whose delimiter is longer than any run of backticks inside; nothing in it is live. */
export function codeSpan(text: string): string {
  const content = showInvisible(text).replaceAll(/\s+/g, ' ')
  if (content.trim() === '') return '` `'
  const delimiter = '`'.repeat(longestRun(content, '`') + 1)
  const padding = /^`|`$|^ .* $/.test(content) ? ' ' : ''
  return `${delimiter}${padding}${content}${padding}${delimiter}`
}

/** Code in a table, where a bar ends the cell even inside a code span. */
export const codeCell = (text: string) => codeWithout('|', text)

/** Code as the text of a link, where not every reader of Markdown sees that a bracket stands in a code span. */
export const codeLabel = (text: string) => codeWithout('[]', text)

function codeWithout(signs: string, text: string): string {
  const isSafe = !Array.from(signs).some((sign) => text.includes(sign))
  return isSafe ? codeSpan(text) : `<code>${escapeMarkdown(text)}</code>`
}

/** A code block whose fence is longer than any run of backticks inside. */
export function codeBlock(text: string, language: string): string {
  const content = showInvisible(text)
  const fence = '`'.repeat(Math.max(3, longestRun(content, '`') + 1))
  return `${fence}${language}\n${content.endsWith('\n') ? content : `${content}\n`}${fence}`
}

function longestRun(text: string, character: string): number {
  let longest = 0
  let run = 0
  for (const current of text) {
    run = current === character ? run + 1 : 0
    if (run > longest) longest = run
  }
  return longest
}
