/**
 * The lines of a comment on which a command may stand: those that begin with a slash in the first column and are shown as
 * ordinary text. Lines inside fences, indented code, quotes (also where a line only continues one), HTML and code spans are not.
 * Where Markdown is doubtful the line counts as hidden. Source: CommonMark 0.31, sections 4 to 6; GitHub Flavored Markdown.
 */
export function commandLines(body: string): string[] {
  const lines: string[] = []
  for (const block of textBlocks(body.replaceAll(/\r\n?/g, '\n').split('\n'))) {
    const hidden = hiddenLines(block)
    lines.push(...block.filter((line, index) => startsCommand(line) && !hidden.has(index)))
  }
  return lines
}

/** The full-width slash too, so that a command that looks right can be answered. */
function startsCommand(line: string): boolean {
  return line.startsWith('/') || line.startsWith('\uFF0F')
}

interface Html {
  kind: 'html'
  /** What a line must contain to close it; undefined: a blank line does. */
  end?: RegExp
}

interface Fence {
  kind: 'fence'
  mark: string
  length: number
}

/** How far the scan has come in the structure of blocks. */
type State = { kind: 'text' } | Fence | Html

/**
 * Runs of lines that make one paragraph at most; lines that belong to code, quotes or HTML end a run and are left out.
 * Whether a line still belongs to the list above it hangs on everything inside that list. Where that would decide about a
 * fence or an HTML block, that paragraph and the rest of the comment are left out.
 */
function textBlocks(lines: readonly string[]): string[][] {
  const blocks: string[][] = [[]]
  let state: State = { kind: 'text' }
  let list: { indent: number; fence?: Fence; isDoubtful: boolean } | undefined
  let isQuote = false
  let followsText = false
  const cut = () => {
    if (blocks.at(-1)?.length !== 0) blocks.push([])
    isQuote = false
    followsText = false
  }

  for (const line of lines) {
    const indent = indentOf(line)
    if (state.kind === 'fence') {
      if (closesFence(line, state)) state = { kind: 'text' }
      continue
    }
    if (state.kind === 'html') {
      if (state.end === undefined ? line.trim() === '' : state.end.test(line)) state = { kind: 'text' }
      continue
    }
    if (line.trim() === '') {
      cut()
      continue
    }
    if (list !== undefined && indent >= list.indent) {
      const inner = line.trim()
      if (list.isDoubtful && indent < 4 && (opensFence(line) || opensHtml(line, false)))
        return blocks.slice(0, -1)
      if (list.fence !== undefined) list.fence = closesFence(inner, list.fence) ? undefined : list.fence
      else list.fence = opensFence(inner)
      if (isQuoteLine(line)) isQuote = true
      blocks.at(-1)?.push(line)
      followsText = true
      continue
    }
    if (list?.fence !== undefined) return blocks.slice(0, -1)
    const isNested = list !== undefined || isQuote
    if (isNested && followsText && wholeTag.test(line.slice(0, 2000))) return blocks.slice(0, -1)

    const isRule = /^ {0,3}([-*_])([ \t]*\1){2,}[ \t]*$/.test(line)
    const item = isRule ? undefined : listItem(line)
    const fence = opensFence(line)
    const html = opensHtml(line, followsText)
    if (isQuoteLine(line)) {
      cut()
      isQuote = true
      followsText = true
      list = item && { indent: item.indent, isDoubtful: false }
    } else if (fence !== undefined) {
      cut()
      list = undefined
      state = fence
    } else if (html !== undefined) {
      cut()
      list = undefined
      if (!html.end?.test(line.trimStart().slice(2))) state = html
    } else if (item !== undefined) {
      cut()
      list = { indent: item.indent, fence: opensFence(item.content), isDoubtful: false }
      blocks.at(-1)?.push(line)
      followsText = true
    } else if (isRule || /^ {0,3}#{1,6}(\s|$)/.test(line)) {
      cut()
      list = undefined
    } else if (followsText || indent < 4) {
      if (!followsText) list = undefined
      else if (list !== undefined) list.isDoubtful = true
      if (!isQuote) blocks.at(-1)?.push(line)
      followsText = true
    }
  }
  return blocks
}

function indentOf(line: string): number {
  let width = 0
  for (const character of line) {
    if (character === ' ') width++
    else if (character === '\t') width += 4 - (width % 4)
    else break
  }
  return width
}

function opensFence(line: string): Fence | undefined {
  const [, marks] = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line) ?? []
  return marks === undefined ? undefined : { kind: 'fence', mark: marks[0] ?? '`', length: marks.length }
}

function closesFence(line: string, fence: { mark: string; length: number }): boolean {
  const [, marks] = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line) ?? []
  return marks !== undefined && marks[0] === fence.mark && marks.length >= fence.length
}

/** Also a quote inside a list item. */
function isQuoteLine(line: string): boolean {
  return /^\s*((?:[-*+]|\d{1,9}[.)])\s+)*>/.test(line.slice(0, 200))
}

/** Where the content of a list item begins and what it is, if the line begins one. */
function listItem(line: string): { indent: number; content: string } | undefined {
  const [marker] = /^ {0,3}([-*+]|\d{1,9}[.)])(?=\s|$)/.exec(line) ?? []
  if (marker === undefined) return undefined
  const blanks = /^ */.exec(line.slice(marker.length))?.[0].length ?? 0
  return {
    indent: marker.length + (blanks >= 1 && blanks <= 4 ? blanks : 1),
    content: line.slice(marker.length).trim(),
  }
}

const wholeTag = /^ {0,3}<\/?[A-Za-z][A-Za-z0-9-]*(\s[^<>]*)?\/?>\s*$/

/** Section 4.6; the names of block elements are not told apart from others, which hides a little more. */
function opensHtml(line: string, followsText: boolean): Html | undefined {
  const text = line.trimStart()
  if (!text.startsWith('<') || indentOf(line) > 3) return undefined
  if (/^<(pre|script|style|textarea)(\s|>|$)/i.test(text))
    return { kind: 'html', end: /<\/(pre|script|style|textarea)>/i }
  if (text.startsWith('<!--')) return { kind: 'html', end: /-->/ }
  if (text.startsWith('<?')) return { kind: 'html', end: /\?>/ }
  if (text.startsWith('<![CDATA[')) return { kind: 'html', end: /\]\]>/ }
  if (/^<![A-Za-z]/.test(text)) return { kind: 'html', end: />/ }
  if (blockElement.test(text) || (!followsText && wholeTag.test(line.slice(0, 2000)))) return { kind: 'html' }
  return undefined
}

const blockElement = new RegExp(
  `^</?(${[
    'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt',
    'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu',
    'menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul',
  ].join('|')})(\\s|/?>|$)`,
  'i',
)

/** Lines of a paragraph whose beginning lies inside a code span, a comment or a tag. */
function hiddenLines(block: readonly string[]): Set<number> {
  const text = block.join('\n')
  const hidden = new Set<number>()
  let line = 0
  let index = 0
  const skipTo = (end: number) => {
    for (; index < end; index++) if (text[index] === '\n') hidden.add(++line)
  }
  const closers = new Map<string, number>()
  const findFrom = (closer: string, from: number): number => {
    // Once a closer is known to be missing it is not looked for again, so that the scan stays linear.
    if (closers.get(closer) === -1) return -1
    const found = closer.startsWith('`') ? findRun(text, closer, from) : text.indexOf(closer, from)
    if (found === -1) closers.set(closer, -1)
    return found
  }
  while (index < text.length) {
    const character = text[index]
    if (character === '\n') {
      line++
      index++
    } else if (character === '\\') {
      index += text[index + 1] === '\n' ? 1 : 2
    } else if (character === '`') {
      const run = /^`+/.exec(text.slice(index, index + 1000))?.[0] ?? '`'
      const end = findFrom(run, index + run.length)
      if (end === -1) index += run.length
      else skipTo(end + run.length)
    } else if (character === '<' && /^<[A-Za-z/!?]/.test(text.slice(index, index + 2))) {
      const closer = text.startsWith('<!--', index) ? '-->' : '>'
      const end = findFrom(closer, index + 1)
      if (end === -1) index++
      else skipTo(closer === '>' ? endOfTag(text, index) + 1 : end + closer.length)
    } else index++
  }
  return hidden
}

/** The `>` that ends a tag; of a tag over several lines, where its quotes may deceive, the last one of the paragraph. */
function endOfTag(text: string, start: number): number {
  for (let index = start; index < text.length && text[index] !== '\n'; index++) {
    const character = text[index] ?? ''
    if (character === '>') return index
    if (character !== '"' && character !== "'") continue
    const end = text.indexOf(character, index + 1)
    if (end === -1 || text.slice(index, end).includes('\n')) break
    index = end
  }
  return text.lastIndexOf('>')
}

/** The next run of exactly as many backticks. */
function findRun(text: string, run: string, from: number): number {
  for (let at = text.indexOf(run, from); at !== -1;) {
    let end = at + run.length
    while (text[end] === '`') end++
    if (end - at === run.length) return at
    at = text.indexOf(run, end)
  }
  return -1
}
