/**
 * Characters that change how their neighbours are shown, or are not shown at all: controls, bidirectional marks and overrides,
 * zero-width and tag characters, unpaired surrogates. Source: Unicode TR36; CVE-2021-42574 ("Trojan Source").
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** Control characters that are part of ordinary text, and the selector that makes a sign an emoji. */
const harmless = new Set(['\n', '\t', '\u{fe0f}'])

/** The text with every invisible or reordering character written out: `U+202E`. Newlines and tabs stay. */
export function showInvisible(text: string): string {
  return text.replaceAll(invisible, (character) =>
    harmless.has(character) ? character : `‹U+${hexadecimal(character)}›`,
  )
}

function hexadecimal(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}

/** Punctuation with a meaning inside a line; an underscore between letters has none. */
const punctuation = /[\\`*[\]<|~$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu

/** Punctuation with a meaning at the beginning of a block: lists, quotes, headings, rules. */
const opening = /^(\s*)([-+>=]|\d+[.)](?=\s|$))/

/**
 * One line of plain text as Markdown that shows exactly that text: no mark-up, HTML, link, mention, reference or commit link.
 * Source: CommonMark 0.31 and GitHub Docs, "Autolinked references and URLs".
 */
export function escapeMarkdown(text: string): string {
  return showInvisible(text.replaceAll('\r\n', '\n'))
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll(punctuation, (character) => (character === '<' ? '&lt;' : `\\${character}`))
    .replace(opening, (_, space: string, mark: string) => `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`)
    .replaceAll(/[@#]/g, '$&&#8203;')
    .replaceAll(/:(?=\/\/)|\bwww(?=\.)|\bGH(?=-\d)/gi, '$&&#8203;')
    .replaceAll(/\b[0-9a-f](?=[0-9a-f]{6,39}\b)/gi, '$&&#8203;')
}

/** Text inside an HTML element such as `<summary>`, where Markdown is not read. */
export function escapeHtml(text: string): string {
  return showInvisible(text.replaceAll('\r\n', '\n'))
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[@#]/g, '$&&#8203;')
}

/** A code span whose delimiter is longer than any run of backticks inside; nothing in it is live. */
export function codeSpan(text: string): string {
  const content = showInvisible(text).replaceAll(/\s+/g, ' ')
  if (content.trim() === '') return '` `'
  const delimiter = '`'.repeat(longestRun(content, '`') + 1)
  const padding = content.startsWith('`') || content.endsWith('`') ? ' ' : ''
  return `${delimiter}${padding}${content}${padding}${delimiter}`
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
