/**
 * How a tool reads the patterns of its users. All of them take `?` for one character and `[a-z]` for one of a set, in
 * which `^` first means any other.
 */
export interface GlobDialect {
  /** `*` and `?` take slashes too. */
  crossesFolders: boolean
  /** `**` as a whole segment stands for any number of folders. */
  hasDoubleStar: boolean
  /** `{a,b}` stands for a or b. */
  hasBraces: boolean
  /** `!` first in a set means any other, as `^` does. */
  negatesWithBang: boolean
}

/** Source: Go, path.Match; Argo CD, applicationset/generators/git.go (`directories`). */
export const goPath: GlobDialect = {
  crossesFolders: false,
  hasDoubleStar: false,
  hasBraces: false,
  negatesWithBang: false,
}

/** Source: git, gitglossary "pathspec", with no magic; Argo CD, util/git/client.go LsFiles (`files`). */
export const gitPathspec: GlobDialect = {
  crossesFolders: true,
  hasDoubleStar: false,
  hasBraces: false,
  negatesWithBang: true,
}

/** Source: bmatcuk/doublestar; Argo CD, reposerver/repository/repository.go getResolvedValueFiles. */
export const doubleStar: GlobDialect = {
  crossesFolders: false,
  hasDoubleStar: true,
  hasBraces: true,
  negatesWithBang: true,
}

/** Source: gobwas/glob without separators; Argo CD, util/glob/glob.go (`directory.include`, `directory.exclude`). */
export const gobwas: GlobDialect = {
  crossesFolders: true,
  hasDoubleStar: false,
  hasBraces: true,
  negatesWithBang: true,
}

/** More alternatives than people write; a pattern with more of them matches nothing. */
const mostAlternatives = 500

type Token =
  | { kind: 'character'; value: string }
  | { kind: 'one' }
  | { kind: 'star' }
  | { kind: 'folders' }
  | { kind: 'anything' }
  | { kind: 'set'; ranges: [string, string][]; isNegated: boolean }

/** Whether the whole of `path` fits. Takes steps in the length of the pattern times that of the path at most. */
export function matchesPathGlob(pattern: string, path: string, dialect: GlobDialect): boolean {
  const alternatives = dialect.hasBraces ? expandBraces(pattern) : [pattern]
  return alternatives.some((each) => {
    const tokens = tokensOf(each, dialect)
    return tokens !== undefined && matchesTokens(tokens, path, dialect)
  })
}

/** The positions of the path that can be reached after each token. */
function matchesTokens(tokens: readonly Token[], path: string, dialect: GlobDialect): boolean {
  let reached = new Set([0])
  for (const token of tokens) {
    reached = advance(token, reached, path, dialect)
    if (reached.size === 0) return false
  }
  return reached.has(path.length)
}

function advance(token: Token, from: ReadonlySet<number>, path: string, dialect: GlobDialect): Set<number> {
  const next = new Set<number>()
  if (token.kind === 'star' || token.kind === 'anything' || token.kind === 'folders') {
    spread(token.kind, from, path, dialect, next)
    return next
  }
  for (const at of from) {
    if (at < path.length && takes(token, path.charAt(at), dialect)) next.add(at + 1)
  }
  return next
}

/** Each position is looked at once: where one start has been, no other has to go again. */
function spread(
  kind: 'star' | 'anything' | 'folders',
  from: ReadonlySet<number>,
  path: string,
  dialect: GlobDialect,
  next: Set<number>,
): void {
  const stopsAtSlash = kind === 'star' && !dialect.crossesFolders
  let isOn = false
  for (let at = 0; at <= path.length; at++) {
    if (from.has(at)) isOn = true
    if (isOn && (kind !== 'folders' || from.has(at) || path[at - 1] === '/')) next.add(at)
    if (stopsAtSlash && path[at] === '/') isOn = false
  }
}

function takes(
  token: Exclude<Token, { kind: 'star' | 'anything' | 'folders' }>,
  character: string,
  dialect: GlobDialect,
): boolean {
  if (token.kind === 'character') return token.value === character
  if (character === '/' && !dialect.crossesFolders) return false
  if (token.kind === 'one') return true
  return token.ranges.some(([low, high]) => low <= character && character <= high) !== token.isNegated
}

/** Undefined for a pattern that its tool refuses. */
function tokensOf(pattern: string, dialect: GlobDialect): Token[] | undefined {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length;) {
    const character = pattern.charAt(at)
    const isSegmentStart = at === 0 || pattern[at - 1] === '/'
    if (dialect.hasDoubleStar && isSegmentStart && /^\*\*(?:\/|$)/.test(pattern.slice(at, at + 3))) {
      tokens.push({ kind: at + 2 === pattern.length ? 'anything' : 'folders' })
      at += 3
    } else if (character === '*') {
      tokens.push({ kind: 'star' })
      at += 1
    } else if (character === '?') {
      tokens.push({ kind: 'one' })
      at += 1
    } else if (character === '[') {
      const set = readSet(pattern, at, dialect)
      if (!set) return undefined
      tokens.push(set.token)
      at = set.end
    } else {
      if (character === '\\') at += 1
      if (at === pattern.length) return undefined
      tokens.push({ kind: 'character', value: pattern.charAt(at) })
      at += 1
    }
  }
  return tokens
}

function readSet(
  pattern: string,
  start: number,
  dialect: GlobDialect,
): { token: Token; end: number } | undefined {
  let at = start + 1
  const isNegated = pattern[at] === '^' || (dialect.negatesWithBang && pattern[at] === '!')
  if (isNegated) at += 1
  const ranges: [string, string][] = []
  for (; at < pattern.length && (pattern[at] !== ']' || ranges.length === 0); at++) {
    if (pattern[at] === '\\') at += 1
    const low = pattern.charAt(at)
    const isRange = pattern[at + 1] === '-' && at + 2 < pattern.length && pattern[at + 2] !== ']'
    if (isRange) at += 2
    ranges.push([low, pattern.charAt(at)])
  }
  return pattern[at] === ']' ? { token: { kind: 'set', ranges, isNegated }, end: at + 1 } : undefined
}

/** `a{b,c{d,e}}` as `ab`, `acd`, `ace`; nothing where the braces do not close. */
function expandBraces(pattern: string): string[] {
  const waiting = [pattern]
  const done: string[] = []
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const group = firstGroup(next)
    if (group === 'none') done.push(next)
    else if (group === 'open') return []
    else waiting.push(...group.options.map((option) => group.before + option + group.after))
    if (waiting.length + done.length > mostAlternatives) return []
  }
  return done
}

function firstGroup(pattern: string): { before: string; options: string[]; after: string } | 'none' | 'open' {
  let depth = 0
  let start = 0
  let optionStart = 0
  const options: string[] = []
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]
    if (character === '\\') at += 1
    else if (character === '{') {
      if (depth === 0) [start, optionStart] = [at, at + 1]
      depth += 1
    } else if (character === ',' && depth === 1) {
      options.push(pattern.slice(optionStart, at))
      optionStart = at + 1
    } else if (character === '}' && depth > 0) {
      depth -= 1
      if (depth > 0) continue
      options.push(pattern.slice(optionStart, at))
      return { before: pattern.slice(0, start), options, after: pattern.slice(at + 1) }
    }
  }
  return depth > 0 ? 'open' : 'none'
}
