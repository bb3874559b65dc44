import { Undetermined } from './undetermined.ts'

export type GoToken =
  /** Whole numbers are bigint, others number. */
  | { kind: 'literal'; value: unknown }
  | { kind: 'function'; text: string }
  | { kind: 'dot'; fields: string[] }
  | { kind: 'variable'; text: string; fields: string[] }
  /** `fields` follow a closing parenthesis. */
  | { kind: 'mark'; text: string; fields: string[] }

const words: Record<string, unknown> = { true: true, false: false, nil: null }

/** The words of one action of a Go template. */
export function readGoTokens(text: string): GoToken[] {
  const tokens: GoToken[] = []
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at)
    const space = /^\s+/.exec(rest)?.[0].length ?? 0
    if (space > 0) {
      at += space
      continue
    }
    const { token, length } = readToken(rest, text)
    tokens.push(token)
    at += length
  }
  return tokens
}

function readToken(rest: string, action: string): { token: GoToken; length: number } {
  const found = (pattern: RegExp) => pattern.exec(rest)?.[0]
  const quoted = found(/^(?:"(?:[^"\\]|\\.)*"|`[^`]*`)/)
  if (quoted !== undefined)
    return { token: { kind: 'literal', value: unquote(quoted) }, length: quoted.length }
  const number = found(/^[-+]?\d+(?:\.\d+)?(?![\w.])/)
  if (number !== undefined) {
    const value = number.includes('.') ? Number(number) : BigInt(number.replace('+', ''))
    return { token: { kind: 'literal', value }, length: number.length }
  }
  const dotted = found(/^(?:\.\w+)+|^\.(?!\w)/)
  if (dotted !== undefined) return { token: { kind: 'dot', fields: fieldsOf(dotted) }, length: dotted.length }
  const variable = found(/^\$\w*(?:\.\w+)*/)
  if (variable !== undefined) {
    const [name = '$', ...fields] = variable.split('.')
    return { token: { kind: 'variable', text: name, fields }, length: variable.length }
  }
  const word = found(/^[A-Za-z_]\w*/)
  if (word !== undefined) {
    const token: GoToken = Object.hasOwn(words, word)
      ? { kind: 'literal', value: words[word] }
      : { kind: 'function', text: word }
    return { token, length: word.length }
  }
  const mark = found(/^(?:\)(?:\.\w+)*|:=|[(|,=])/)
  if (mark === undefined) throw new Undetermined(`{{ ${action.trim()} }} is not understood`)
  return {
    token: { kind: 'mark', text: mark.startsWith(')') ? ')' : mark, fields: fieldsOf(mark.replace(')', '')) },
    length: mark.length,
  }
}

function fieldsOf(dotted: string): string[] {
  return dotted.split('.').filter((name) => name !== '' && /^\w/.test(name))
}

function unquote(quoted: string): string {
  if (quoted.startsWith('`')) return quoted.slice(1, -1)
  try {
    return JSON.parse(quoted) as string
  } catch {
    throw new Undetermined(`${quoted} is not a text that is understood`)
  }
}
