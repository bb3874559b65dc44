import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Scalar,
  visit,
} from 'yaml'

/** One replacement in a text: characters `start` to `end` become `text`. */
export interface Edit {
  start: number
  end: number
  text: string
}

/** Bytes; larger files are no configuration. */
const maxLength = 2 * 1024 * 1024

/** The documents of a YAML or JSON text with their positions; none where it is not readable as such. */
export function readDocuments(text: string): Document.Parsed[] {
  if (text.length > maxLength) return []
  try {
    const documents = parseAllDocuments(text, { lineCounter: new LineCounter(), uniqueKeys: false })
    if (!Array.isArray(documents)) return []
    return documents.every(({ errors }) => errors.length === 0) ? documents : []
  } catch {
    return []
  }
}

/** Applies edits that do not overlap; everything between them keeps its bytes. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const distinct = new Map(edits.map((edit) => [edit.start, edit]))
  return [...distinct.values()]
    .toSorted((a, b) => b.start - a.start)
    .reduce((result, { start, end, text }) => result.slice(0, start) + text + result.slice(end), text)
}

/**
 * Gives the version of something another value in its own quotes. Undefined where that would change more than this
 * place: an alias, an anchor that is used elsewhere, what others merge into theirs, a block scalar. A mapping that
 * stands elsewhere as it is, by an alias, is the same thing there and moves along.
 */
export function replaceScalar(document: Document, node: unknown, value: string): Edit | undefined {
  if (!isScalar(node) || anchorsAround(document, node).some((anchor) => isMerged(document, anchor)))
    return undefined
  return rewriteScalar(document, node, quote(value, node.type))
}

/**
 * Gives a scalar the value of another, which stays the number, boolean or text that it is. Undefined where something
 * else refers to the scalar or to what it stands in, and for a block scalar.
 */
export function copyScalar(document: Document, node: Scalar, from: Scalar): Edit | undefined {
  if (node.tag !== from.tag) return undefined
  if (anchorsAround(document, node).some((anchor) => isReferenced(document, anchor))) return undefined
  const source = from.source ?? ''
  const isPlain = from.type === 'PLAIN' && source !== '' && !/[,[\]{}\n]/.test(source)
  const isOneWord = typeof from.value === 'string' && isPlainText(source)
  const text = isPlain && !isOneWord ? source : quote(scalarText(from) ?? '', node.type)
  return rewriteScalar(document, node, from.value === null ? 'null' : text)
}

function rewriteScalar(document: Document, node: Scalar, text: string): Edit | undefined {
  if (!node.range) return undefined
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return undefined
  if (node.anchor !== undefined && isReferenced(document, node.anchor)) return undefined
  const [start, end] = node.range
  // A key without a value has no place of its own to write to.
  return end > start ? { start, end, text } : undefined
}

/** A value as YAML 1.1 and 1.2 both read it as text; plain where that is safe. */
export function quote(value: string, like: Scalar['type'] = 'PLAIN'): string {
  if (like === 'QUOTE_SINGLE' && !/[\n\r]/.test(value)) return `'${value.replaceAll("'", "''")}'`
  return like === 'PLAIN' && isPlainText(value) ? value : JSON.stringify(value)
}

/** Nothing that a YAML reader takes for a number, a date, a boolean or null: `1.10`, `1e5`, `0777`, `on`, `1:30`. */
function isPlainText(value: string): boolean {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/@-]*(?::[A-Za-z0-9._@:-]*[A-Za-z0-9._@-])?$/.test(value)) return false
  if (/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(value)) return false
  return /^[A-Za-z]/.test(value) || /\..*\./.test(value) || /^[0-9].*[g-wyzG-WYZ/@]/.test(value)
}

/** Of the mappings and lists that a node stands in. */
function anchorsAround(document: Document, node: Scalar): string[] {
  let around: readonly unknown[] = []
  visit(document, {
    Scalar(_key: unknown, scalar: Scalar, path) {
      if (scalar !== node) return undefined
      around = path
      return visit.BREAK
    },
  })
  return around.flatMap((each) => (isCollection(each) && each.anchor !== undefined ? [each.anchor] : []))
}

/** Whether a mapping takes over what is anchored, and may say some of it otherwise: `<<: *anchor`. */
function isMerged(document: Document, anchor: string): boolean {
  let found = false
  visit(document, {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || key.value !== '<<') return
      const merged = isSeq(value) ? value.items : [value]
      if (merged.some((each) => isAlias(each) && each.source === anchor)) found = true
    },
  })
  return found
}

function isReferenced(document: Document, anchor: string): boolean {
  let found = false
  visit(document, {
    Alias(_key: unknown, alias: Alias) {
      if (alias.source === anchor) found = true
    },
  })
  return found
}

/** The value of a scalar as it is written, quotes removed: `1.20` stays `1.20`. */
export function scalarText(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined
  return typeof node.value === 'string' ? node.value : node.source
}
