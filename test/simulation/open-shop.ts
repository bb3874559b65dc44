import type { Event } from '../../src/domain/event.ts'
import type { Pull } from '../../src/domain/pull.ts'
import type { Sha, Target } from '../../src/domain/refs.ts'
import { anAccount, mainBranch } from './fake-github.ts'
import { commitOf } from './memory-git.ts'
import { manifest } from './shop-files.ts'
import { createSimulatedWorld, quietHooks, repository, self, type SimulatedWorld } from './simulated-world.ts'

export const minute = 60_000

export interface ShopOptions {
  /** Lines of the configuration below `environments:`. */
  graph: string
  /** What runs at first, by environment. */
  versions: Record<string, string>
  /** What else there is at first. */
  more?: Record<string, string>
  /** The metrics server says only that a store did not answer; by default. */
  isBlind?: boolean
  /** Everything becomes healthy at once by default. */
  isFailing?: (target: Target, world: SimulatedWorld) => boolean
  /** After everything that was due at a moment is done. */
  onLook?: (world: SimulatedWorld) => void
}

/** One application in the environments of a graph, where nothing is lost and nobody but the test does anything. */
export function openShop({
  graph,
  versions,
  more = {},
  isBlind = true,
  isFailing = () => false,
  onLook,
}: ShopOptions) {
  const events: Event[] = []
  const manifests = Object.entries(versions).map(([environment, version]) => [
    pathIn(environment),
    manifest('checkout', version),
  ])
  const files = { '.drawbridge.yaml': configurationOf(graph), ...Object.fromEntries(manifests), ...more }
  const world: SimulatedWorld = createSimulatedWorld(
    { ...quietHooks, dice: () => (isBlind ? 0 : 1), onEvent: (event) => events.push(event) },
    { files, isFailing: (target) => isFailing(target, world) },
  )
  const { git, github, now } = world

  /** Ada pushes it, straight to the branch where none is named. */
  function push(changed: Record<string, string>, branch = mainBranch): Sha {
    const main = git.branches.get(mainBranch) ?? ''
    const commit = git.writeCommit(commitOf(git.writeTree(main, changed), [main], 'change', 'ada', now()))
    github.push(anAccount('ada'), branch, commit, false)
    return commit
  }

  /** Everything that is due, at every ten seconds of it. */
  async function pass(milliseconds: number): Promise<void> {
    for (const end = now() + milliseconds; now() < end; world.moveClock(now() + 10_000)) {
      do for (const event of events.splice(0)) await world.deliver(event)
      while ((await world.runOne()) || events.length > 0)
      onLook?.(world)
    }
  }

  return {
    world,
    push,
    pass,
    release: (version: string): Sha => push({ [pathIn('dev')]: manifest('checkout', version) }),
    async begin(): Promise<void> {
      await world.store.queue.enqueue({ kind: 'sweep', repository }, now())
      await pass(minute)
    },
    /** What radia is answered, on the first of our pull requests. */
    async command(text: string): Promise<string> {
      const number = ownPulls(world)[0]?.ref.number ?? 0
      github.comment(anAccount('radia'), number, text)
      await pass(10_000)
      return github.pulls.get(number)?.comments.at(-1)?.body ?? ''
    },
  }
}

export function pathIn(environment: string): string {
  return `apps/checkout/${environment}/deployment.yaml`
}

export function configurationOf(graph: string): string {
  return `version: 1
applications:
  - path: apps/{application}/{environment}
environments:
${graph}
roles:
  - { name: releasers, members: ["@radia"], may: [promote, hold, unhold, revert], environments: ["*"] }
`
}

export function ownPulls({ github }: SimulatedWorld): Pull[] {
  return [...github.pulls.values()]
    .map(({ pull }) => github.pull(pull.ref.number))
    .filter(({ author }) => author.id === self.id)
}

/** What may run on each cluster of an environment, as its rendered ref says. */
export function attestedIn({ git }: SimulatedWorld, environment: string): Record<string, string> {
  const rendered = git.branches.get(`drawbridge/rendered/${environment}`)
  const files = rendered === undefined ? [] : [...git.texts(rendered)]
  return Object.fromEntries(
    files.flatMap(([path, text]) => {
      const version = /image: .*checkout:(\S+)/.exec(text)?.[1]
      return version === undefined ? [] : [[path.split('/')[0] ?? '', version]]
    }),
  )
}
