import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'

/** What an expression sees: `object`, `oldObject`, `request`, `variables`. */
export type CelBindings = Record<string, unknown>

export type CelProgram =
  /** `loops`: how deep `exists`, `all`, `filter` and their like stand in each other. */
  | { kind: 'compiled'; expression: string; loops: number; evaluate(bindings: CelBindings): unknown }
  | { kind: 'invalid'; expression: string; reason: string }

/** Bytes; far above any policy in use, far below what makes parsing slow. */
const maxExpressionLength = 20_000

/** What expressions of one purpose may name, and nothing besides. */
export function celEnvironment(variables: readonly string[]): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 5_000, maxDepth: 100 },
  })
    .registerFunction('string.linearMatches(string): bool', isMatch)
    .registerFunction('matches(string, string): bool', isMatch)
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    )
  return variables.reduce((known, name) => known.registerVariable(name, 'dyn'), environment)
}

const ofPolicies = celEnvironment(['object', 'oldObject', 'request', 'variables'])

/** Compiles one CEL expression. Regular expressions in it are RE2: linear in the text, whatever the pattern. */
export function compileCel(expression: string, environment = ofPolicies): CelProgram {
  if (expression.length > maxExpressionLength) {
    return { kind: 'invalid', expression, reason: `is longer than ${maxExpressionLength} characters` }
  }
  try {
    const program = environment.parse(withLinearMatches(expression, environment))
    if (matchCalls(program.ast).length > 0) {
      return { kind: 'invalid', expression, reason: '`matches` is called in a way that cannot be bounded' }
    }
    const loops = loopDepth(program.ast)
    return { kind: 'compiled', expression, loops, evaluate: (bindings) => program(bindings) }
  } catch (error) {
    return { kind: 'invalid', expression, reason: celReason(error) }
  }
}

/** An evaluation's or a parser's complaint in one line, without the picture of the source. */
export function celReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'summary' in error && typeof error.summary === 'string' ? error.summary : error.message
}

/** JSON as CEL sees what Kubernetes stores: whole numbers are integers; maps have no inherited keys. */
export function toCel(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(toCel)
  if (typeof value !== 'object' || value === null) return value
  const map: Record<string, unknown> = Object.create(null)
  for (const [key, field] of Object.entries(value)) map[key] = toCel(field)
  return map
}

const patterns = new Map<string, RE2JS>()
const maxPatterns = 1_000

function isMatch(text: string, pattern: string): boolean {
  const compiled = patterns.get(pattern) ?? RE2JS.compile(pattern)
  if (patterns.size < maxPatterns) patterns.set(pattern, compiled)
  return compiled.matcher(text).find()
}

/**
 * Sends every `text.matches(pattern)` to RE2. The library's own `matches` uses the backtracking RegExp and cannot be
 * registered over, so the name is replaced in the source, by the syntax tree's positions.
 */
function withLinearMatches(expression: string, environment: Environment): string {
  const source = withoutComments(expression)
  const positions = matchCalls(environment.parse(source).ast)
    .map(({ pattern }) => source.lastIndexOf('matches', pattern.start))
    .toSorted((a, b) => b - a)
  return positions.reduce(
    (text, start) => `${text.slice(0, start)}linearMatches${text.slice(start + 'matches'.length)}`,
    source,
  )
}

function matchCalls(ast: ASTNode): { pattern: ASTNode }[] {
  const found: { pattern: ASTNode }[] = []
  visit(ast)
  return found

  function visit(value: unknown): void {
    if (Array.isArray(value)) return value.forEach(visit)
    if (!isNode(value)) return
    if (value.op === 'rcall' && value.args[0] === 'matches') {
      const pattern = value.args[2][0]
      if (pattern) found.push({ pattern })
    }
    visit(value.args)
  }
}

const loopNames = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

/** What runs as often as the product of the lists it goes through is long. */
function loopDepth(value: unknown): number {
  if (Array.isArray(value)) return Math.max(0, ...value.map(loopDepth))
  if (!isNode(value)) return 0
  if (value.op !== 'rcall' || !loopNames.has(value.args[0])) return loopDepth(value.args)
  const [, list, body] = value.args
  return Math.max(loopDepth(list), 1 + loopDepth(body))
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}

/** Comments as spaces, so that positions stay; quotes are respected. */
function withoutComments(expression: string): string {
  const token =
    /r?("""[^]*?"""|'''[^]*?''')|[rR]"[^"\n]*"|[rR]'[^'\n]*'|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/[^\n]*/g
  return expression.replace(token, (text) => (text.startsWith('//') ? ' '.repeat(text.length) : text))
}
