import { hash } from 'node:crypto'
import type { Sha } from '../../domain/refs.ts'

/** The git blob id (SHA-1) of a text. */
export function hashBlob(text: string): Sha {
  return hashObject('blob', Buffer.from(text))
}

/** The git tree id (SHA-1) of one flat folder of ordinary files: name → blob id. */
export function hashTree(files: ReadonlyMap<string, Sha>): Sha {
  const entries = [...files]
    .map(([name, id]) => ({ name: Buffer.from(name), id }))
    .toSorted((left, right) => Buffer.compare(left.name, right.name))
  const body = entries.flatMap(({ name, id }) => [
    Buffer.from('100644 '),
    name,
    Buffer.from([0]),
    Buffer.from(id, 'hex'),
  ])
  return hashObject('tree', Buffer.concat(body))
}

/** SHA-256 of a text; hexadecimal. */
export function hashText(text: string): string {
  return hash('sha256', text)
}

function hashObject(kind: 'blob' | 'tree', content: Uint8Array): Sha {
  return hash('sha1', Buffer.concat([Buffer.from(`${kind} ${content.length}\0`), content]))
}
