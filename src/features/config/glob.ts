/** One part of a pattern for a name: any text, one character, or this character. */
export type Token = 'any' | 'one' | { literal: string }

/** Whether `name` fits `glob`, in which `*` stands for any text and every other character for itself. */
export function matchesGlob(glob: string, name: string): boolean {
  const tokens = glob
    .split('')
    .map((character): Token => (character === '*' ? 'any' : { literal: character }))
  return matchesTokens(tokens, name)
}

/** Whether the whole of `name` fits. Letters are told apart by case. */
export function matchesTokens(tokens: readonly Token[], name: string): boolean {
  return matchesSequence(
    tokens,
    name,
    (token: Exclude<Token, 'any'>, character) => token === 'one' || token.literal === character,
  )
}

/** Whether the tokens take the whole text. Steps back to the last `any` only, so the work is bounded by both lengths' product. */
export function matchesSequence<One>(
  tokens: readonly ('any' | One)[],
  text: ArrayLike<string>,
  takes: (token: One, character: string) => boolean,
): boolean {
  let at = 0
  let place = 0
  let star = -1
  let retry = 0
  while (place < text.length) {
    const token = tokens[at]
    if (token === 'any') {
      star = at++
      retry = place
    } else if (token !== undefined && takes(token, text[place] ?? '')) {
      at++
      place++
    } else if (star !== -1) {
      at = star + 1
      place = ++retry
    } else return false
  }
  while (tokens[at] === 'any') at++
  return at === tokens.length
}
