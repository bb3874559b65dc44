import { createHash } from 'node:crypto'
import { renderPlain } from '../../src/adapters/renderers/plain.ts'
import { readInputs } from '../../src/adapters/renderers/job.ts'
import type { AuditEntry } from '../../src/domain/audit.ts'
import type { Comment, Permission, Pull } from '../../src/domain/pull.ts'
import type { Actor, Instant } from '../../src/domain/refs.ts'
import { noControls } from '../../src/domain/release.ts'
import type { GitEntry } from '../../src/domain/repository-files.ts'
import type { Work } from '../../src/domain/work.ts'
import type { Ports } from '../../src/journeys/ports.ts'
import type { GitRepository } from '../../src/ports/git.ts'
import type { LedgerState } from '../../src/ports/ledger.ts'
import type { RenderRequest } from '../../src/ports/renderer.ts'
import type { EarlierEffect } from '../../src/ports/store.ts'
import { aPull, drawbridge, noon, shop } from '../builders.ts'
import { write } from '../features/review/review-builders.ts'

/** One pull request that changes the checkout of prod, on which people type commands; everything outside is a double. */
export interface CommandWorld {
  ports: Ports
  pull: Pull
  now: Instant
  /** By login. */
  permissions: Map<string, Permission>
  /** Without it, reading a permission fails as GitHub does at times. */
  isGitHubWell: boolean
  /** By name of the team, people of the teams below included. */
  teams: Map<string, Actor[]>
  comments: Map<string, Comment>
  /** Bodies of our comments, by marker. */
  said: Map<string, string>
  reactions: string[]
  work: Work[]
  audit: AuditEntry[]
  ledgers: Map<string, LedgerState>
  /** Puts a comment there and answers its id. */
  comment(by: Actor, body: string, isEdited?: boolean): string
}

const manifest = (image: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { image: ${image} }\n`

export function aCommandWorld(configuration: string): CommandWorld {
  const git = aRepository({
    base: { '.drawbridge.yaml': configuration, 'apps/checkout/prod/web.yaml': manifest('1.8.0') },
    head: { '.drawbridge.yaml': configuration, 'apps/checkout/prod/web.yaml': manifest('1.9.0') },
  })
  const world: CommandWorld = {
    ports: undefined as never,
    pull: aPull({ baseSha: 'base', headSha: 'head' }),
    now: noon,
    permissions: new Map(),
    isGitHubWell: true,
    teams: new Map(),
    comments: new Map(),
    said: new Map(),
    reactions: [],
    work: [],
    audit: [],
    ledgers: new Map(['staging', 'prod'].map((name) => [name, aLedger(name)])),
    comment(author, body, isEdited = false) {
      const id = String(world.comments.size + 1)
      world.comments.set(id, { id, author, body, createdAt: world.now, isEdited })
      return id
    },
  }
  world.ports = portsOf(world, git)
  return world
}

function portsOf(world: CommandWorld, git: GitRepository): Ports {
  const effects = new Map<string, EarlierEffect>()
  const cache = new Map<string, Uint8Array>()
  const ports = {
    clock: { now: () => world.now, sleep: async () => {} },
    repository: async () => git,
    organisation: async () => undefined,
    defaultBranch: async () => 'main',
    github: {
      pull: async () => world.pull,
      comment: async (_: unknown, id: string) => world.comments.get(id),
      async permission(_: unknown, { login }: Actor) {
        if (!world.isGitHubWell) throw new Error('503 from GitHub')
        return world.permissions.get(login) ?? 'none'
      },
      teamMembers: async (organisation: string, slug: string) => world.teams.get(`@${organisation}/${slug}`),
      react: async (_: unknown, id: string) => void world.reactions.push(id),
      async upsertComment(_: unknown, marker: string, body: string) {
        world.said.set(marker, body)
        return { id: marker }
      },
      checks: async () => [],
      reviews: async () => [],
      commitActors: async () => [],
      isVerified: async () => false,
      openPulls: async () => [world.pull],
    },
    store: {
      effects: {
        find: async (key: string) => effects.get(key) ?? { state: 'none' },
        async intend(key: string, fingerprint: string) {
          const earlier = effects.get(key) ?? { state: 'none' }
          if (earlier.state === 'none') effects.set(key, { state: 'intended', fingerprint })
          return earlier
        },
        async settle(key: string, outcome: Record<string, unknown>, entry: AuditEntry) {
          effects.set(key, { state: 'settled', fingerprint: '', outcome })
          world.audit.push(entry)
        },
      },
      audit: { append: async (entry: AuditEntry) => void world.audit.push(entry) },
      cache: {
        get: async (key: string) => cache.get(key),
        put: async (key: string, value: Uint8Array) => void cache.set(key, value),
      },
      queue: { enqueue: async (work: Work) => void world.work.push(work) },
      reviews: { list: async () => [], record: async () => {} },
      releases: { list: async () => [], get: async () => undefined },
    },
    ledger: {
      read: async (_: unknown, environment: string) => world.ledgers.get(environment),
      holders: async () => [],
      history: async () => [],
      objects: async () => [],
      async commit(_: unknown, environment: string, __: unknown, change: Partial<LedgerState>) {
        const before = world.ledgers.get(environment) ?? aLedger(environment)
        world.ledgers.set(environment, { ...before, controls: change.controls ?? before.controls })
        return { kind: 'committed', commit: 'c'.repeat(40) }
      },
    },
    renderer: {
      render: async (request: RenderRequest) => renderPlain(request, await readInputs(request)),
      describe: async () => ({}),
    },
    policies: { evaluate: async () => ({ findings: [], problems: [] }) },
    words: { write },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    self: { actor: drawbridge, url: 'https://drawbridge.example', maskKey: 'k', verify: () => false },
  }
  return ports as unknown as Ports
}

export function aLedger(environment: string): LedgerState {
  return {
    repository: shop,
    environment,
    commit: 'c'.repeat(40),
    sequence: 1,
    trust: 'trusted',
    attestations: [],
    rollouts: [],
    controls: noControls,
  }
}

/** Two revisions by their names; the branch is at `base`. */
function aRepository(revisions: Record<string, Record<string, string>>): GitRepository {
  const blobs = new Map<string, Uint8Array>()
  const trees = new Map(
    Object.entries(revisions).map(([id, files]) => {
      const entries = Object.entries(files).map(([path, text]): GitEntry => {
        const blob = createHash('sha1').update(text).digest('hex')
        blobs.set(blob, Buffer.from(text))
        return { path, mode: '100644', id: blob, size: text.length }
      })
      return [id, { id, entries }]
    }),
  )
  const repository = {
    fetch: async () => {},
    resolve: async () => 'base',
    tree: async (id: string) => trees.get(id),
    read: async (ids: string[]) => new Map(ids.map((id) => [id, blobs.get(id)])),
    commit: async (sha: string) => ({ sha, parents: ['base'], message: '' }),
    mergeBase: async () => 'base',
    mergeTree: async () => ({ tree: 'head' }),
    signedPayload: async () => ({ payload: '', signature: undefined }),
    changedPaths: async () => [],
  }
  return repository as unknown as GitRepository
}
