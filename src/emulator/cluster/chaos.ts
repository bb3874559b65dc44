import type { Instant } from '../../domain/refs.ts'

/** Faults by name. Each stays until it is used up or turned off. */
export type Fault =
  /** Every connection is cut without an answer. */
  | { kind: 'unreachable' }
  /** Every request is taken and never answered; nothing is closed. */
  | { kind: 'silence' }
  /** The next `count` requests are answered with this code. */
  | {
      kind: 'error'
      code: 429 | 500 | 502 | 503 | 504
      count: number
      retryAfterSeconds?: number
      verb?: string
      /** Only where the path holds this: `/coupons`. */
      path?: string
    }
  /** The next `count` writes are done, and the answer is lost. */
  | { kind: 'lost-answer'; count: number }

export interface Chaos {
  inject(fault: Fault): void
  /** Everything works again. */
  heal(): void
  /** Ends every open watch, politely. */
  closeWatches(): void
  /** Ends every open watch in the middle of a line. */
  cutWatches(): void
  /** Open watches say nothing any more, and stay open for ever. */
  stallWatches(): void
  /** Forgets the history; open watches go on. */
  compact(): void
  /** Forgets the history and tells every watch 410. */
  expireWatches(): void
}

export interface RequestRecord {
  at: Instant
  method: string
  path: string
  /** `apply`, `list`, `watch`, `get`, `create` … */
  verb: string
  code: number
}

/** Takes the fault that concerns this request, counting it down. */
export function takeFault(faults: Fault[], verb: string, path: string): Fault | undefined {
  const isWrite = !['get', 'list', 'watch'].includes(verb)
  const found = faults.find((fault) => {
    if (fault.kind === 'error')
      return (fault.verb ?? verb) === verb && (fault.path === undefined || path.includes(fault.path))
    return fault.kind !== 'lost-answer' || isWrite
  })
  if (found !== undefined && 'count' in found) {
    found.count -= 1
    if (found.count <= 0) faults.splice(faults.indexOf(found), 1)
  }
  return found
}
