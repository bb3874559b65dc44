/** A PromQL instant vector selector: metric and label matchers, nothing else. */
export interface Selector {
  metric: string
  matchers: Matcher[]
}

export interface Matcher {
  label: string
  operator: '=' | '!=' | '=~' | '!~'
  value: string
}

const maxLength = 2_000
const matcherPattern =
  /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')\s*/y

/** Reads a selector; the reason where the text is more than one, so that nothing else reaches a query. */
export function parseSelector(text: string): Selector | { reason: string } {
  const refused = {
    reason: `"${text.slice(0, 200)}" is not a metric with label matchers, such as http_requests_total{app="web"}`,
  }
  const head = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{([^]*)\})?\s*$/.exec(text.slice(0, maxLength))
  if (!head || text.length > maxLength) return refused
  const [, metric = '', body = ''] = head
  const matchers: Matcher[] = []
  let position = 0
  while (body.slice(position).trim() !== '') {
    matcherPattern.lastIndex = position
    const match = matcherPattern.exec(body)
    if (!match) return refused
    const [all, label = '', operator = '=', quoted = '""'] = match
    const value = unquote(quoted)
    if (value === undefined) return refused
    matchers.push({ label, operator: operator as Matcher['operator'], value })
    position += all.length
    if (position >= body.length) break
    if (body[position] !== ',') return refused
    position += 1
  }
  return { metric, matchers }
}

export function formatSelector({ metric, matchers }: Selector): string {
  const inner = matchers.map(({ label, operator, value }) => `${label}${operator}${quoteLabel(value)}`)
  return inner.length === 0 ? metric : `${metric}{${inner.join(',')}}`
}

/** A label's value as PromQL reads it back, whatever is in it. */
export function quoteLabel(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}

/** Escapes as in Go; undefined for those that no label needs. */
function unquote(quoted: string): string | undefined {
  let isKnown = true
  const value = quoted.slice(1, -1).replace(/\\(.)/g, (_all, escaped: string) => {
    const meant = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" }[escaped]
    if (meant === undefined) isKnown = false
    return meant ?? ''
  })
  return isKnown ? value : undefined
}
