/** What a configured path says about a folder that it matches. */
export interface TemplateMatch {
  application?: string
  environment?: string
  cluster?: string
}

const placeholders = ['application', 'environment', 'cluster'] as const

/**
 * Matches `apps/{application}/overlays/{environment}` against a whole path. A placeholder takes at least one character
 * and no slash; the same placeholder twice must take the same text. `*` takes any one segment or part of it.
 */
export function matchTemplate(template: string, path: string): TemplateMatch | undefined {
  const patterns = template.replace(/^\.\//, '').replace(/\/+$/, '').split('/')
  const segments = path.split('/')
  if (patterns.length !== segments.length) return undefined
  let found: TemplateMatch | undefined = {}
  for (const [index, pattern] of patterns.entries()) {
    found = matchSegment(tokensOf(pattern), segments[index] ?? '', found)
    if (!found) return undefined
  }
  return found
}

type Token = { literal: string } | { name: (typeof placeholders)[number] | '*' }

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = []
  let literal = ''
  for (let at = 0; at < pattern.length;) {
    const name = pattern[at] === '*' ? '*' : placeholders.find((each) => pattern.startsWith(`{${each}}`, at))
    if (name === undefined) {
      literal += pattern.charAt(at)
      at += 1
      continue
    }
    if (literal !== '') tokens.push({ literal })
    literal = ''
    tokens.push({ name })
    at += name === '*' ? 1 : name.length + 2
  }
  return literal === '' ? tokens : [...tokens, { literal }]
}

/** Shortest first; the number of placeholders in a segment is small, so trying is cheap. */
function matchSegment(
  tokens: readonly Token[],
  text: string,
  found: TemplateMatch,
): TemplateMatch | undefined {
  const [token, ...rest] = tokens
  if (!token) return text === '' ? found : undefined
  if ('literal' in token) {
    return text.startsWith(token.literal)
      ? matchSegment(rest, text.slice(token.literal.length), found)
      : undefined
  }
  const lengths =
    rest.length === 0 ? [text.length] : Array.from({ length: text.length }, (_, index) => index + 1)
  for (const length of lengths) {
    const taken = text.slice(0, length)
    if (taken === '') continue
    if (token.name !== '*' && found[token.name] !== undefined && found[token.name] !== taken) continue
    const next = token.name === '*' ? found : { ...found, [token.name]: taken }
    const match = matchSegment(rest, text.slice(length), next)
    if (match) return match
  }
  return undefined
}
