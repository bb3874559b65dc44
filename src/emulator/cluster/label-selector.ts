import { StatusError } from './status-error.ts'

export type LabelMatcher = (labels: Record<string, string> | undefined) => boolean

/** `a=b,c!=d,e,!f,g in (x,y),h notin (z)`, as the API's labelSelector parameter. */
export function parseLabelSelector(text: string): LabelMatcher {
  const terms = splitTerms(text).map(parseTerm)
  return (labels = {}) => terms.every((term) => term(new Map(Object.entries(labels))))
}

/** Commas within parentheses separate values, not terms. */
function splitTerms(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '')
}

type Term = (labels: Map<string, string>) => boolean

function parseTerm(text: string): Term {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text)
  if (set) {
    const [, key = '', operator, list = ''] = set
    const values = new Set(list.split(',').map((value) => value.trim()))
    return operator === 'in'
      ? (labels) => values.has(labels.get(key) ?? '')
      : (labels) => !labels.has(key) || !values.has(labels.get(key) ?? '')
  }
  const unequal = text.split('!=')
  if (unequal.length === 2) return (labels) => labels.get(unequal[0]!) !== unequal[1]
  const equal = text.split(/={1,2}/)
  if (equal.length === 2) return (labels) => labels.get(equal[0]!) === equal[1]
  if (/[\s()=]/.test(text)) throw new StatusError(400, 'BadRequest', `unable to parse requirement: ${text}`)
  if (text.startsWith('!')) return (labels) => !labels.has(text.slice(1))
  return (labels) => labels.has(text)
}
