import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Problem } from '../../domain/problem.ts'

/** Keys and indexes from the root: `['environments', 'prod', 'windows', 0, 'from']`. */
export type YamlPath = (string | number)[]

export interface YamlText {
  /** Plain data; mappings have no prototype, so that no key of the text means anything to JavaScript. */
  value: unknown
  /** The line of the value, or of the nearest thing around it that was written. */
  lineOf(path: YamlPath): number
  problems: Problem[]
}

const maxBytes = 1024 * 1024
/** Aliases multiply; a configuration of a large company has some thousand values. */
const maxValues = 50_000
const maxDepth = 32

/** Reads one YAML 1.2 document with a line for every value, all faults at once. */
export function readYaml(text: string, path: string): YamlText {
  const problems: Problem[] = []
  const report = (code: string, line: number, message: string, fix: string) =>
    void problems.push({ code, path, line, message, fix })
  const nothing: YamlText = { value: undefined, lineOf: () => 0, problems }

  if (new TextEncoder().encode(text).length > maxBytes) {
    report(
      'configuration-too-large',
      0,
      `${path} is larger than 1 MB`,
      'split it, or remove what is generated',
    )
    return nothing
  }
  const lineCounter = new LineCounter()
  const document = parseSafely(text, lineCounter)
  if (document === undefined) {
    report('configuration-too-deep', 0, `${path} is nested too deeply to be read`, 'nest less deeply')
    return nothing
  }
  for (const fault of [...document.errors, ...document.warnings]) {
    const { line } = lineCounter.linePos(fault.pos[0])
    const message =
      fault.code === 'MULTIPLE_DOCS'
        ? 'there is more than one YAML document'
        : (fault.message.split('\n')[0] ?? '')
    report('configuration-syntax', line, `not valid YAML: ${message}`, 'mend the YAML at this line')
  }
  if (document.errors.length > 0) return nothing

  const lines = new Map<string, number>()
  const anchors = new Map<string, Node>()
  let values = 0
  let isCut = false

  const toValue = (node: unknown, at: YamlPath): unknown => {
    if (++values > maxValues || at.length > maxDepth) {
      isCut = true
      return undefined
    }
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target === undefined) return undefined
      markLine(node, at)
      return toValue(target, at)
    }
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      markLine(node, at)
      if (node.anchor !== undefined) anchors.set(node.anchor, node)
    }
    if (isScalar(node)) return typeof node.value === 'bigint' ? Number(node.value) : node.value
    if (isSeq(node)) return node.items.map((item, index) => toValue(item, [...at, index]))
    if (!isMap(node)) return null
    const value: Record<string, unknown> = Object.create(null)
    for (const { key, value: child } of node.items) {
      const name = isScalar(key) && key.value !== null ? String(key.value) : undefined
      const line = lineOfNode(key) ?? 0
      if (name === undefined) {
        report(
          'configuration-syntax',
          line,
          'a key must be a plain word',
          'write the key as a word followed by a colon',
        )
        continue
      }
      if (Object.hasOwn(value, name)) {
        const where = formatPath([...at, name])
        report('configuration-duplicate-key', line, `${where} is written twice`, 'keep one of them')
        continue
      }
      const childPath = [...at, name]
      lines.set(pathKey(childPath), line)
      value[name] = toValue(child, childPath)
    }
    return value
  }
  const lineOfNode = (node: unknown): number | undefined => {
    const start = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined
    return start === undefined ? undefined : lineCounter.linePos(start).line
  }
  const markLine = (node: Node, at: YamlPath) => {
    const key = pathKey(at)
    const line = lineOfNode(node)
    if (line !== undefined && (isScalar(node) || !lines.has(key))) lines.set(key, line)
  }

  const value = toValue(document.contents, [])
  if (isCut) {
    const message = `${path} has more than ${maxValues.toLocaleString('en-US')} values or is nested deeper than ${maxDepth}`
    report('configuration-too-large', 0, message, 'use fewer aliases and less nesting')
    return nothing
  }
  return { value, lineOf: (at) => nearestLine(lines, at), problems }
}

function parseSafely(text: string, lineCounter: LineCounter) {
  try {
    // Duplicate keys are found while walking: the library compares each key with every other.
    return parseDocument(text, { lineCounter, uniqueKeys: false, prettyErrors: false, logLevel: 'error' })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function nearestLine(lines: ReadonlyMap<string, number>, path: YamlPath): number {
  for (let length = path.length; length >= 0; length--) {
    const line = lines.get(pathKey(path.slice(0, length)))
    if (line !== undefined) return line
  }
  return 1
}

function pathKey(path: YamlPath): string {
  return JSON.stringify(path)
}

/** `environments.prod.windows[0].from` */
export function formatPath(path: YamlPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      const word = /^[A-Za-z0-9_-]{1,63}$/.test(step) ? step : JSON.stringify(step.slice(0, 63))
      return index === 0 ? word : `.${word}`
    })
    .join('')
}
