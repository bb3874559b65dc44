import { matchesTokens, type Token } from '../config/glob.ts'

/** A path pattern as .gitignore and CODEOWNERS write it, taken apart once. */
export interface PathPattern {
  /** One entry per folder level; `**` stands for any number of levels. */
  segments: Segment[]
  /**
   * What may follow: `itself` nothing; `below` nothing or anything (a pattern that names a folder means all that is in it);
   * `inside` at least one more level (the pattern ended in a slash).
   */
  tail: 'itself' | 'below' | 'inside'
}

type Segment = '**' | Token[]

/** Undefined: the pattern can match nothing. */
export function parsePathPattern(text: string): PathPattern | undefined {
  const isRooted = text.startsWith('/')
  const words = splitSegments(isRooted ? text.slice(1) : text)
  const isFolder = words.at(-1) === ''
  if (isFolder) words.pop()
  if (words.length === 0 || words.includes('')) return undefined
  // A single name without a slash before or inside it is looked for on every level.
  if (!isRooted && words.length === 1) words.unshift('**')
  // `docs/**/` are the folders below docs, so one level more than `docs/**`.
  if (isFolder && words.at(-1) === '**') words.push('*')
  const last = words.at(-1)
  return {
    segments: words.map((word) => (word === '**' ? '**' : parseSegment(word))),
    // `docs/*` are the files of docs; every other name may be a folder's and then means all below it.
    tail: isFolder || last === '**' ? 'inside' : last === '*' ? 'itself' : 'below',
  }
}

/** At slashes that no backslash stands before. */
function splitSegments(text: string): string[] {
  const words: string[] = []
  let word = ''
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    if (character === '/') {
      words.push(word)
      word = ''
    } else word += character === '\\' ? character + text.charAt(++index) : character
  }
  return [...words, word]
}

/** `*` is any text without a slash, `?` one character. */
function parseSegment(word: string): Token[] {
  const tokens: Token[] = []
  for (let index = 0; index < word.length; index++) {
    const character = word.charAt(index)
    if (character === '*') tokens.push('any')
    else if (character === '?') tokens.push('one')
    else tokens.push({ literal: character === '\\' ? word.charAt(++index) || '\\' : character })
  }
  return tokens
}

/** Whether the pattern matches the path of a file. Steps back to the last `**` only, so the work is bounded by both lengths' product. */
export function matchesPath({ segments, tail }: PathPattern, path: string): boolean {
  const names = path.split('/')
  let at = 0
  let place = 0
  let star = -1
  let retry = 0
  for (;;) {
    if (at === segments.length && isEnd[tail](names.length - place)) return true
    const segment = segments[at]
    const name = names[place]
    if (segment === '**') {
      star = at++
      retry = place
    } else if (segment !== undefined && name !== undefined && matchesTokens(segment, name)) {
      at++
      place++
    } else if (star !== -1 && retry < names.length) {
      at = star + 1
      place = ++retry
    } else return false
  }
}

const isEnd: Record<PathPattern['tail'], (left: number) => boolean> = {
  itself: (left) => left === 0,
  below: () => true,
  inside: (left) => left > 0,
}
