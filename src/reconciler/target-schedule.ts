import { type Instant, type Target, targetKey } from '../domain/refs.ts'
import type { Attestation } from '../domain/release.ts'
import type { Clock } from '../ports/clock.ts'

/** Targets that are looked at at the same time: their requests share one pool of connections. */
const mostAtOnce = 32

/** A target, and when to look at it next. */
interface Scheduled {
  target: Target
  /** What git said of it last. */
  attested: string
  /** Infinity while it waits in a queue or is looked at, unless a hint comes meanwhile. */
  due: Instant
  state: 'resting' | 'queued' | 'running'
}

interface Rest {
  due: Instant
  one: Scheduled
}

/** Which target is looked at when: many at once, each at most once at a time, what a hint named first. */
export interface TargetSchedule {
  /**
   * What git says of the targets. One of which it says something else than before is due at once; one that it no longer
   * names is let go.
   */
  takeNews(attestations: readonly Attestation[]): void
  /** Every target is due. */
  askAll(): void
  /** Something is known to have changed there: it is looked at before whatever else is due. */
  hint(target: Target): void
  /** Starts what is due, and goes on by itself from one target to the next in the queue. */
  start(): void
  /** When something is due by time alone. */
  soonest(): Instant
  isIdle(): boolean
  /** Starts nothing more; answers once nothing is being looked at any more. */
  end(): Promise<void>
}

/** `look` answers when to look again. `onEnd`: a look ended, and what was queued behind it has been started. */
export function createTargetSchedule(
  clock: Pick<Clock, 'now'>,
  look: (target: Target) => Promise<Instant>,
  onEnd: () => void,
): TargetSchedule {
  const all = new Map<string, Scheduled>()
  const urgent: Scheduled[] = []
  const regular: Scheduled[] = []
  const running = new Set<Promise<void>>()
  /** Those that rest until a time, the soonest first; one that was queued meanwhile, or is due at another time, counts no more. */
  let resting: Rest[] = []
  let isOver = false

  const queue = (one: Scheduled, where: Scheduled[]) => {
    if (one.state !== 'resting') return
    one.state = 'queued'
    one.due = Infinity
    where.push(one)
  }
  const counts = ({ due, one }: Rest) =>
    one.state === 'resting' && one.due === due && all.get(targetKey(one.target)) === one
  const rest = (one: Scheduled, due: Instant) => {
    one.state = 'resting'
    one.due = Math.min(one.due, due)
    if (one.due === Infinity) return
    if (resting.length > 2 * all.size) resting = resting.filter(counts)
    resting.splice(placeOf(resting, one.due), 0, { due: one.due, one })
  }
  const run = async (one: Scheduled) => {
    one.state = 'running'
    const isNamed = all.get(targetKey(one.target)) === one
    rest(one, isNamed ? await look(one.target) : Infinity)
  }
  const queueDue = () => {
    const now = clock.now()
    for (const entry of resting.splice(0, placeOf(resting, now))) if (counts(entry)) queue(entry.one, regular)
  }
  const start = () => {
    if (isOver) return
    queueDue()
    while (running.size < mostAtOnce) {
      const one = urgent.shift() ?? regular.shift()
      if (one === undefined) return
      const work = run(one).finally(() => {
        running.delete(work)
        start()
        onEnd()
      })
      running.add(work)
    }
  }

  return {
    start,
    takeNews(attestations) {
      const named = new Set(attestations.map(({ target }) => targetKey(target)))
      for (const key of all.keys()) if (!named.has(key)) all.delete(key)
      for (const attestation of attestations) {
        const key = targetKey(attestation.target)
        const attested = JSON.stringify(attestation)
        const known = all.get(key)
        if (known?.attested === attested) continue
        const one = known ?? {
          target: attestation.target,
          attested,
          due: Infinity,
          state: 'resting' as const,
        }
        all.set(key, one)
        one.attested = attested
        one.due = clock.now()
        queue(one, regular)
      }
    },
    askAll() {
      for (const one of all.values()) {
        one.due = clock.now()
        queue(one, regular)
      }
    },
    hint(target) {
      const one = all.get(targetKey(target))
      if (one === undefined) return
      // Where it is being looked at, the look may have begun before: it is due again when that ends.
      if (one.state === 'running') one.due = clock.now()
      queue(one, urgent)
      start()
    },
    soonest() {
      const first = resting.findIndex(counts)
      resting.splice(0, first === -1 ? Infinity : first)
      return resting[0]?.due ?? Infinity
    },
    isIdle: () => running.size === 0 && urgent.length === 0 && regular.length === 0,
    async end() {
      isOver = true
      await Promise.all(running)
    },
  }
}

/** Where one that is due then belongs, after those that are due at the same time. */
function placeOf(resting: readonly Rest[], due: Instant): number {
  let [low, high] = [0, resting.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (resting[middle]!.due <= due) low = middle + 1
    else high = middle
  }
  return low
}
