/** A text with variables, taken apart. */
export type Template = (string | Expression)[]

export interface Expression {
  variable: string
  /** `''` for a plain `${name}`; otherwise the operator as written: `:=`, `^^`, `//`, … */
  operator: string
  /** `#name`, the length, has none; a default may be made of several parts. */
  operands: Template
  /** As it stands in the text, for what cannot be determined. */
  source: string
}

/** What keeps a text from being taken apart, in the words of the tool. */
export class TemplateFault extends Error {
  override name = 'TemplateFault'
}

/**
 * Takes a text with `${variable}` expressions apart as Flux does: nested expressions, `$$` for a dollar sign, and the
 * operators of its own subset of the shell. Throws TemplateFault, as Flux gives the whole object up.
 * Source: fluxcd/pkg, envsubst/parse/parse.go and scan.go.
 */
export function parseTemplate(text: string): Template {
  return readText({ text, at: 0 })
}

interface Reader {
  text: string
  at: number
}

function readText(reader: Reader): Template {
  const parts: Template = []
  let plain = ''
  while (reader.at < reader.text.length) {
    if (startsExpression(reader)) {
      if (plain !== '') parts.push(plain)
      plain = ''
      parts.push(readExpression(reader))
      continue
    }
    if (reader.text.startsWith('$$', reader.at)) reader.at += 1
    plain += take(reader)
  }
  return plain === '' ? parts : [...parts, plain]
}

function readExpression(reader: Reader): Expression {
  const start = reader.at
  reader.at += 2
  const isLength = peek(reader) === '#'
  if (isLength) reader.at += 1
  const variable = takeWhile(reader, isNameCharacter)
  if (variable === '')
    throw new TemplateFault(isLength ? 'bad substitution' : 'unable to parse variable name')
  const { operator, operands } = isLength ? { operator: '#', operands: [] } : readOperation(reader)
  const isWhole = peek(reader) === '}'
  if (!isWhole) throw new TemplateFault(operator === '' ? 'missing closing brace' : 'bad substitution')
  reader.at += 1
  return { variable, operator, operands, source: reader.text.slice(start, reader.at) }
}

function readOperation(reader: Reader): Pick<Expression, 'operator' | 'operands'> {
  switch (peek(reader)) {
    case ':':
      return '=-?+'.includes(reader.text.charAt(reader.at + 1) || ' ')
        ? readDefault(reader, 2)
        : readSubstring(reader)
    case '=':
      return readDefault(reader, 1)
    case ',':
    case '^':
      return { operator: takeUpTo(reader, 2, ',^'), operands: [] }
    case '#':
      return { operator: takeUpTo(reader, 2, '#'), operands: [readOperand(reader, '}')] }
    case '%':
      return { operator: takeUpTo(reader, 2, '%'), operands: [readOperand(reader, '}')] }
    case '/':
      return readReplacement(reader)
    default:
      return { operator: '', operands: [] }
  }
}

/** `${name:=default}`; the default goes on until the closing brace, over nested expressions. */
function readDefault(reader: Reader, length: number): Pick<Expression, 'operator' | 'operands'> {
  const operator = reader.text.slice(reader.at, reader.at + length)
  reader.at += length
  const operands: Template = []
  while (peek(reader) !== '}') operands.push(readOperand(reader, '}'))
  return { operator, operands }
}

/** `${name:position}` and `${name:position:length}`. */
function readSubstring(reader: Reader): Pick<Expression, 'operator' | 'operands'> {
  reader.at += 1
  // Flux steps back by the wrong width over what takes several bytes, and then finds no colon.
  if (Buffer.byteLength(peek(reader)) !== 1) throw new TemplateFault('bad substitution')
  const operands = [readOperand(reader, ':}')]
  if (peek(reader) !== ':') return { operator: ':', operands }
  takeWhile(reader, (character) => character === ':')
  return { operator: ':', operands: [...operands, readOperand(reader, '}')] }
}

/** `${name/old/new}`, `//` for every one, `/#` at the start, `/%` at the end; backslashes escape slashes. */
function readReplacement(reader: Reader): Pick<Expression, 'operator' | 'operands'> {
  const operator = take(reader) + ('/#%'.includes(peek(reader) || ' ') ? take(reader) : '')
  const operands = [readOperand(reader, '/', true)]
  if (takeWhile(reader, (character) => character === '/') === '') throw new TemplateFault('bad substitution')
  if (peek(reader) !== '}') operands.push(readOperand(reader, '}', true))
  return { operator, operands }
}

/** One nested expression, or the text up to one of `ends` or to the next expression; never empty. */
function readOperand(reader: Reader, ends: string, isEscaped = false): string | Expression {
  if (startsExpression(reader)) return readExpression(reader)
  let text = ''
  while (reader.at < reader.text.length && !startsExpression(reader)) {
    const pair = reader.text.slice(reader.at, reader.at + 2)
    if (isEscaped && (pair === '$$' || pair === '\\/' || pair === '\\\\')) reader.at += 1
    else if (ends.includes(peek(reader))) break
    text += take(reader)
  }
  if (text === '') throw new TemplateFault('unable to parse substitution within function')
  return text
}

function startsExpression(reader: Reader): boolean {
  return reader.text.startsWith('${', reader.at)
}

function isNameCharacter(character: string): boolean {
  return /^[\p{L}\p{Nd}_]$/u.test(character)
}

function takeUpTo(reader: Reader, most: number, characters: string): string {
  let taken = ''
  while (taken.length < most && characters.includes(peek(reader) || ' ')) taken += take(reader)
  return taken
}

function takeWhile(reader: Reader, isWanted: (character: string) => boolean): string {
  let taken = ''
  while (reader.at < reader.text.length && isWanted(peek(reader))) taken += take(reader)
  return taken
}

function take(reader: Reader): string {
  const character = peek(reader)
  reader.at += character.length
  return character
}

/** The character at the reader's place; empty at the end. */
function peek({ text, at }: Reader): string {
  const code = text.codePointAt(at)
  return code === undefined ? '' : String.fromCodePoint(code)
}
