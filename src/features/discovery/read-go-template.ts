import { type GoToken, readGoTokens } from './read-go-tokens.ts'
import { Undetermined } from './undetermined.ts'

/** A parsed Go template. Source: Go, text/template, "Actions". */
export type GoNode =
  | { kind: 'text'; text: string }
  | { kind: 'output'; pipeline: GoPipeline }
  | { kind: 'if' | 'with' | 'range'; pipeline: GoPipeline; body: GoNode[]; otherwise: GoNode[] }

export interface GoPipeline {
  /** As written, for people. */
  text: string
  /** `$x :=`, or `$key, $value :=` of a range. */
  variables: string[]
  isAssignment: boolean
  /** Each takes the value of the one before it as its last argument. */
  commands: GoOperand[][]
}

/** `fields` are looked up one after the other in the value: `.a.b`, `$x.a`, `(index . "a").b`. */
export type GoOperand =
  | { kind: 'literal'; value: unknown }
  | { kind: 'dot'; fields: string[] }
  | { kind: 'variable'; name: string; fields: string[] }
  | { kind: 'function'; name: string }
  | { kind: 'pipeline'; pipeline: GoPipeline; fields: string[] }

/** More than people write; it bounds how deep reading and filling can nest. */
const mostActions = 1_000
const longestAction = 2_000

/** Throws Undetermined for actions that are not read here (`define`, `template`, `block`, `break`). */
export function readGoTemplate(text: string): GoNode[] {
  const pieces = splitActions(text)
  const actions = pieces.filter((piece) => piece.isAction)
  if (actions.length > mostActions || actions.some((action) => action.text.length > longestAction)) {
    throw new Undetermined('a template of this size is not read')
  }
  const { nodes, end } = readNodes(pieces, 0)
  if (end.piece) throw new Undetermined(`{{ ${end.piece.text} }} closes nothing`)
  return nodes
}

interface Piece {
  isAction: boolean
  text: string
}

/** The text between actions, and the actions without their braces, after `{{-` and `-}}` have taken white space away. */
function splitActions(text: string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  let trimsNext = false
  for (;;) {
    const open = text.indexOf('{{', at)
    const trimsBefore = open >= 0 && /^-\s/.test(text.slice(open + 2, open + 4))
    let between = open < 0 ? text.slice(at) : text.slice(at, open)
    if (trimsNext) between = between.trimStart()
    if (trimsBefore) between = between.trimEnd()
    if (between !== '') pieces.push({ isAction: false, text: between })
    if (open < 0) return pieces
    const close = endOfAction(text, open + 2)
    const inside = text.slice(open + (trimsBefore ? 3 : 2), close)
    trimsNext = /\s-$/.test(inside)
    pieces.push({ isAction: true, text: inside.slice(0, trimsNext ? -1 : undefined).trim() })
    at = close + 2
  }
}

function endOfAction(text: string, start: number): number {
  let quote = ''
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at)
    if (quote !== '') {
      if (character === '\\' && quote !== '`') at += 1
      else if (character === quote) quote = ''
    } else if ('"`\''.includes(character)) quote = character
    else if (text.startsWith('/*', at)) at = Math.max(text.indexOf('*/', at), at)
    else if (text.startsWith('}}', at)) return at
  }
  throw new Undetermined(`{{${text.slice(start, start + 40)} is not closed`)
}

/** Reads until an action that ends a block (`end`, `else …`), which is given back. */
function readNodes(
  pieces: readonly Piece[],
  start: number,
): { nodes: GoNode[]; end: { at: number; piece: Piece | undefined } } {
  const nodes: GoNode[] = []
  for (let at = start; at < pieces.length; at++) {
    const piece = pieces[at]
    if (!piece) break
    if (!piece.isAction) {
      nodes.push({ kind: 'text', text: piece.text })
      continue
    }
    if (piece.text.startsWith('/*')) continue
    const word = /^[a-z]+/.exec(piece.text)?.[0] ?? ''
    if (word === 'end' || word === 'else') return { nodes, end: { at, piece } }
    if (word === 'if' || word === 'with' || word === 'range') {
      const block = readBlock(word, piece.text.slice(word.length), pieces, at + 1)
      nodes.push(block.node)
      at = block.at
      continue
    }
    if (['define', 'template', 'block', 'break', 'continue'].includes(word)) {
      throw new Undetermined(`{{ ${piece.text} }} is not read`)
    }
    nodes.push({ kind: 'output', pipeline: readPipeline(piece.text) })
  }
  return { nodes, end: { at: pieces.length, piece: undefined } }
}

function readBlock(
  kind: 'if' | 'with' | 'range',
  condition: string,
  pieces: readonly Piece[],
  start: number,
): { node: GoNode; at: number } {
  const pipeline = readPipeline(condition)
  const { nodes: body, end } = readNodes(pieces, start)
  const close = end.piece?.text ?? ''
  if (close === 'end') return { node: { kind, pipeline, body, otherwise: [] }, at: end.at }
  const nested = /^else\s+(if|with)\b/.exec(close)
  if (nested) {
    const next = readBlock(nested[1] as 'if' | 'with', close.slice(nested[0].length), pieces, end.at + 1)
    return { node: { kind, pipeline, body, otherwise: [next.node] }, at: next.at }
  }
  const last = readNodes(pieces, end.at + 1)
  if (close !== 'else' || last.end.piece?.text !== 'end')
    throw new Undetermined(`{{ ${kind}${condition} }} has no end`)
  return { node: { kind, pipeline, body, otherwise: last.nodes }, at: last.end.at }
}

function readPipeline(text: string): GoPipeline {
  const tokens = readGoTokens(text)
  const { pipeline, at } = readPipelineTokens(tokens, 0, text.trim())
  if (at !== tokens.length) throw new Undetermined(`{{ ${text.trim()} }} is not understood`)
  return pipeline
}

function readPipelineTokens(
  tokens: readonly GoToken[],
  start: number,
  text: string,
): { pipeline: GoPipeline; at: number } {
  const head = readVariables(tokens, start)
  const commands: GoOperand[][] = [[]]
  let at = head.at
  for (; at < tokens.length; at++) {
    const token = tokens[at]
    if (token?.kind === 'mark' && token.text === ')') break
    if (token?.kind === 'mark' && token.text === '|') {
      commands.push([])
      continue
    }
    const operand = readOperand(tokens, at, text)
    commands.at(-1)?.push(operand.operand)
    at = operand.at
  }
  if (commands.some((command) => command.length === 0)) throw new Undetermined(`{{ ${text} }} lacks a value`)
  return { pipeline: { text, ...head.declared, commands }, at }
}

function readVariables(tokens: readonly GoToken[], start: number) {
  const names: string[] = []
  for (let at = start; tokens[at]?.kind === 'variable'; at += 2) {
    const token = tokens[at]
    if (token?.kind === 'variable') names.push(token.text)
    const mark = tokens[at + 1]
    if (mark?.kind !== 'mark') break
    if (mark.text === ':=' || mark.text === '=') {
      return { declared: { variables: names, isAssignment: mark.text === '=' }, at: at + 2 }
    }
    if (mark.text !== ',') break
  }
  return { declared: { variables: [], isAssignment: false }, at: start }
}

function readOperand(
  tokens: readonly GoToken[],
  at: number,
  text: string,
): { operand: GoOperand; at: number } {
  const token = tokens[at]
  if (token?.kind === 'literal') return { operand: { kind: 'literal', value: token.value }, at }
  if (token?.kind === 'function') return { operand: { kind: 'function', name: token.text }, at }
  if (token?.kind === 'dot') return { operand: { kind: 'dot', fields: token.fields }, at }
  if (token?.kind === 'variable') {
    return { operand: { kind: 'variable', name: token.text, fields: token.fields }, at }
  }
  if (token?.kind !== 'mark' || token.text !== '(') throw new Undetermined(`{{ ${text} }} is not understood`)
  const inner = readPipelineTokens(tokens, at + 1, text)
  const close = tokens[inner.at]
  if (close?.kind !== 'mark') throw new Undetermined(`{{ ${text} }} lacks a )`)
  return { operand: { kind: 'pipeline', pipeline: inner.pipeline, fields: close.fields }, at: inner.at }
}
