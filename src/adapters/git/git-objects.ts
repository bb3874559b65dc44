import { createHash } from 'node:crypto'
import type { Sha } from '../../domain/refs.ts'
import { assert } from '../../domain/unreachable.ts'

export type ObjectFormat = 'sha1' | 'sha256'

/** One name in one folder, as a tree object holds it. */
export interface TreeRow {
  /** `100644`, `100755`, `120000`, `160000`, or `40000` for a folder. */
  mode: string
  /** One character per byte: names need not be UTF-8, and must come out as they went in. */
  name: string
  id: Sha
}

export const folderMode = '40000'

export function toByteName(name: string): string {
  return Buffer.from(name).toString('latin1')
}

export function formatOf(id: Sha): ObjectFormat {
  return id.length === 64 ? 'sha256' : 'sha1'
}

/** The object as git stores it, before it is compressed, and its id. Source: git-hash-object(1); Pro Git, "Git Objects". */
export function toObject(
  type: 'blob' | 'tree' | 'commit',
  content: Uint8Array,
  format: ObjectFormat,
): { id: Sha; bytes: Uint8Array } {
  const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
  return { id: createHash(format).update(bytes).digest('hex'), bytes }
}

/** `<mode> <name>\0<raw id>` again and again. */
export function parseTree(content: Uint8Array, format: ObjectFormat): TreeRow[] {
  const buffer = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  const idLength = format === 'sha256' ? 32 : 20
  const rows: TreeRow[] = []
  for (let at = 0; at < buffer.length;) {
    const space = buffer.indexOf(' ', at)
    const nul = buffer.indexOf(0, space)
    assert(space > at && nul > space + 1, 'a tree object is rows of mode, name and id')
    rows.push({
      mode: buffer.toString('latin1', at, space),
      name: buffer.toString('latin1', space + 1, nul),
      id: buffer.toString('hex', nul + 1, nul + 1 + idLength),
    })
    at = nul + 1 + idLength
  }
  return rows
}

/** In git's order: by bytes, a folder as if its name ended in a slash. */
export function formatTree(rows: readonly TreeRow[]): Uint8Array {
  const sortKey = ({ mode, name }: TreeRow) => (mode === folderMode ? `${name}/` : name)
  const sorted = rows.toSorted((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1))
  return Buffer.concat(
    sorted.flatMap(({ mode, name, id }) => [
      Buffer.from(`${mode} ${name}\0`, 'latin1'),
      Buffer.from(id, 'hex'),
    ]),
  )
}
