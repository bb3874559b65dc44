import type { Instant } from '../../../domain/refs.ts'
import type { Hub } from '../hub.ts'

/** Where REST is served: the path of GitHub Enterprise Server. */
export const api = (hub: Hub) => `${hub.url}/api/v3`

/** GitHub writes whole seconds. */
export function time(instant: Instant): string {
  return new Date(instant).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

export const timeOrNull = (instant: Instant | undefined) => (instant === undefined ? null : time(instant))

export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString('base64url')
}
