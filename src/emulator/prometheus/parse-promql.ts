/** The part of PromQL that the product's queries use. */
export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'selector'; metric: string; matchers: Matcher[]; rangeSeconds?: number; offsetSeconds: number }
  | { kind: 'call'; name: RangeFunction; of: Expression }
  | { kind: 'timestamp'; of: Expression }
  | { kind: 'clamp_min'; of: Expression; least: number }
  | { kind: 'aggregate'; name: Aggregation; by: string[]; of: Expression }
  | { kind: 'binary'; operator: Operator; ignoring: string[]; left: Expression; right: Expression }

const rangeFunctions = ['rate', 'increase', 'count_over_time'] as const
export type RangeFunction = (typeof rangeFunctions)[number]
const aggregations = ['sum', 'count', 'max'] as const
export type Aggregation = (typeof aggregations)[number]

export interface Matcher {
  label: string
  operator: string
  value: string
}

const precedence = {
  or: 1,
  and: 2,
  '==': 3,
  '!=': 3,
  '>': 3,
  '<': 3,
  '>=': 3,
  '<=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
}
export type Operator = keyof typeof precedence

const tokenPattern =
  /\s*(?:(\d+(?:\.\d+)?(?:ms|[smhdwy])(?![a-zA-Z0-9_]))|(\d+(?:\.\d+)?(?:e[+-]?\d+)?)|("(?:[^"\\]|\\.)*")|([a-zA-Z_:][a-zA-Z0-9_:]*)|(=~|!~|!=|==|>=|<=|[=<>+\-*/(){}[\],]))/y

const seconds: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, w: 604800, y: 31536000 }

interface Token {
  kind: 'duration' | 'number' | 'string' | 'word' | 'sign' | 'end'
  text: string
}

/** Throws an Error with a sentence where the text is not in the part that is understood. */
export function parsePromql(text: string): Expression {
  const tokens = tokenise(text)
  let position = 0
  const expression = binary(0)
  if (peek().kind !== 'end') throw new Error(`unexpected "${peek().text}"`)
  return expression

  function peek(): Token {
    return tokens[position] ?? { kind: 'end', text: '' }
  }
  function next(): Token {
    const token = peek()
    position += 1
    return token
  }
  function accept(sign: string): boolean {
    if (peek().text !== sign || peek().kind === 'string') return false
    position += 1
    return true
  }
  function expect(sign: string): void {
    if (!accept(sign)) throw new Error(`expected "${sign}", found "${peek().text}"`)
  }

  function binary(least: number): Expression {
    let left = unary()
    for (;;) {
      const operator = peek().text
      const rank = peek().kind !== 'string' && isOperator(operator) ? precedence[operator] : 0
      if (!isOperator(operator) || rank <= least) return left
      next()
      const ignoring = accept('ignoring') ? labels() : []
      left = { kind: 'binary', operator, ignoring, left, right: binary(rank) }
    }
  }

  function unary(): Expression {
    const token = next()
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) }
    if (token.kind === 'sign' && token.text === '-') {
      return {
        kind: 'binary',
        operator: '*',
        ignoring: [],
        left: { kind: 'number', value: -1 },
        right: unary(),
      }
    }
    if (token.kind === 'sign' && token.text === '(') {
      const inner = binary(0)
      expect(')')
      return inner
    }
    if (token.kind !== 'word') throw new Error(`unexpected "${token.text}"`)
    const aggregation = aggregations.find((name) => name === token.text)
    if (aggregation) return aggregate(aggregation)
    if (peek().text === '(') return call(token.text)
    return selector(token.text)
  }

  function aggregate(name: Aggregation): Expression {
    let by = accept('by') ? labels() : undefined
    expect('(')
    const of = binary(0)
    expect(')')
    by ??= accept('by') ? labels() : []
    return { kind: 'aggregate', name, by, of }
  }

  function labels(): string[] {
    expect('(')
    const names: string[] = []
    while (!accept(')')) {
      names.push(next().text)
      accept(',')
    }
    return names
  }

  function call(name: string): Expression {
    const known = rangeFunctions.find((rangeFunction) => rangeFunction === name)
    if (!known && name !== 'timestamp' && name !== 'clamp_min') throw new Error(`unknown function ${name}`)
    expect('(')
    const of = binary(0)
    if (name === 'clamp_min') {
      expect(',')
      const least = Number(next().text)
      expect(')')
      return { kind: 'clamp_min', of, least }
    }
    expect(')')
    if (!known) return { kind: 'timestamp', of }
    if (of.kind !== 'selector' || of.rangeSeconds === undefined) throw new Error(`${name} wants a range`)
    return { kind: 'call', name: known, of }
  }

  function selector(metric: string): Expression {
    const matchers: Matcher[] = []
    if (accept('{')) {
      while (!accept('}')) {
        const label = next().text
        const operator = next().text
        const value = next()
        if (value.kind !== 'string' || !['=', '!=', '=~', '!~'].includes(operator))
          throw new Error('bad matcher')
        matchers.push({ label, operator, value: unquote(value.text) })
        if (!accept(',') && peek().text !== '}') throw new Error('bad matcher list')
      }
    }
    const rangeSeconds = accept('[') ? duration() : undefined
    if (rangeSeconds !== undefined) expect(']')
    return {
      kind: 'selector',
      metric,
      matchers,
      rangeSeconds,
      offsetSeconds: accept('offset') ? duration() : 0,
    }
  }

  function duration(): number {
    const token = next()
    const [, amount = '', unit = ''] = /^([\d.]+)([a-z]+)$/.exec(token.text) ?? []
    if (token.kind !== 'duration') throw new Error(`"${token.text}" is not a duration`)
    return Number(amount) * (seconds[unit] ?? 0)
  }
}

function tokenise(text: string): Token[] {
  const kinds = ['duration', 'number', 'string', 'word', 'sign'] as const
  const tokens: Token[] = []
  let position = 0
  while (text.slice(position).trim() !== '') {
    tokenPattern.lastIndex = position
    const match = tokenPattern.exec(text)
    if (!match) throw new Error(`unexpected character at ${position}`)
    const index = match.slice(1).findIndex((group) => group !== undefined)
    tokens.push({ kind: kinds[index] ?? 'sign', text: match[index + 1] ?? '' })
    position = tokenPattern.lastIndex
  }
  return tokens
}

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, (_all, escaped: string) => (escaped === 'n' ? '\n' : escaped))
}

function isOperator(text: string): text is Operator {
  return Object.hasOwn(precedence, text)
}
