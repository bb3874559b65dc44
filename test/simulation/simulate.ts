import type { Event } from '../../src/domain/event.ts'
import { fullName } from '../../src/domain/refs.ts'
import { commentReviewId } from '../../src/journeys/review/comment-approvals.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import { createDice } from '../features/rendering/random-edits.ts'
import { createInvariants } from './invariants.ts'
import { passTheNight } from './pass-the-night.ts'
import { pick } from './act.ts'
import { actAtRandom, type Days } from './random-acts.ts'
import { differences } from './published-state.ts'
import { shopFilesOf } from './shop-files.ts'
import { createSimulatedWorld, repository, type SimulatedWorld, type WorldHooks } from './simulated-world.ts'
import { mainBranch } from './fake-github.ts'
import { type Sight, sightOf } from './gate-oracle.ts'

export interface SimulationOptions {
  /** Acts of people, GitHub and time, between which the product works. */
  steps?: number
  /** What mostly happens. */
  days?: Days
}

/** What was reached, so that a batch can tell that it looked where it should. */
export type Coverage = Map<string, number>

const shown = 40

export class SimulationFailure extends Error {
  override name = 'SimulationFailure'
  constructor(seed: number, broken: readonly string[], history: readonly string[]) {
    super(
      [`seed ${seed}: ${broken.join('\n  ')}`, `the last ${shown} events:`, ...history.slice(-shown)].join(
        '\n',
      ),
    )
  }
}

/** Until nothing turns any more; it never takes so many. */
const mostPasses = 12

/**
 * One random order of what can happen to pull requests, with webhooks lost, doubled and late, with calls that fail or whose
 * answer is lost, and with people who act while a journey runs. The invariants are looked at after every step; when all has
 * come to rest, what is published is what a new installation would publish.
 */
export async function simulate(
  seed: number,
  { steps = 35, days = 'reviewing' }: SimulationOptions = {},
): Promise<Coverage> {
  const dice = createDice(seed)
  const coverage: Coverage = new Map()
  const count = (what: string) => coverage.set(what, (coverage.get(what) ?? 0) + 1)
  const late: { event: Event; due: number }[] = []
  const told: Event[] = []
  const events: Event[] = []
  const seen = new Map<string, Sight>()
  let isRough = true
  let isInside = false

  const hooks: WorldHooks = {
    dice,
    onEvent(event) {
      noteSight(world, event, seen)
      events.push(event)
    },
    onJourney: () => invariants.begin(),
    onCall({ name, isWrite, when, parameters }) {
      if (when === 'before') invariants.onCall(name, parameters)
      if (!isRough || isInside) return
      if (isWrite && dice(60) === 0) {
        count(`${name} failed ${when}`)
        throw lost(name, when)
      }
      if (dice(120) === 0) {
        isInside = true
        act('meanwhile ')
        isInside = false
      }
    },
  }
  const world = createSimulatedWorld(hooks, { files: shopFilesOf(seed) })
  const invariants = createInvariants(world, seen, count)

  function act(prefix = ''): void {
    const done = actAtRandom(world, dice, days)
    if (done === undefined) return
    count(done.name)
    world.history.push(`${new Date(world.now()).toISOString().slice(5, 19)} ${prefix}${done.told}`)
    invariants.look()
  }

  /** One event in seven is lost, some come twice, or late, or once more long after. */
  async function tell(): Promise<void> {
    for (const event of events.splice(0)) {
      told.push(event)
      const fate = isRough ? dice(14) : 13
      if (fate < 2) count('event lost')
      else if (fate < 5) late.push({ event, due: world.now() + dice(3_600_000) })
      else await world.deliver(event)
      if (fate === 5) await world.deliver(event)
    }
    const again = isRough && dice(12) === 0 ? pick(told, dice) : undefined
    if (again) await world.deliver(again)
    for (const each of late.splice(0)) {
      if (each.due > world.now()) late.push(each)
      else await world.deliver(each.event)
    }
  }

  async function work(most: number): Promise<void> {
    for (let run = 0; run < most; run += 1) {
      await tell()
      if (!(await world.runOne())) return
      invariants.look()
    }
  }

  try {
    await world.store.queue.enqueue({ kind: 'sweep', repository }, world.now())
    await work(40)
    for (let step = 0; step < steps; step += 1) {
      act()
      await work(dice(6))
    }
    isRough = false
    invariants.settle()
    for (let pass = 0; pass < 4; pass += 1) {
      await work(400)
      world.moveClock(world.now() + 150_000)
    }
    // What the last of it brought about is gathered and looked at, too; where windows have turned, comments follow within minutes.
    let hasTurned = false
    for (let calm = 0, pass = 0; calm < 3 && pass < mostPasses; pass += 1) {
      world.moveClock(world.now() + (hasTurned ? 420_000 : 5_000))
      const before = world.history.length
      await work(400)
      const news = world.history.slice(before)
      hasTurned = news.some((line) => line.endsWith('turn-windows: turned'))
      const isCalm = !hasTurned && !news.some((line) => /: (published|revert)$/.test(line))
      calm = isCalm ? calm + 1 : 0
    }
    invariants.demand(await differences(world))
    invariants.demand(await passTheNight(world, seen, () => invariants.look()))
  } catch (error) {
    if (error instanceof SimulationFailure) throw error
    const broken = invariants.broken.length > 0 ? invariants.broken : [String((error as Error).stack)]
    throw new SimulationFailure(seed, broken, world.history)
  }
  return coverage
}

function lost(name: string, when: 'before' | 'after'): AdapterError {
  return new AdapterError({
    system: 'github',
    operation: name,
    target: fullName({ id: '', installation: '', owner: 'shop', name: 'config' }),
    retryable: true,
    message: when === 'before' ? 'the call failed' : 'the answer was lost',
  })
}

/** Keeps what a reviewer, or whoever wrote a comment, had before them. */
function noteSight({ git, github }: SimulatedWorld, event: Event, seen: Map<string, Sight>): void {
  if (event.kind !== 'review-submitted' && event.kind !== 'comment-created') return
  const { baseSha, headSha } = github.pull(event.pull.number)
  const id = event.kind === 'review-submitted' ? event.reviewId : commentReviewId(event.commentId)
  seen.set(id, sightOf(git, git.branches.get(mainBranch) ?? baseSha, headSha))
}
