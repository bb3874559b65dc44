import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import type { CheckRun, Pull } from '../../src/emulator/github/state.ts'
import type { ClusterName } from '../../src/emulator/shop/create-shop.ts'
import type { Release } from '../../src/domain/release.ts'
import type { Instant, RepositoryRef } from '../../src/domain/refs.ts'
import type { Work } from '../../src/domain/work.ts'
import type { LedgerState } from '../../src/ports/ledger.ts'
import { createNarrator, type Narrator } from '../../src/main/demo/narrator.ts'
import { type Demo, type DemoOptions, openDemo } from '../../src/main/demo/open-demo.ts'
import { createStage, type Edits, type Stage } from '../../src/main/demo/stage.ts'

export const minute = 60_000
export const hour = 60 * minute

/** Of a whole story; a machine with other work takes many times as long as one without. */
export const storyTimeoutMs = 180_000

/** Monday, a moment after the window of production opens. */
export const mondayMorning = '2026-11-23T08:00:10Z'

/** Raises the version of an application in one environment. */
export function newTag(application: string, environment: string, tag: string): Edits {
  return {
    [`apps/${application}/overlays/${environment}/kustomization.yaml`]: (text) =>
      text.replace(/newTag: "[^"]*"/, `newTag: "${tag}"`),
  }
}

/** The whole product in front of the emulated shop, and what its people do and see. */
export interface World {
  demo: Demo
  stage: Stage
  ref: RepositoryRef
  now(): Instant
  openPull(by: string, title: string, edits: Edits): Promise<Pull>
  approve(by: string, pull: Pull): void
  merge(by: string, pull: Pull): Promise<void>
  /** Comments; answers the reply, without its marker. */
  command(by: string, pull: Pull, text: string): Promise<string>
  /** Drawbridge's comment on the pull request; '' while there is none. */
  comment(pull: Pull): string
  /** The newest run of a check on the head. */
  check(pull: Pull, name?: string): CheckRun | undefined
  /** The aggregate check as one word: `success`, `action_required`, `failure`; '' while there is none. */
  gate(pull: Pull, name?: string): string
  /** The newest pull request that Drawbridge has opened from a branch that begins so, open or not. */
  openedPull(prefix: string): Pull | undefined
  ledger(environment: string): Promise<LedgerState | undefined>
  releases(application: string, environment: string): Promise<Release[]>
  runs(cluster: ClusterName, application: string, version: string): boolean
  /** Sends the webhooks about the pull request (of all events, or one) again, so many times. */
  redeliver(pull: Pull, event: string, times: number): Promise<void>
  enqueue(work: Work): Promise<void>
  /** Marks this moment; the answer tells what Drawbridge wrote since to GitHub, to branches and to clusters. */
  watchWrites(): () => string[]
  /** Waits until the look sees it. */
  eventually<T>(what: string, look: () => Promise<T | undefined | false> | T | undefined | false): Promise<T>
  /** Waits until nothing is at hand any more. */
  quiet(): Promise<void>
  /** Lets time pass, and what becomes due be done. */
  pass(ms: number): Promise<void>
  passUntil(instant: string): Promise<void>
  close(): Promise<void>
}

/** Nothing of a story has to survive the machine: in memory, where writing it through costs nothing. */
const memoryFolder = '/dev/shm'

/** Emulated seconds in one of the machine's, while there is work; while everybody only waits the clock goes ahead. */
const rate = 20
const aheadMs = 2_000

/** Of the machine's time, for one step: below the time limit of a story, so that it is the step that is named. */
const patienceMs = 60_000

/** So many looks in a row see an empty queue before the world counts as quiet. */
const quietLooks = 4
const lookEveryMs = 10

/** A shop whose environments were adopted and are healthy; `prepare` brings up what the adoption waits for. */
export async function aShop(
  options: DemoOptions = {},
  prepare?: (demo: Demo, folder: string) => Promise<void>,
): Promise<World> {
  const folder = await mkdtemp(join(existsSync(memoryFolder) ? memoryFolder : tmpdir(), 'drawbridge-story-'))
  const opened = await openDemo({ rate, folder, ...options })
  const demo: Demo = {
    ...opened,
    async close() {
      await opened.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await demo.drawbridge.start()
  await prepare?.(demo, folder)
  const narrator: Narrator = {
    ...createNarrator({ story: demo.clock, real: systemClock, write: () => undefined }),
    until: (what, look) => eventually(demo, what, look),
  }
  const world = createWorld(demo, createStage(demo, narrator))
  await world.stage.baseline()
  await world.quiet()
  return world
}

function createWorld(demo: Demo, stage: Stage): World {
  const { clock, shop, drawbridge } = demo
  const { github, repository } = shop
  const { ports } = drawbridge
  const ref = drawbridge.repositories.all()[0]
  if (!ref) throw new Error('the app does not see the repository shop/config')
  let branches = 0
  const eventually: World['eventually'] = (what, look) => stage.narrator.until(what, look)
  const check = (pull: Pull, name = 'drawbridge') =>
    github.checks(repository, pull.headSha).findLast((run) => run.name === name)

  async function quiet(): Promise<void> {
    for (let seen = 0; seen < quietLooks; seen += 1) {
      await github.settled()
      if (!(await isIdle(demo))) seen = -1
      await systemClock.sleep(lookEveryMs)
    }
  }

  return {
    demo,
    stage,
    ref,
    now: () => clock.now(),
    async openPull(by, title, edits) {
      branches += 1
      const number = await stage.openPull({ by, title, branch: `change-${branches}`, edits })
      return github.pull(repository, number)
    },
    approve: (by, pull) => void github.as(by).approve(pull),
    async merge(by, pull) {
      await eventually(`#${pull.number} may be merged`, () => stage.merge(by, pull.number))
    },
    async command(by, pull, text) {
      const id = await stage.commandBy(by, pull.number, text)
      return eventually(`an answer to ${text}`, () => stage.answer(pull.number, id, (body) => body !== ''))
    },
    comment: (pull) => stage.comment(pull.number, () => true) ?? '',
    check,
    gate: (pull, name) => check(pull, name)?.conclusion ?? '',
    openedPull: stage.openedPull,
    ledger: (environment) => ports.ledger.read(ref, environment),
    async releases(application, environment) {
      const all = (await ports.store.releases.list(ref)).map(({ release }) => release)
      return all.filter(
        ({ target }) => target.application === application && target.environment === environment,
      )
    },
    runs: (cluster, application, version) => stage.runs(cluster, application, version),
    async redeliver(pull, event, times) {
      const about = github
        .deliveries()
        .filter((delivery) => delivery.event === event && isAbout(delivery.body, pull.number))
        .filter(({ isRedelivery }) => !isRedelivery)
      for (let time = 0; time < times; time += 1) for (const { id } of about) github.redeliver(id)
      await quiet()
    },
    enqueue: (work) => ports.store.queue.enqueue(work, clock.now()),
    watchWrites() {
      const before = new Set(writesOf(demo))
      return () => [...writesOf(demo)].filter((write) => !before.has(write)).map(describeWrite)
    },
    eventually,
    quiet,
    async pass(ms) {
      await quiet()
      await stage.pass(ms)
      await quiet()
    },
    async passUntil(instant) {
      await quiet()
      await stage.passUntil(instant)
      await quiet()
    },
    close: () => demo.close(),
  }
}

function isAbout(body: string, number: number): boolean {
  const payload = JSON.parse(body) as { pull_request?: { number: number }; issue?: { number: number } }
  return (payload.pull_request ?? payload.issue)?.number === number
}

async function eventually<T>(
  demo: Demo,
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const end = systemClock.now() + patienceMs
  let last: unknown
  while (systemClock.now() < end) {
    try {
      const seen = await look()
      if (seen !== undefined && seen !== false) return seen
    } catch (error) {
      last = error
    }
    if (await isIdle(demo)) demo.clock.jumpTo(demo.clock.now() + aheadMs)
    await systemClock.sleep(lookEveryMs)
  }
  throw new Error(`did not come true within ${patienceMs / 1000} s: ${what}`, { cause: last })
}

async function isIdle({ clock, drawbridge }: Demo): Promise<boolean> {
  const { inbox, queue } = drawbridge.ports.store
  const [{ due, running }, { waiting }] = await Promise.all([queue.depth(clock.now()), inbox.counts()])
  return due + running + waiting === 0
}

/** A request as one of the emulators took it down. */
interface Write {
  by?: string
  method: string
  path: string
  verb?: string
  route?: string
}

/** Signing in, and questions that REST cannot answer, change nothing that people see. */
const harmless = ['/app/installations/{installation_id}/access_tokens', '/api/graphql']

function writesOf({ shop }: Demo): Write[] {
  const toGitHub = shop.github.requests.filter(
    ({ method, route, path, by }) =>
      !['GET', 'HEAD'].includes(method) &&
      !harmless.includes(route) &&
      !path.includes('git-upload-pack') &&
      !['ada', 'grace', 'radia', 'margaret', 'ken'].includes(by),
  )
  const toClusters = [...shop.clusters.values()].flatMap(({ requests }) =>
    requests.filter(({ verb, path }) => !['get', 'list', 'watch'].includes(verb) && !path.includes('dryRun')),
  )
  return [...toGitHub, ...toClusters]
}

function describeWrite({ method, verb, path }: Write): string {
  return `${verb ?? method} ${path}`
}
