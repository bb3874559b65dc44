import { type ObjectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { InventoryEntry } from './inventory.ts'

/** `apps/v1/Deployment`, or `v1/ConfigMap`. */
type KindName = string

/** What few entries have, at the end of the line. */
type Extra = Pick<InventoryEntry, 'isFinished' | 'notes' | 'yielded'>

/**
 * kind, namespace, name, uid, applied, fields, meta, `g<generation>` or `v<resourceVersion>`, time in base 36, the rest.
 * About 170 bytes: a ConfigMap holds a megabyte.
 */
type Line = [KindName, string, string, string, string, string, string, string, string, Extra?]

export function toInventoryLine(entry: InventoryEntry): string {
  const { id, uid, applied, fields, meta, generation, version, at, ...extra } = entry
  const kind = [...(id.group === '' ? [] : [id.group]), id.version, id.kind].join('/')
  const state = generation !== undefined ? `g${generation}` : version !== undefined ? `v${version}` : ''
  const line: Line = [kind, id.namespace, id.name, uid, applied, fields, meta, state, at.toString(36)]
  if (Object.keys(extra).length > 0) line.push(extra)
  return JSON.stringify(line)
}

/** Reads it back; throws where it is not such a line. */
export function fromInventoryLine(text: string): InventoryEntry {
  const [kind, namespace, name, uid, applied, fields, meta, state, at, extra] = JSON.parse(text) as Line
  return {
    id: { ...parseKind(kind), namespace, name },
    uid,
    applied,
    fields,
    meta,
    ...(state.startsWith('g') && { generation: Number(state.slice(1)) }),
    ...(state.startsWith('v') && { version: state.slice(1) }),
    at: Number.parseInt(at, 36),
    ...extra,
  }
}

function parseKind(text: KindName): Pick<ObjectId, 'group' | 'version' | 'kind'> {
  const [first = '', second = '', third] = text.split('/')
  return third === undefined
    ? { group: '', version: first, kind: second }
    : { group: first, version: second, kind: third }
}

/** In an order that does not depend on who was applied first. */
export function toInventoryLines(entries: Iterable<InventoryEntry>): string {
  return [...entries]
    .toSorted((a, b) => (objectKey(a.id) < objectKey(b.id) ? -1 : 1))
    .map(toInventoryLine)
    .join('\n')
}

export function fromInventoryLines(text: string): InventoryEntry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(fromInventoryLine)
}
