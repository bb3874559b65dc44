import { matchesSequence } from '../config/glob.ts'

/**
 * Whether a pattern as Go's `path.Match` reads it takes a whole text, a slash being a character like any other: `*`, `?`,
 * `[a-z]`, `[^a-z]` and backslashes. A pattern that Go calls malformed gives undefined.
 * Source: fluxcd/pkg, envsubst/path/match.go.
 */
export function matchGlob(pattern: string, text: string): boolean | undefined {
  const tokens = readTokens(Array.from(pattern))
  return tokens && matchesSequence<Exclude<Token, 'any'>>(tokens, Array.from(text), takes)
}

type Token = 'any' | 'one' | { literal: string } | { ranges: [string, string][]; isNegated: boolean }

function readTokens(characters: readonly string[]): Token[] | undefined {
  const tokens: Token[] = []
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? ''
    if (character === '*') tokens.push('any')
    else if (character === '?') tokens.push('one')
    else if (character === '[') {
      const found = readClass(characters, at + 1)
      if (!found) return undefined
      tokens.push(found.token)
      at = found.end
    } else {
      if (character === '\\') at += 1
      const literal = characters[at]
      if (literal === undefined) return undefined
      tokens.push({ literal })
    }
  }
  return tokens
}

/** From behind the opening bracket; `end` is where the closing one stands. */
function readClass(characters: readonly string[], start: number): { token: Token; end: number } | undefined {
  const isNegated = characters[start] === '^'
  const ranges: [string, string][] = []
  let at = isNegated ? start + 1 : start
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = readBound(characters, at)
    if (!low) return undefined
    const high = characters[low.next] === '-' ? readBound(characters, low.next + 1) : low
    if (!high) return undefined
    ranges.push([low.character, high.character])
    at = high.next
  }
  return { token: { ranges, isNegated }, end: at }
}

function readBound(
  characters: readonly string[],
  at: number,
): { character: string; next: number } | undefined {
  const first = characters[at]
  if (first === undefined || first === '-' || first === ']') return undefined
  const place = first === '\\' ? at + 1 : at
  const character = characters[place]
  return character === undefined ? undefined : { character, next: place + 1 }
}

function takes(token: Exclude<Token, 'any'>, character: string): boolean {
  if (token === 'one') return true
  if ('literal' in token) return token.literal === character
  const isIn = token.ranges.some(([low, high]) => low <= character && character <= high)
  return isIn !== token.isNegated
}
