import type { Pull } from '../../src/domain/pull.ts'
import type { Instant } from '../../src/domain/refs.ts'
import { mainBranch } from './fake-github.ts'
import { greenCommits, type Sight, whyClosed } from './gate-oracle.ts'
import { passing } from './random-acts.ts'
import type { SimulatedWorld } from './simulated-world.ts'

const hour = 3_600_000
const minute = 60_000

/**
 * The window of production closes, and opens on the next working day, while nothing sweeps: what is open closes at once, and
 * what was open and may be open again is so within minutes, each by what was scheduled for it. Answers what went wrong.
 */
export async function passTheNight(
  world: SimulatedWorld,
  seen: ReadonlyMap<string, Sight>,
  look: () => void,
): Promise<string[]> {
  const openByDay = new Set(passing(world).map(({ headSha }) => headSha))
  await passTo(world, nextTime(world.now(), 17), look)
  const broken = passing(world).flatMap((pull) => {
    const reason = reasonNow(world, seen, pull)
    return reason ? [`#${pull.ref.number} stays open in the evening although ${reason}`] : []
  })
  await passTo(world, nextTime(world.now(), 9), look)
  await passTo(world, world.now() + 7 * minute, look)
  const openAgain = new Set(passing(world).map(({ headSha }) => headSha))
  const left = world.github
    .openPulls()
    .filter(({ headSha }) => openByDay.has(headSha) && !openAgain.has(headSha))
  return [
    ...broken,
    ...left
      .filter((pull) => reasonNow(world, seen, pull) === undefined)
      .map(({ ref }) => `#${ref.number} stays closed in the morning`),
  ]
}

async function passTo(world: SimulatedWorld, moment: Instant, look: () => void): Promise<void> {
  world.moveClock(moment)
  while (await world.runOne(({ kind }) => kind !== 'sweep')) look()
}

function reasonNow(
  { git, github, now }: SimulatedWorld,
  seen: ReadonlyMap<string, Sight>,
  pull: Pull,
): string | undefined {
  const base = git.branches.get(mainBranch) ?? pull.baseSha
  return whyClosed({ git, github, now: now(), seen, green: new Set(greenCommits(github)) }, pull, base)
}

/** A second after the next such hour of a working day. */
function nextTime(now: Instant, wanted: number): Instant {
  const today = new Date(now).setUTCHours(wanted, 0, 1, 0)
  const days = [0, 1, 2, 3].map((each) => today + each * 24 * hour)
  return days.find((at) => at > now && ![0, 6].includes(new Date(at).getUTCDay())) ?? today
}
