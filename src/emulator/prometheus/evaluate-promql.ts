import { RE2JS } from 're2js'
import type { Instant } from '../../domain/refs.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { Aggregation, Expression, Matcher, Operator } from './parse-promql.ts'
import type { Series } from './traffic.ts'

export interface Sample {
  labels: Record<string, string>
  value: number
}

/** A vector, or a number by itself. */
export type Value = Sample[] | number

/** Samples older than this are stale. */
const lookbackMs = 5 * 60_000

/** The value of an expression at one time, as Prometheus has it. */
export function evaluatePromql(expression: Expression, series: readonly Series[], at: Instant): Value {
  const evaluate = (inner: Expression) => evaluatePromql(inner, series, at)
  switch (expression.kind) {
    case 'number':
      return expression.value
    case 'selector': {
      if (expression.rangeSeconds !== undefined) throw new Error('a range is no value')
      const time = at - expression.offsetSeconds * 1000
      return select(expression, series).flatMap(({ labels, samples }) => {
        const last = samplesWithin(samples, time - lookbackMs, time).at(-1)
        return last ? [{ labels, value: last.value }] : []
      })
    }
    case 'call':
      return overRange(expression, series, at)
    case 'timestamp':
      return timestamps(expression.of, series, at)
    case 'clamp_min': {
      const { least } = expression
      const value = evaluate(expression.of)
      if (typeof value === 'number') throw new Error('clamp_min wants a vector')
      return value.map(({ labels, value: old }) => ({
        labels: without(labels, '__name__'),
        value: Math.max(old, least),
      }))
    }
    case 'aggregate':
      return aggregate(expression, evaluate(expression.of))
    case 'binary':
      return combine(expression, evaluate(expression.left), evaluate(expression.right))
    default:
      return unreachable(expression)
  }
}

type Selector = Extract<Expression, { kind: 'selector' }>

function select({ metric, matchers }: Selector, series: readonly Series[]): Series[] {
  const tests = matchers.map(toTest)
  return series.filter(({ labels }) => labels.__name__ === metric && tests.every((test) => test(labels)))
}

// A range query asks the same expression at every step.
const patterns = new Map<string, RE2JS>()

/** A label that is not there is empty; expressions are anchored. */
function toTest({ label, operator, value }: Matcher): (labels: Record<string, string>) => boolean {
  if (operator === '=') return (labels) => (labels[label] ?? '') === value
  if (operator === '!=') return (labels) => (labels[label] ?? '') !== value
  const pattern = patterns.get(value) ?? RE2JS.compile(`^(?s:${value})$`)
  patterns.set(value, pattern)
  const matches = (labels: Record<string, string>) => pattern.matcher(labels[label] ?? '').find()
  return operator === '=~' ? matches : (labels) => !matches(labels)
}

/** When the newest sample of each series was taken, in seconds. */
function timestamps(of: Expression, series: readonly Series[], at: Instant): Sample[] {
  if (of.kind !== 'selector' || of.rangeSeconds !== undefined) throw new Error('timestamp wants a selector')
  const time = at - of.offsetSeconds * 1000
  return select(of, series).flatMap(({ labels, samples }) => {
    const last = samplesWithin(samples, time - lookbackMs, time).at(-1)
    return last ? [{ labels: without(labels, '__name__'), value: last.at / 1000 }] : []
  })
}

function overRange(
  { name, of }: Extract<Expression, { kind: 'call' }>,
  series: readonly Series[],
  at: Instant,
): Sample[] {
  if (of.kind !== 'selector' || of.rangeSeconds === undefined) throw new Error(`${name} wants a range`)
  const seconds = of.rangeSeconds
  const end = at - of.offsetSeconds * 1000
  const start = end - seconds * 1000
  return select(of, series).flatMap(({ labels, samples }) => {
    const inside = samplesWithin(samples, start, end)
    const value = name === 'count_over_time' ? inside.length || undefined : increase(inside, start, end)
    if (value === undefined) return []
    return [{ labels: without(labels, '__name__'), value: name === 'rate' ? value / seconds : value }]
  })
}

/** Those after `start`, up to and with `end`; `samples` are in order of time. */
function samplesWithin(samples: Series['samples'], start: Instant, end: Instant): Series['samples'] {
  return samples.slice(firstAfter(samples, start), firstAfter(samples, end))
}

function firstAfter(samples: Series['samples'], at: Instant): number {
  let [low, high] = [0, samples.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((samples[middle]?.at ?? at) > at) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * Growth within the range, drops counted as restarts. Needs two samples. Extrapolated to the edges of the range, by at
 * most half a sample's distance at an edge that the samples do not reach, and never to before the counter was zero.
 * Source: prometheus, promql/functions.go, extrapolatedRate.
 */
function increase(inside: Series['samples'], start: Instant, end: Instant): number | undefined {
  const first = inside[0]
  const last = inside.at(-1)
  if (!first || !last || inside.length < 2) return undefined
  const grown = inside.reduce((sum, { value }, index) => {
    const previous = inside[index - 1]?.value ?? value
    return sum + (value >= previous ? value - previous : value)
  }, 0)
  const sampled = last.at - first.at
  const step = sampled / (inside.length - 1)
  const edge = (gap: number) => (gap < step * 1.1 ? gap : step / 2)
  const untilZero = grown > 0 ? sampled * (first.value / grown) : Infinity
  return (grown * (sampled + edge(Math.min(first.at - start, untilZero)) + edge(end - last.at))) / sampled
}

function aggregate({ name, by }: Extract<Expression, { kind: 'aggregate' }>, value: Value): Sample[] {
  if (typeof value === 'number') throw new Error(`${name} wants a vector`)
  const groups = Map.groupBy(value, ({ labels }) => keyOf(pick(labels, by)))
  return [...groups.values()].map((samples) => ({
    labels: pick(samples[0]?.labels ?? {}, by),
    value: aggregations[name](samples.map((sample) => sample.value)),
  }))
}

const aggregations: Record<Aggregation, (values: number[]) => number> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  count: (values) => values.length,
  max: (values) => Math.max(...values),
}

function combine(
  { operator, ignoring }: Extract<Expression, { kind: 'binary' }>,
  left: Value,
  right: Value,
): Value {
  if (typeof left === 'number' && typeof right === 'number') return Number(compute(operator, left, right))
  if (operator === 'or' || operator === 'and') {
    if (typeof left === 'number' || typeof right === 'number') throw new Error(`${operator} wants vectors`)
    const keys = new Set((operator === 'or' ? left : right).map(({ labels }) => keyOf(labels)))
    if (operator === 'and') return left.filter(({ labels }) => keys.has(keyOf(labels)))
    return [...left, ...right.filter(({ labels }) => !keys.has(keyOf(labels)))]
  }
  if (typeof left === 'number') {
    return Array.isArray(right) ? right.flatMap((sample) => one(operator, sample, left, sample.value)) : []
  }
  if (typeof right === 'number') return left.flatMap((sample) => one(operator, sample, sample.value, right))
  const matching = (labels: Record<string, string>) =>
    ['__name__', ...ignoring].reduce((rest, label) => without(rest, label), labels)
  const others = new Map(right.map((sample) => [keyOf(matching(sample.labels)), sample.value]))
  return left.flatMap((sample) => {
    const labels = matching(sample.labels)
    const other = others.get(keyOf(labels))
    if (other === undefined) return []
    return one(operator, ignoring.length === 0 ? sample : { ...sample, labels }, sample.value, other)
  })
}

/** A comparison filters and keeps its sample; arithmetic replaces the value and drops the name. */
function one(operator: Operator, sample: Sample, left: number, right: number): Sample[] {
  const result = compute(operator, left, right)
  if (typeof result === 'boolean') return result ? [sample] : []
  return [{ labels: without(sample.labels, '__name__'), value: result }]
}

/** As floating point has it: 0/0 is NaN, and every comparison with NaN is false but `!=`. */
function compute(operator: Operator, left: number, right: number): number | boolean {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '>':
      return left > right
    case '<':
      return left < right
    case '>=':
      return left >= right
    case '<=':
      return left <= right
    case '==':
      return left === right
    case '!=':
      return left !== right
    case 'or':
    case 'and':
      throw new Error(`${operator} wants vectors`)
    default:
      return unreachable(operator)
  }
}

function pick(labels: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)))
}

function without(labels: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => label !== name))
}

function keyOf(labels: Record<string, string>): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
