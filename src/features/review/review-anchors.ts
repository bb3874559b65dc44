import { createHash } from 'node:crypto'
import type { ObjectId } from '../../domain/kubernetes-object.ts'
import { objectKey } from '../../domain/kubernetes-object.ts'
import { type Target, targetKey } from '../../domain/refs.ts'

/** Where a target stands on the page of the whole diff: `t-1f3a9c0b27de`. */
export function targetAnchor(target: Target): string {
  return `t-${shorten(targetKey(target))}`
}

/** Where an object of a target stands on the page of the whole diff. */
export function objectAnchor(target: Target, object: ObjectId): string {
  return `o-${shorten(JSON.stringify([targetKey(target), objectKey(object)]))}`
}

/** Names of any length and content as a word that is safe in an address. */
function shorten(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 12)
}
