import type { Instant } from '../../domain/refs.ts'

/** Servers of GitHub are behind each other for seconds; what is gone for longer is gone. */
const behindMs = 60_000

interface Read {
  /** Of the request. */
  path: string
  data: unknown
  at: Instant
}

/**
 * Whether an answer is from before one that we had already, by a server that is behind. Undecided where nothing tells: then
 * the newest answer counts, and the next look reads again.
 *
 * | what was read                  | is older where                                                                |
 * | ------------------------------ | ----------------------------------------------------------------------------- |
 * | one thing                      | it says that it was changed earlier                                           |
 * | reviews, which stay once given | one is missing and none is new, or a dismissal is taken back, within a minute |
 */
export function isOlder(now: Read, known: Read): boolean {
  if (/\/pulls\/\d+\/reviews$/.test(now.path))
    return now.at - known.at < behindMs && areOlderReviews(now.data, known.data)
  const [changed, before] = [now, known].map(
    ({ data }) => (data as { updated_at?: unknown } | null)?.updated_at,
  )
  return typeof changed === 'string' && typeof before === 'string' && Date.parse(changed) < Date.parse(before)
}

function areOlderReviews(now: unknown, known: unknown): boolean {
  const [states, before] = [statesOf(now), statesOf(known)]
  if (states === undefined || before === undefined) return false
  if ([...states.keys()].some((id) => !before.has(id))) return false
  return [...before].some(([id, state]) => {
    const found = states.get(id)
    return found === undefined || (state === 'DISMISSED' && found !== state)
  })
}

/** Review → its state. */
function statesOf(data: unknown): Map<unknown, unknown> | undefined {
  if (!Array.isArray(data)) return undefined
  return new Map(data.map((review: { id?: unknown; state?: unknown }) => [review.id, review.state]))
}
