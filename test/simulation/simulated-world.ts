import { createPrivateKey } from 'node:crypto'
import { createLedger } from '../../src/adapters/git/ledger.ts'
import { readInputs } from '../../src/adapters/renderers/job.ts'
import { renderPlain } from '../../src/adapters/renderers/plain.ts'
import { createWords } from '../../src/adapters/words/handlebars-words.ts'
import { planRetry } from '../../src/app/retry-plan.ts'
import type { Handlers } from '../../src/app/run-work.ts'
import { workFor } from '../../src/app/work-for.ts'
import { createChanges } from '../../src/dashboard/changes.ts'
import type { Event } from '../../src/domain/event.ts'
import type { Instant, RepositoryRef, Target } from '../../src/domain/refs.ts'
import type { Release } from '../../src/domain/release.ts'
import { type Work, workKey } from '../../src/domain/work.ts'
import { publicKeyLine } from '../../src/features/attestation/ssh-key.ts'
import { signSsh, verifySsh } from '../../src/features/attestation/ssh-signature.ts'
import { withPast } from '../../src/features/release/with-past.ts'
import { followUp } from '../../src/features/work/follow-up.ts'
import type { JourneyOutcome, Ports } from '../../src/journeys/ports.ts'
import { readAssets } from '../../src/main/assets.ts'
import { createHandlers } from '../../src/main/handlers.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import type { GitRepository } from '../../src/ports/git.ts'
import type { GitHub } from '../../src/ports/github.ts'
import type { PolicyEvaluator } from '../../src/ports/policy-evaluator.ts'
import type { Renderer } from '../../src/ports/renderer.ts'
import { silentLog } from '../emulator/cluster/start-cluster.ts'
import { anAccount, createFakeGitHub, type FakeGitHub, mainBranch } from './fake-github.ts'
import { commitOf, createMemoryGit, type MemoryGit } from './memory-git.ts'
import { createMemoryStore, type MemoryStore, type RecordedReviews } from './memory-store.ts'
import { shopFiles } from './shop-files.ts'
import { createShopTraffic, type ShopTraffic } from './shop-traffic.ts'

/** A number below `limit`. */
export type Dice = (limit: number) => number

export const repository: RepositoryRef = { id: '101', owner: 'shop', name: 'config', installation: '7' }
export const self = anAccount('drawbridge[bot]')

/** Tuesday, an hour after production opened. */
const startOfTime = Date.parse('2026-11-24T10:00:00Z')

/** The product over doubles that live in memory, and the world around it, at a time that only the world moves. */
export interface SimulatedWorld {
  git: MemoryGit
  github: FakeGitHub
  store: MemoryStore
  ports: Ports
  /** What users of production meet. */
  traffic: ShopTraffic
  now(): Instant
  moveClock(to: Instant): void
  /** What happened so far, oldest first, for people. */
  history: string[]
  /** Gives an event to the product as a webhook would. */
  deliver(event: Event): Promise<void>
  /** Runs one piece of due work that the dice choose; false where nothing is due that is wanted. */
  runOne(isWanted?: (work: Work) => boolean): Promise<boolean>
}

export interface WorldHooks {
  dice: Dice
  /** GitHub speaks of something that happened. */
  onEvent(event: Event): void
  onJourney(work: Work): void
  /** Before and after every call to GitHub or git; what it throws is the call's failure. */
  onCall(call: { name: string; isWrite: boolean; when: 'before' | 'after'; parameters: unknown[] }): void
}

export interface WorldContents {
  /** Of the repository; the shop's by default. */
  files?: Record<string, string>
  /** Nothing is evaluated by default. */
  policies?: PolicyEvaluator
  /** Whose pods do not come up; as the dice fall by default, one time in ten. */
  isFailing?: (target: Target) => boolean
}

export const quietHooks: WorldHooks = { dice: () => 0, onEvent() {}, onJourney() {}, onCall() {} }

export function createSimulatedWorld(
  hooks: WorldHooks,
  { files = shopFiles, policies = noPolicies, isFailing }: WorldContents = {},
): SimulatedWorld {
  const git = createMemoryGit()
  let clock = startOfTime
  const tree = git.writeTree(undefined, files)
  git.branches.set(mainBranch, git.writeCommit(commitOf(tree, [], 'start', 'margaret', clock - 3_600_000)))
  const now = () => clock
  const github = createFakeGitHub({ repository, git, app: self, now, tell: (event) => hooks.onEvent(event) })
  settlePeople(github)
  const contents = { policies, isFailing: isFailing ?? (() => hooks.dice(10) === 0) }
  const world = openWorld(git, github, createMemoryStore(), now, hooks, contents)
  return { ...world, moveClock: (to) => void (clock = to) }
}

/** A new installation on the same repository at the same moment: it knows nothing but what each review approved. */
export function freshWorld({ git, github, store, ports, now }: SimulatedWorld): SimulatedWorld {
  const copied = git.copy()
  const recorded: RecordedReviews = structuredClone(store.recordedReviews)
  const fresh = createMemoryStore(recorded)
  const contents = { policies: ports.policies, isFailing: () => false }
  return openWorld(copied, github.copyWithout(self, copied), fresh, now, quietHooks, contents)
}

function settlePeople({ people }: FakeGitHub): void {
  const permissions = {
    ada: 'write',
    grace: 'write',
    radia: 'maintain',
    ken: 'write',
    margaret: 'admin',
  } as const
  for (const [login, permission] of Object.entries(permissions)) people.permissions.set(login, permission)
  people.permissions.set('eve', 'read')
  people.teams.set('shop/checkout', new Set(['grace', 'radia']))
  people.teams.set('shop/release', new Set(['radia', 'margaret']))
}

function openWorld(
  git: MemoryGit,
  github: FakeGitHub,
  store: MemoryStore,
  now: () => Instant,
  hooks: WorldHooks,
  { policies, isFailing }: Required<Pick<WorldContents, 'policies' | 'isFailing'>>,
): SimulatedWorld {
  const history: string[] = []
  const mirror = watched(git.mirror(), hooks, gitWrites)
  const traffic = createShopTraffic(hooks.dice)
  const port = watched(github.port, hooks, gitHubWrites)
  const ports = { ...createPorts(mirror, port, store, now, policies), metrics: traffic.metrics }

  const journeys = journeysOf(ports, isFailing, traffic)

  function journey<Kind extends Work['kind']>(work: Extract<Work, { kind: Kind }>): Promise<JourneyOutcome> {
    const handler: Handlers[Kind] = journeys[work.kind]
    return handler(work, never)
  }

  async function run(work: Work, attempt: number): Promise<void> {
    hooks.onJourney(work)
    const key = workKey(work)
    const name = workText(work)
    try {
      const { outcome, next } = await journey(work)
      history.push(`  journey ${name}: ${outcome}`)
      if (next !== undefined) await store.queue.enqueue(work, next)
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error
      const retryAt = planRetry({ work, key, epoch: 0, attempt }, error, 0.5, now())
      history.push(
        `  journey ${name}: ${error.message}; ${retryAt === undefined ? 'given up' : 'again later'}`,
      )
      await store.queue.fail({ work, key, epoch: 0, attempt }, now(), error.message, retryAt)
    }
  }

  return {
    git,
    github,
    store,
    ports,
    traffic,
    now,
    history,
    moveClock() {
      throw new Error('this world has no clock of its own')
    },
    async deliver(event) {
      for (const { work, delayMs } of workFor(event)) await store.queue.enqueue(work, now() + delayMs)
    },
    async runOne(isWanted = () => true) {
      const due = store.due(now()).filter(({ work }) => isWanted(work))
      const chosen = due[hooks.dice(Math.max(1, due.length))]
      if (!chosen) return false
      store.take(chosen.work)
      await run(chosen.work, chosen.attempt + 1)
      return true
    },
  }
}

/** The product's own, but for clusters. */
function journeysOf(ports: Ports, isFailing: (target: Target) => boolean, traffic: ShopTraffic): Handlers {
  return {
    ...createHandlers(ports, createChanges()),
    'reconcile-target': ({ target }) => reconcile(ports, isFailing, traffic, target),
  }
}

/** A cluster that always takes what it is given; of some the pods do not come up. */
async function reconcile(
  { ledger, store, clock }: Ports,
  isFailing: (target: Target) => boolean,
  traffic: ShopTraffic,
  target: Target,
): Promise<JourneyOutcome> {
  const state = await ledger.read(repository, target.environment)
  const attested = state?.attestations.find(
    (each) => each.target.application === target.application && each.target.cluster === target.cluster,
  )
  if (!attested) return { outcome: 'gone', actions: 0 }
  const before = await store.releases.get(repository, target)
  if (before?.digest === attested.digest && before.revision === attested.revision) {
    return { outcome: 'unchanged', actions: 0 }
  }
  const isHealthy = !isFailing(target)
  const at = clock.now()
  const [version] = Object.values(attested.images)
  // Pods that do not come up leave the traffic to those that are there.
  if (target.environment === 'prod' && version !== undefined && isHealthy)
    traffic.serve(target.application, target.cluster, version, at)
  const found: Release = {
    target,
    revision: attested.revision,
    digest: attested.digest,
    pull: attested.pull?.number,
    phase: isHealthy ? ('healthy' as const) : ('degraded' as const),
    health: { status: isHealthy ? ('Healthy' as const) : ('Degraded' as const), reason: '' },
    since: at,
    appliedAt: at,
    ...(isHealthy && { healthyAt: at }),
    reason: '',
  }
  const after = withPast(before, found, at)
  await store.releases.put(repository, after)
  for (const item of followUp(repository, before, after)) await store.queue.enqueue(item, at)
  return { outcome: after.phase, actions: 1 }
}

const words = createWords(readAssets().templates)

const never = new AbortController().signal

/** PKCS #8 of a key that is no secret: the same commits in every run. */
const signingKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
})
  .export({ type: 'pkcs8', format: 'pem' })
  .toString()
const trustedKeys = [publicKeyLine(signingKey)]

function createPorts(
  mirror: GitRepository,
  github: GitHub,
  store: MemoryStore,
  now: () => Instant,
  policies: PolicyEvaluator,
): Omit<Ports, 'metrics'> {
  const clock = { now, sleep: async () => undefined }
  const sign = (payload: string) => signSsh(payload, signingKey)
  return {
    clock,
    store,
    github,
    repository: async () => mirror,
    organisation: async () => undefined,
    defaultBranch: async () => mainBranch,
    renderer: plainRenderer,
    policies,
    ledger: createLedger({
      repository: async () => mirror,
      clock,
      self: { name: self.login, email: 'drawbridge@shop.example' },
      sign,
      trustedKeys: () => trustedKeys,
      staleAfterMs: 15_000,
    }),
    openPgp: { verify: async () => ({ fault: 'nobody asks for signatures here' }) },
    serve: async () => undefined,
    words,
    log: silentLog,
    self: {
      actor: self,
      url: 'https://drawbridge.example',
      maskKey: 'simulation',
      sign,
      verify: (payload, signature) => verifySsh(payload, signature, trustedKeys),
    },
  }
}

const noPolicies: PolicyEvaluator = { evaluate: async () => ({ findings: [], problems: [] }) }

/** The product's own way with plain manifests, without the tools that nothing here needs. */
const plainRenderer: Renderer = {
  render: async (request) => renderPlain(request, await readInputs(request)),
  async describe() {
    throw new Error('no tool renders here')
  },
}

const gitHubWrites = new Set<string>([
  'upsertComment',
  'react',
  'publishChecks',
  'requestReviewers',
  'openPull',
  'editPull',
  'mergePull',
  'closePull',
])
const gitWrites = new Set<string>(['push'])

type AnyPort = Record<string, (...parameters: unknown[]) => Promise<unknown>>

/** The same port, every call of which is seen before and after it. */
function watched<Port extends GitHub | GitRepository>(
  port: Port,
  hooks: WorldHooks,
  writes: ReadonlySet<string>,
): Port {
  const wrapped = Object.entries(port as unknown as AnyPort).map(([name, call]): [string, typeof call] => [
    name,
    async (...parameters) => {
      const seen = { name, isWrite: writes.has(name), parameters }
      hooks.onCall({ ...seen, when: 'before' })
      const answer = await call(...parameters)
      hooks.onCall({ ...seen, when: 'after' })
      return answer
    },
  ])
  return Object.fromEntries(wrapped) as unknown as Port
}

function workText(work: Work): string {
  switch (work.kind) {
    case 'review-pull':
      return `review-pull #${work.pull.number}`
    case 'run-command':
      return `run-command #${work.pull.number} ${work.commentId}`
    case 'reconcile-target':
      return `reconcile ${work.target.application} on ${work.target.cluster}`
    default:
      return work.kind
  }
}
