import { parseArgs } from 'node:util'
import { createGitHub } from '../src/adapters/github/github.ts'
import { systemClock } from '../src/adapters/system/system-clock.ts'
import { createEmulatedClock } from '../src/emulator/clock.ts'
import type { CheckRun } from '../src/emulator/github/state.ts'
import type { StandingReview } from '../src/features/review/standing-review.ts'
import { reviewPullRequest } from '../src/journeys/review/review-pull-request.ts'
import { keepStanding, standingKey, turnWindows } from '../src/journeys/review/turn-windows.ts'
import type { Ports } from '../src/journeys/ports.ts'
import { silentLog } from '../test/emulator/cluster/start-cluster.ts'
import { appId, countingRandom, createWorld, privateKey } from '../test/emulator/github/world.ts'
import { anAccount, mainBranch } from '../test/simulation/fake-github.ts'
import { commitOf } from '../test/simulation/memory-git.ts'
import { manifest, manifestPath } from '../test/simulation/shop-files.ts'
import { createSimulatedWorld, quietHooks, repository as shop } from '../test/simulation/simulated-world.ts'

type GitHub = Awaited<ReturnType<typeof createWorld>>

/**
 * The window of many pull requests closes, and opens again, on the emulated GitHub with its limits enforced: how long until
 * the last check says so, in how many requests, and how many points a minute they were. The clock runs as the machine's.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { pulls: { type: 'string', default: '500' }, lag: { type: 'string', default: '500' } },
  })
  const pulls = Number(values.pulls)
  const clock = createEmulatedClock(Date.parse('2026-11-24T16:50:00Z'), systemClock)
  const emulated = await createWorld(clock)
  emulated.github.setLimits({ secondary: 'on' })
  emulated.github.chaos.lag('POST /api/graphql#createCheckRun', Number(values.lag))
  emulated.github.chaos.lag('POST /api/graphql#updateCheckRun', Number(values.lag))
  const heads = await openPulls(emulated, pulls)
  const [repository] = await gitHubOf(emulated, clock).repositories()
  if (!repository) throw new Error('the app sees no repository')
  const { ports, standing } = await aLook(clock.now())
  const real: Ports = { ...ports, clock, github: gitHubOf(emulated, clock) }
  for (const mark of heads)
    await keepStanding(real, repository, { ...standing, mark: { ...standing.mark, ...mark } })

  for (const [what, at, conclusion] of [
    ['it closes', '2026-11-24T17:00:00Z', 'action_required'],
    ['it opens', '2026-11-25T09:00:00Z', 'success'],
  ] as const) {
    await clock.advanceTo(Date.parse(at))
    const first = emulated.github.requests.length
    const start = clock.now()
    await turnWindows(real, repository)
    const seconds = (clock.now() - start) / 1_000
    const requests = emulated.github.requests.slice(first)
    const turned = heads.filter(({ headSha }) => conclusionOf(emulated, headSha) === conclusion).length
    tell(what, { turned, seconds, requests })
  }
  await emulated.close()
}

function tell(
  what: string,
  {
    turned,
    seconds,
    requests,
  }: { turned: number; seconds: number; requests: { method: string; path: string; at: number }[] },
): void {
  const points = requests.map(({ method, path, at }) => ({ at, points: isWrite(method, path) ? 5 : 1 }))
  const inAMinute = points.map(({ at }) =>
    points
      .filter((each) => each.at >= at && each.at < at + 60_000)
      .reduce((sum, each) => sum + each.points, 0),
  )
  const writes = requests.filter(({ method, path }) => isWrite(method, path)).length
  process.stdout.write(
    `${what.padEnd(12)} ${turned} pull requests turned; the last check after ${seconds.toFixed(1)} s, ` +
      `${requests.length} requests, ${writes} of them writes, at most ${Math.max(0, ...inAMinute)} points a minute\n`,
  )
}

function isWrite(method: string, path: string): boolean {
  return method !== 'GET' && path !== '/api/graphql' && !path.endsWith('/access_tokens')
}

function conclusionOf({ github, repository }: GitHub, sha: string): string | null | undefined {
  return github.checks(repository, sha).findLast(({ name }: CheckRun) => name === 'drawbridge')?.conclusion
}

function gitHubOf({ github }: GitHub, clock: ReturnType<typeof createEmulatedClock>) {
  return createGitHub({
    appId: String(appId),
    privateKey,
    baseUrl: `${github.url()}/api/v3`,
    clock,
    random: countingRandom(),
    log: silentLog,
    fetch,
  })
}

async function openPulls({ github, repository }: GitHub, count: number) {
  const ada = github.as('ada')
  const marks: { number: number; headSha: string }[] = []
  for (let index = 0; index < count; index += 1) {
    const head = `change-${index}`
    const headSha = await ada.push(repository, head, { [`${head}.txt`]: head }, head)
    const { number } = await ada.openPull({ repository, head, title: head })
    marks.push({ number, headSha })
  }
  return marks
}

/** One real look at a change of production, in memory: what all pull requests stand on. */
async function aLook(now: number): Promise<{ ports: Ports; standing: StandingReview }> {
  const { ports, git, github, store, moveClock } = createSimulatedWorld(quietHooks)
  moveClock(now)
  const main = git.branches.get(mainBranch) ?? ''
  const tree = git.writeTree(main, { [manifestPath('checkout', 'prod')]: manifest('checkout', '1.1.0') })
  github.push(anAccount('ada'), 'change', git.writeCommit(commitOf(tree, [main], 'raise', 'ada', now)), false)
  const number = github.openPull(anAccount('ada'), 'change', 'Raise the version')
  github.review(anAccount('grace'), number, 'approved')
  await reviewPullRequest(ports, { repository: shop, number })
  const kept = await store.cache.get(standingKey({ repository: shop, number }))
  const standing = JSON.parse(Buffer.from(kept ?? '').toString()) as StandingReview
  // Nobody reviewed the emulated ones: what stands is that everything else is open.
  const open = standing.judged.map((verdict) => ({ ...verdict, outcome: 'pass' as const }))
  return {
    ports,
    standing: {
      ...standing,
      judged: open,
      mark: { ...standing.mark, reviews: [] },
      reviewers: [],
      teams: {},
    },
  }
}
