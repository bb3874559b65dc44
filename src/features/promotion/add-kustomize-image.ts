import { isMap, isScalar, isSeq } from 'yaml'
import { type Edit, quote, readDocuments } from './edit-yaml.ts'
import { parseVersion } from './image-reference.ts'
import type { Move } from './move.ts'

/**
 * Adds `images:` entries to a kustomization that does not say which version runs; nothing that is there moves.
 * Undefined where there is no safe place: several documents, a flow list, an entry for the image that is there already.
 */
export function addKustomizeImages(text: string, moves: readonly Move[]): Edit | undefined {
  const documents = readDocuments(text)
  const [document] = documents
  if (!document || documents.length !== 1 || !isMap(document.contents) || document.contents.flow)
    return undefined
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const images = document.get('images', true)
  if (images === undefined) {
    if (/^\.\.\.\s*$/m.test(text)) return undefined
    const separator = text === '' || text.endsWith('\n') ? '' : lineEnd
    const entries = toEntries(moves, '  ', lineEnd)
    return { start: text.length, end: text.length, text: `${separator}images:${lineEnd}${entries}` }
  }
  if (!isSeq(images) || images.flow || !images.items.every(isMap)) return undefined
  const named = images.items.filter(isMap).map((item) => item.get('name'))
  const last = images.items.at(-1)
  if (!isMap(last) || last.flow || moves.some(({ name }) => named.includes(name))) return undefined
  return afterLast(text, last, moves, lineEnd)
}

function afterLast(
  text: string,
  last: { items: { key: unknown; value: unknown }[] },
  moves: readonly Move[],
  lineEnd: string,
) {
  const first = last.items[0]?.key
  const end = last.items.at(-1)?.value
  if (!isScalar(first) || !first.range || !isScalar(end) || !end.range) return undefined
  const lineStart = text.lastIndexOf('\n', first.range[0]) + 1
  const indent = /^( *)- +$/.exec(text.slice(lineStart, first.range[0]))?.[1]
  if (indent === undefined) return undefined
  const newLine = text.indexOf('\n', end.range[1])
  const start = newLine < 0 ? text.length : newLine + 1
  return { start, end: start, text: `${newLine < 0 ? lineEnd : ''}${toEntries(moves, indent, lineEnd)}` }
}

function toEntries(moves: readonly Move[], indent: string, lineEnd: string): string {
  return moves
    .map(({ name, after }) => {
      const { tag, digest } = parseVersion(after)
      const lines = [
        `${indent}- name: ${quote(name)}`,
        ...(tag === undefined ? [] : [`${indent}  newTag: ${quote(tag)}`]),
        ...(digest === undefined ? [] : [`${indent}  digest: ${quote(digest)}`]),
      ]
      return lines.map((line) => `${line}${lineEnd}`).join('')
    })
    .join('')
}
