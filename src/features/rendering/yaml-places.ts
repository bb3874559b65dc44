import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml'

/** A step into an object: a key, or an item of a list by its number and, where it has one, its `name`. */
export type Step = string | { index: number; name?: string }

/** One document of a file that people wrote, with the line of everything in it. */
export interface YamlPlaces {
  /** Line on which the document's content begins. */
  line: number
  /** The text at the place; undefined where there is none, or something larger than a text. */
  textAt(steps: readonly Step[]): string | undefined
  /** Line of what is at the place; undefined where nothing is written there. */
  lineAt(steps: readonly Step[]): number | undefined
  /** How many of the steps lead somewhere. */
  reach(steps: readonly Step[]): number
  /** How many items the list at the place has; 0 where it is no list. */
  lengthAt(steps: readonly Step[]): number
  /** Every text with the keys that lead to it. */
  texts(): { keys: string[]; text: string; line: number }[]
}

const largestText = 1024 * 1024

/** The documents of a YAML text; none where it is too large or not YAML. Aliases are not followed: what they stand for is written elsewhere. */
export function yamlPlaces(text: string, firstLine = 1): YamlPlaces[] {
  if (text.length > largestText) return []
  const counter = new LineCounter()
  const documents = parse(text, counter)
  const lineOf = (node: Node) => counter.linePos(node.range?.[0] ?? 0).line + firstLine - 1
  return documents.flatMap((root) => (root ? [placesIn(root, lineOf)] : []))
}

function parse(text: string, lineCounter: LineCounter): (Node | null)[] {
  try {
    const documents = parseAllDocuments(text, { lineCounter, strict: false, uniqueKeys: false })
    if (!Array.isArray(documents)) return []
    return documents.map((document) =>
      document.errors.length > 0 ? null : (document.contents as Node | null),
    )
  } catch {
    // Nested more deeply than the parser goes.
    return []
  }
}

function placesIn(root: Node, lineOf: (node: Node) => number): YamlPlaces {
  const nodeAt = (steps: readonly Step[]) => {
    let at: Node | undefined = root
    for (const step of steps) {
      at = at && into(at, step)?.value
      if (!at) return undefined
    }
    return at
  }
  const keyAt = (steps: readonly Step[]) => {
    const parent = nodeAt(steps.slice(0, -1))
    const last = steps.at(-1)
    return parent && last !== undefined ? into(parent, last)?.shown : undefined
  }
  return {
    line: lineOf(root),
    textAt: (steps) => textOf(nodeAt(steps)),
    lineAt(steps) {
      const shown = steps.length === 0 ? root : keyAt(steps)
      return shown && lineOf(shown)
    },
    reach(steps) {
      for (let count = steps.length; count > 0; count -= 1) if (nodeAt(steps.slice(0, count))) return count
      return 0
    },
    lengthAt(steps) {
      const node = nodeAt(steps)
      return isSeq(node) ? node.items.length : 0
    },
    texts: () => textsIn(root, [], lineOf),
  }
}

/** The value of a step, and the node by which people find it: the key of a mapping, the item of a list. */
function into(node: Node, step: Step): { value: Node; shown: Node } | undefined {
  if (typeof step === 'string') {
    if (!isMap(node)) return undefined
    const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === step)
    const value = pair?.value as Node | null | undefined
    return pair && value ? { value, shown: pair.key as Node } : undefined
  }
  if (!isSeq(node)) return undefined
  const { name } = step
  const item = (
    name === undefined ? node.items[step.index] : node.items.find((each) => nameOf(each) === name)
  ) as Node | undefined
  return item && { value: item, shown: item }
}

function nameOf(node: unknown): string | undefined {
  return isMap(node) ? textOf(node.get('name', true)) : undefined
}

function textOf(node: unknown): string | undefined {
  return isScalar(node) && node.value !== null ? String(node.value) : undefined
}

function textsIn(
  node: unknown,
  keys: string[],
  lineOf: (node: Node) => number,
): { keys: string[]; text: string; line: number }[] {
  if (isMap(node)) {
    return node.items.flatMap(({ key, value }) =>
      textsIn(value, [...keys, isScalar(key) ? String(key.value) : ''], lineOf),
    )
  }
  if (isSeq(node)) return node.items.flatMap((item, index) => textsIn(item, [...keys, String(index)], lineOf))
  const text = textOf(node)
  return text === undefined ? [] : [{ keys, text, line: lineOf(node as Node) }]
}
