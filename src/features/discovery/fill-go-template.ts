import { goFunctions } from './go-functions.ts'
import { type GoValue, goText, isGoTrue } from './go-values.ts'
import { type GoNode, type GoOperand, type GoPipeline, readGoTemplate } from './read-go-template.ts'
import { Undetermined } from './undetermined.ts'

/** Loops in loops end here, before they take long. */
const mostSteps = 50_000

interface State {
  dot: GoValue
  variables: Map<string, GoValue>[]
  /** `missingkey=error`: a name that a mapping lacks is an error wherever it stands. */
  isMissingKeyError: boolean
  /** Shared by all states of one template. */
  budget: { steps: number }
}

/**
 * Fills a Go template as Argo CD does with `goTemplate: true`. What would print `<no value>` is Undetermined too:
 * nobody means it, and what it would name does not exist.
 * Source: Go, text/template/exec.go; Argo CD, applicationset/utils/utils.go Replace.
 */
export function fillGoTemplate(
  text: string,
  parameters: Record<string, GoValue>,
  options: readonly string[],
): string {
  if (!text.includes('{{')) return text
  return print(readGoTemplate(text), {
    dot: parameters,
    variables: [new Map([['$', parameters]])],
    isMissingKeyError: options.includes('missingkey=error'),
    budget: { steps: 0 },
  })
}

function print(nodes: readonly GoNode[], state: State): string {
  return nodes.map((node) => printNode(node, state)).join('')
}

function printNode(node: GoNode, state: State): string {
  if (++state.budget.steps > mostSteps) throw new Undetermined('the template takes too many steps')
  if (node.kind === 'text') return node.text
  if (node.kind === 'output') return printValue(node.pipeline, state)
  const inner = { ...state, variables: [...state.variables, new Map<string, GoValue>()] }
  if (node.kind === 'range') return printRange(node, inner)
  const value = evaluate(node.pipeline, inner)
  if (!isGoTrue(value)) return print(node.otherwise, inner)
  return print(node.body, node.kind === 'with' ? { ...inner, dot: value } : inner)
}

function printValue(pipeline: GoPipeline, state: State): string {
  const value = evaluate(pipeline, state)
  if (pipeline.variables.length > 0) return ''
  if (value === undefined || value === null) throw new Undetermined(`{{ ${pipeline.text} }} has no value`)
  return goText(value)
}

function printRange(node: Extract<GoNode, { body: GoNode[] }>, state: State): string {
  const { variables, ...pipeline } = node.pipeline
  const items = itemsOf(evaluate({ ...pipeline, variables: [] }, state), node.pipeline.text)
  if (items.length === 0) return print(node.otherwise, state)
  return items
    .map(([key, value]) => {
      const [first, second] = variables
      const own = new Map<string, GoValue>()
      if (first !== undefined) own.set(first, second === undefined ? value : key)
      if (second !== undefined) own.set(second, value)
      return print(node.body, { ...state, dot: value, variables: [...state.variables, own] })
    })
    .join('')
}

/** Mappings in the order of their keys. */
function itemsOf(value: GoValue, text: string): [GoValue, GoValue][] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.map((each, index) => [BigInt(index), each])
  if (typeof value === 'object') {
    return Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  }
  throw new Undetermined(`{{ range ${text} }} goes over what is no list`)
}

function evaluate(pipeline: GoPipeline, state: State): GoValue {
  let value: GoValue
  for (const [index, command] of pipeline.commands.entries()) {
    value = run(command, index === 0 ? [] : [value], pipeline.text, state)
  }
  const [name] = pipeline.variables
  if (name !== undefined) assign(name, value, pipeline.isAssignment, state)
  return value
}

function assign(name: string, value: GoValue, isAssignment: boolean, state: State): void {
  const scope = isAssignment ? state.variables.findLast((each) => each.has(name)) : state.variables.at(-1)
  if (!scope) throw new Undetermined(`${name} is not declared`)
  scope.set(name, value)
}

function run(command: readonly GoOperand[], piped: readonly GoValue[], text: string, state: State): GoValue {
  if (++state.budget.steps > mostSteps) throw new Undetermined('the template takes too many steps')
  const [head, ...rest] = command
  if (!head) return undefined
  if (head.kind !== 'function') {
    if (rest.length + piped.length > 0) throw new Undetermined(`{{ ${text} }} gives arguments to a value`)
    return valueOf(head, text, state)
  }
  if (head.name === 'and' || head.name === 'or') return runLogic(head.name, rest, piped, text, state)
  return call(head.name, [...rest.map((operand) => valueOf(operand, text, state)), ...piped], text)
}

/** `and` and `or` look at no more arguments than they need. */
function runLogic(
  name: 'and' | 'or',
  operands: readonly GoOperand[],
  piped: readonly GoValue[],
  text: string,
  state: State,
): GoValue {
  let value: GoValue
  for (const operand of operands) {
    value = valueOf(operand, text, state)
    if (isGoTrue(value) === (name === 'or')) return value
  }
  return piped.length > 0 ? piped[0] : value
}

function call(name: string, values: readonly GoValue[], text: string): GoValue {
  const implementation = goFunctions.get(name)
  if (!implementation) throw new Undetermined(`{{ ${text} }} uses ${name}, which is not evaluated here`)
  return implementation(values)
}

function valueOf(operand: GoOperand, text: string, state: State): GoValue {
  if (operand.kind === 'literal') return operand.value
  if (operand.kind === 'function') return call(operand.name, [], text)
  if (operand.kind === 'dot') return walk(state.dot, operand.fields, text, state)
  if (operand.kind === 'pipeline') return walk(evaluate(operand.pipeline, state), operand.fields, text, state)
  const scope = state.variables.findLast((each) => each.has(operand.name))
  if (!scope) throw new Undetermined(`{{ ${text} }} uses ${operand.name}, which is not declared`)
  return walk(scope.get(operand.name), operand.fields, text, state)
}

function walk(value: GoValue, fields: readonly string[], text: string, state: State): GoValue {
  let at = value
  for (const field of fields) {
    if (at === undefined) return undefined
    if (typeof at !== 'object' || at === null || Array.isArray(at)) {
      throw new Undetermined(`{{ ${text} }}: there is no ${field} in ${goText(at)}`)
    }
    const next: GoValue = Object.hasOwn(at, field)
      ? Object.getOwnPropertyDescriptor(at, field)?.value
      : undefined
    if (next === undefined && state.isMissingKeyError) {
      throw new Undetermined(`{{ ${text} }}: there is no parameter ${field}, and missingkey=error is set`)
    }
    at = next
  }
  return at
}
