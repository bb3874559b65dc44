/**
 * What keeps `text` from being a plain PromQL selector, `name{label="value",…}`; undefined where it is one.
 * Rough on purpose: the metrics server has the last word; this finds ranges, functions and unbalanced braces before it is asked.
 */
export function selectorFault(text: string): string | undefined {
  const head = /^\s*[A-Za-z_:][A-Za-z0-9_:]*/.exec(text)?.[0] ?? ''
  const rest = text.slice(head.length).trim()
  if (rest.startsWith('(')) return 'is a function call; the range and the rate are added here'
  if (rest.startsWith('[')) return 'has a range; the range is added here'
  if (rest === '') return head === '' ? 'is empty' : undefined
  if (!rest.startsWith('{')) return `has ${JSON.stringify(rest.slice(0, 20))} where "{" was expected`
  return matchersFault(rest)
}

function matchersFault(text: string): string | undefined {
  let quote: string | undefined
  let end = -1
  let content = ''
  for (let index = 1; index < text.length && end === -1; index++) {
    const character = text[index] ?? ''
    if (quote !== undefined) {
      if (character === '\\' && quote !== '`') index++
      else if (character === quote) quote = undefined
    } else if (character === '"' || character === "'" || character === '`') {
      quote = character
      content += '"'
    } else if (character === '{') return 'has a "{" inside its braces'
    else if (character === '}') end = index
    else content += character
  }
  if (quote !== undefined) return 'has a quote that is never closed'
  if (end === -1) return 'has a "{" that is never closed'
  const tail = text.slice(end + 1).trim()
  if (tail.startsWith('[')) return 'has a range; the range is added here'
  if (tail !== '') return `has ${JSON.stringify(tail.slice(0, 20))} after its "}"`
  const matchers = content.split(',').map((matcher) => matcher.trim())
  if (matchers.at(-1) === '') matchers.pop()
  const wrong = matchers.find((matcher) => !/^[A-Za-z_][A-Za-z0-9_]*\s*(=|!=|=~|!~)\s*"$/.test(matcher))
  return wrong === undefined ? undefined : 'has a label matcher that is not like label="value"'
}
