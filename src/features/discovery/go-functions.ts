import { stringify } from 'yaml'
import { sortKeys } from '../../domain/sort-keys.ts'
import { parseKubernetesYaml } from '../rendering/kubernetes-yaml.ts'
import { goFormat, goQuote } from './go-format.ts'
import { type GoValue, goInteger, goList, goMapping, goString, goText, isGoTrue } from './go-values.ts'
import { sanitizeName } from './sanitize-name.ts'
import { Undetermined } from './undetermined.ts'

type GoFunction = (values: readonly GoValue[]) => GoValue

const text = (name: string, apply: (...texts: string[]) => GoValue): [string, GoFunction] => [
  name,
  (values) => apply(...values.map((value) => goString(value, name))),
]

/** Booleans and equal kinds only, as Go compares them. */
function isEqual(left: GoValue, right: GoValue): boolean {
  if (left === undefined || left === null || right === undefined || right === null) return left === right
  if (typeof left !== typeof right || typeof left === 'object') {
    throw new Undetermined(`${goText(left)} and ${goText(right)} cannot be compared`)
  }
  return left === right
}

function compare(left: GoValue, right: GoValue): number {
  if (isEqual(left, right)) return 0
  return (left as string | number | bigint) < (right as string | number | bigint) ? -1 : 1
}

function index(values: readonly GoValue[]): GoValue {
  const [value, ...keys] = values
  return keys.reduce((at, key) => {
    if (Array.isArray(at)) {
      const position = Number(goInteger(key, 'index'))
      if (position < 0 || position >= at.length) throw new Undetermined(`there is no item ${position}`)
      return at[position] as GoValue
    }
    const mapping = goMapping(at, 'index')
    const name = goString(key, 'index')
    return Object.hasOwn(mapping, name) ? mapping[name] : undefined
  }, value)
}

/** The texts of values as sprig's `strval` has them, without those that are nil. */
function textsOf(values: readonly GoValue[]): string[] {
  return values.filter((value) => value !== undefined && value !== null).map(goText)
}

function itemAt(name: string, position: number): [string, GoFunction] {
  return [name, ([list]) => goList(list, name).at(position)]
}

function slice(name: string, from: number, to?: number): [string, GoFunction] {
  return [name, ([list]) => goList(list, name).slice(from, to)]
}

function arithmetic(name: string, apply: (left: bigint, right: bigint) => bigint): [string, GoFunction] {
  return [name, (values) => values.map((value) => goInteger(value, name)).reduce(apply)]
}

function truncate(length: GoValue, value: GoValue): string {
  const count = Number(goInteger(length, 'trunc'))
  const whole = goString(value, 'trunc')
  return count < 0 ? whole.slice(Math.max(0, whole.length + count)) : whole.slice(0, count)
}

function indent(count: GoValue, value: GoValue, name: string): string {
  const spaces = ' '.repeat(Math.min(Number(goInteger(count, name)), 1_000))
  return spaces + goString(value, name).replaceAll('\n', `\n${spaces}`)
}

function dictionary(values: readonly GoValue[]): GoValue {
  const pairs = Array.from({ length: Math.ceil(values.length / 2) }, (_, at) => [
    goText(values[2 * at]),
    values[2 * at + 1] ?? '',
  ])
  return Object.fromEntries(pairs) as GoValue
}

function dig(values: readonly GoValue[]): GoValue {
  const [otherwise, dictionaryValue] = values.slice(-2)
  let at = dictionaryValue
  for (const key of values.slice(0, -2)) {
    const mapping = goMapping(at, 'dig')
    const name = goString(key, 'dig')
    if (!Object.hasOwn(mapping, name)) return otherwise
    at = mapping[name]
  }
  return at
}

function sortedYaml(value: GoValue): string {
  return stringify(value, { version: '1.1', sortMapEntries: true, lineWidth: 0 }).replace(/\n$/, '')
}

/** JSON as Go writes it: keys in order, and `<`, `>` and `&` escaped. */
function sortedJson(value: GoValue): string {
  return JSON.stringify(sortKeys(value)).replaceAll(
    /[<>&]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function parse(value: GoValue, name: string): GoValue {
  try {
    return parseKubernetesYaml(goString(value, name))
  } catch {
    throw new Undetermined(`${name} was given what it cannot read`)
  }
}

/**
 * The functions that are evaluated; a template that asks for another one is not filled.
 * Source: Go, text/template "Functions"; Masterminds/sprig; Argo CD, applicationset/utils/template_functions.go.
 */
export const goFunctions: ReadonlyMap<string, GoFunction> = new Map<string, GoFunction>([
  ['index', index],
  ['not', ([value]) => !isGoTrue(value)],
  ['eq', ([left, ...others]) => others.some((other) => isEqual(left, other))],
  ['ne', ([left, right]) => !isEqual(left, right)],
  ['lt', ([left, right]) => compare(left, right) < 0],
  ['le', ([left, right]) => compare(left, right) <= 0],
  ['gt', ([left, right]) => compare(left, right) > 0],
  ['ge', ([left, right]) => compare(left, right) >= 0],
  ['len', ([value]) => BigInt(lengthOf(value))],
  [
    'print',
    (values) => (values.every((value) => typeof value === 'string') ? values.join('') : goText(values[0])),
  ],
  ['printf', ([format, ...values]) => goFormat(goString(format, 'printf'), values)],
  ['default', ([otherwise, value]) => (isGoTrue(value) ? value : otherwise)],
  ['empty', ([value]) => !isGoTrue(value)],
  ['coalesce', (values) => values.find(isGoTrue)],
  ['ternary', ([yes, no, condition]) => (condition === true ? yes : no)],
  ['quote', (values) => textsOf(values).map(goQuote).join(' ')],
  [
    'squote',
    (values) =>
      textsOf(values)
        .map((each) => `'${each}'`)
        .join(' '),
  ],
  ['cat', (values) => textsOf(values).join(' ')],
  ['toString', ([value]) => goText(value)],
  ['join', ([separator, list]) => joinable(list).join(goString(separator, 'join'))],
  text('lower', (value) => value.toLowerCase()),
  text('upper', (value) => value.toUpperCase()),
  text('trim', (value) => value.trim()),
  text('trimPrefix', (prefix, value) => (value.startsWith(prefix) ? value.slice(prefix.length) : value)),
  text('trimSuffix', (suffix, value) =>
    suffix !== '' && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value,
  ),
  text('trimAll', trimAll),
  text('replace', (old, replacement, value) => value.replaceAll(old, () => replacement)),
  text('contains', (part, value) => value.includes(part)),
  text('hasPrefix', (prefix, value) => value.startsWith(prefix)),
  text('hasSuffix', (suffix, value) => value.endsWith(suffix)),
  text('nospace', (value) => value.replaceAll(/\s/g, '')),
  text('splitList', (separator, value) => value.split(separator)),
  text('split', (separator, value) =>
    Object.fromEntries(value.split(separator).map((part, at) => [`_${at}`, part])),
  ),
  text('normalize', sanitizeName),
  ['trunc', ([length, value]) => truncate(length, value)],
  ['indent', ([count, value]) => indent(count, value, 'indent')],
  ['nindent', ([count, value]) => `\n${indent(count, value, 'nindent')}`],
  ['list', (values) => [...values]],
  ['dict', dictionary],
  ['get', ([mapping, key]) => index([mapping, key]) ?? ''],
  ['hasKey', ([mapping, key]) => Object.hasOwn(goMapping(mapping, 'hasKey'), goString(key, 'hasKey'))],
  ['dig', dig],
  ['has', ([item, list]) => goList(list, 'has').some((each) => sortedJson(each) === sortedJson(item))],
  ['append', ([list, item]) => [...goList(list, 'append'), item]],
  ['concat', (lists) => lists.flatMap((list) => goList(list, 'concat'))],
  itemAt('first', 0),
  itemAt('last', -1),
  slice('rest', 1),
  slice('initial', 0, -1),
  ['int', ([value]) => goInteger(value, 'int')],
  ['int64', ([value]) => goInteger(value, 'int64')],
  ['atoi', ([value]) => goInteger(goString(value, 'atoi'), 'atoi')],
  arithmetic('add', (left, right) => left + right),
  arithmetic('sub', (left, right) => left - right),
  arithmetic('mul', (left, right) => left * right),
  ['add1', ([value]) => goInteger(value, 'add1') + 1n],
  ['toJson', ([value]) => sortedJson(value)],
  ['toYaml', ([value]) => sortedYaml(value)],
  ['fromJson', ([value]) => parse(value, 'fromJson')],
  ['fromYaml', ([value]) => goMapping(parse(value, 'fromYaml') ?? {}, 'fromYaml')],
  ['fromYamlArray', ([value]) => goList(parse(value, 'fromYamlArray') ?? [], 'fromYamlArray')],
])

function lengthOf(value: GoValue): number {
  if (typeof value === 'string') return new TextEncoder().encode(value).length
  return Array.isArray(value) ? value.length : Object.keys(goMapping(value, 'len')).length
}

function joinable(list: GoValue): string[] {
  return Array.isArray(list) ? textsOf(list) : textsOf([list])
}

function trimAll(characters: string, value: string): string {
  let [from, to] = [0, value.length]
  while (from < to && characters.includes(value.charAt(from))) from += 1
  while (to > from && characters.includes(value.charAt(to - 1))) to -= 1
  return value.slice(from, to)
}
