import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open-store.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { openWorld, type World } from '../../src/main/demo/open-demo.ts'
import { type CrashPoint, crashPoints } from './crash-points.ts'
import type { ProcessOrder } from './drawbridge-process.ts'
import { type Deployment, runs, smallShop, until } from './small-shop.ts'

/** The world's time against the machine's. A lease of 30 s is over in half a second. */
const rate = 60

/** A crashed story and its restart; generous, because the machine may be busy. */
const patienceMs = 240_000

/** Each point costs half a minute of a busy core: they have a run of their own. */
const isAsked = process.env['CRASH_POINTS'] === 'all'

/** The story: a change is opened, merged when it is green, applied, promoted and applied again. */
describe.runIf(isAsked)('a process that is killed and started again (in npm run test:crash)', () => {
  let undisturbed: string

  beforeAll(async () => {
    undisturbed = await tell(undefined)
  }, patienceMs)

  it('has something to compare with', () => {
    expect(undisturbed).toContain('staging catalog registry.shop.example/catalog:2.31.0')
    expect(undisturbed).toContain('#2 merged Promote catalog 2.31.0 to staging')
  })

  it.concurrent.each(crashPoints)(
    'ends in the same state when it was killed %s',
    async (point) => {
      expect(await tell(point, undisturbed)).toBe(undisturbed)
    },
    patienceMs,
  )
})

/** Tells the story with a crash at `point`, and answers the state that it ends in; waits for `expected` where that is known. */
async function tell(point: CrashPoint | undefined, expected?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-crash-'))
  const world = await openWorld({ folder, rate, files: await smallShop() })
  const process = await superviseDrawbridge(world, folder, point)
  try {
    await until(() => runs(world, 'staging', '2.30.1'))
    const ada = world.shop.github.as('ada')
    const { repository } = world.shop
    const path = 'apps/catalog/overlays/dev/kustomization.yaml'
    const text = (await smallShop())[path] ?? ''
    await ada.push(
      repository,
      'catalog-2.31.0',
      { [path]: text.replace('2.30.1', '2.31.0') },
      'Catalog 2.31.0',
    )
    const pull = await ada.openPull({ repository, head: 'catalog-2.31.0', title: 'Catalog 2.31.0' })
    await until(async () => {
      await ada.merge(pull, 'squash')
      return true
    })
    await until(() => runs(world, 'staging', '2.31.0'))
    if (point) await until(() => process.crashes() > 0)
    return await settle(world, expected)
  } finally {
    await process.stop()
    const store = await openStore({ folder: world.settings.dataFolder, clock: systemClock })
    expect(await store.audit.verify(), 'the audit chain holds').toBeUndefined()
    await store.close()
    await world.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The product in a process of its own, started again whenever it ends. */
async function superviseDrawbridge(world: World, folder: string, point: CrashPoint | undefined) {
  const { kubeconfigs, ...settings } = world.settings
  const order: ProcessOrder = {
    settings,
    kubeconfigs: [...kubeconfigs],
    epoch: world.clock.now(),
    realEpoch: systemClock.now(),
    rate,
    point,
  }
  const file = join(folder, 'order.json')
  let crashes = 0
  let isStopped = false
  let child: ChildProcess | undefined
  const script = fileURLToPath(new URL('drawbridge-process.ts', import.meta.url))

  const start = async (wanted: CrashPoint | undefined) => {
    await writeFile(file, JSON.stringify({ ...order, point: wanted }))
    const started = spawn(globalThis.process.execPath, [script, file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    child = started
    started.once('exit', () => {
      if (isStopped) return
      crashes += 1
      void start(undefined)
    })
  }
  await start(point)
  return {
    crashes: () => crashes,
    async stop() {
      isStopped = true
      if (child && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
    },
  }
}

/** Until the state is as expected, or, where nothing is expected, has not changed for two seconds. */
async function settle(world: World, expected: string | undefined): Promise<string> {
  const end = systemClock.now() + 90_000
  let state = await describeState(world)
  let since = systemClock.now()
  while (systemClock.now() < end) {
    await systemClock.sleep(100)
    const next = await describeState(world)
    if (next !== state) since = systemClock.now()
    state = next
    if (expected === undefined ? systemClock.now() - since > 2_000 : state === expected) return state
  }
  return state
}

/** Everything that people and clusters see, without times and ids. */
async function describeState({ shop }: World): Promise<string> {
  const { github, repository } = shop
  const pulls = [...repository.pulls.values()].flatMap((pull) => [
    `#${pull.number} ${pull.merged ? 'merged' : pull.state} ${pull.title}`,
    ...pull.comments.map(({ author, body }) => `${author.login}: ${withoutTimes(body)}`),
    ...latestChecks(github.checks(repository, pull.headSha)),
  ])
  const live = ['dev', 'staging'].flatMap((name) => {
    const cluster = shop.clusters.get(name as 'dev' | 'staging')
    return (cluster?.list('Deployment', 'shop') ?? []).map((object) => {
      const { spec, status } = object as unknown as Deployment
      return `${name} ${object.metadata.name} ${spec.template.spec.containers[0]?.image} ${status?.readyReplicas}/${spec.replicas}`
    })
  })
  return [...pulls, ...live].join('\n')
}

/** Name and conclusion of the newest run of each check. */
function latestChecks(runs: readonly { name: string; conclusion: string | null }[]): string[] {
  return [
    ...new Map(runs.map(({ name, conclusion }) => [name, `${name}: ${conclusion}`])).values(),
  ].toSorted()
}

function withoutTimes(text: string): string {
  return text
    .replace(/\b[0-9a-f]{7,40}\b/g, 'SHA')
    .replace(/\w{3} \d+ \w{3} \d{4}, \d\d:\d\d UTC/g, 'TIME')
    .replace(/127\.0\.0\.1:\d+/g, 'HOST')
}
