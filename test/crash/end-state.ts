import { createGit } from '../../src/adapters/git/git.ts'
import { createLedger } from '../../src/adapters/git/ledger.ts'
import { openStore } from '../../src/adapters/store/open-store.ts'
import { createChildProcesses } from '../../src/adapters/system/system-child-processes.ts'
import { publicKeyLine } from '../../src/features/attestation/ssh-key.ts'
import { appId } from '../../src/emulator/shop/create-shop.ts'
import type { Pull } from '../../src/emulator/github/state.ts'
import type { CrashWorld } from './crash-world.ts'

/** What the world and the records look like at the end, without times, shas, ids and ports. */
export async function endState(world: CrashWorld) {
  const { shop, handover, clock } = world
  const { repository } = shop
  const store = await openStore({ folder: handover.settings.dataFolder, clock })
  const state = {
    pulls: [...repository.pulls.values()].map((pull) => describePull(world, pull)),
    rendered: await Promise.all(['dev', 'staging'].map((name) => describeLedger(world, name))),
    live: ['dev', 'staging'].map((name) => describeCluster(world, name)),
    releases: (await store.releases.list())
      .map(({ release: { target, phase, digest } }) => ({ ...target, phase, digest }))
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    brokenAuditRow: await store.audit.verify(),
    inbox: await store.inbox.counts(),
    deadLetters: (await store.queue.depth(clock.now())).dead,
  }
  await store.close()
  return state
}

function describePull({ shop }: CrashWorld, pull: Pull) {
  const runs = shop.github.checks(shop.repository, pull.headSha)
  return {
    title: pull.title,
    branch: pull.headBranch,
    state: pull.merged ? 'merged' : pull.state,
    comments: pull.comments.map(({ author, body }) => `${author.login}: ${withoutTimes(body)}`),
    checks: runs.map(({ name, conclusion, output }) => `${name} ${conclusion}: ${output.title}`).toSorted(),
  }
}

function withoutTimes(text: string): string {
  return text
    .replace(/\b[0-9a-f]{7,40}\b/g, '<sha>')
    .replace(/\w{3} \d+ \w{3} \d{4}, \d\d:\d\d UTC/g, '<time>')
    .replace(/127\.0\.0\.1:\d+/g, '<host>')
}

async function describeLedger({ shop, handover, clock }: CrashWorld, environment: string) {
  const { repository } = shop
  const git = createGit({
    children: createChildProcesses(),
    folder: '/nowhere',
    environment: handover.settings.gitEnvironment,
  })
  const opened = await git.open({ kind: 'local', folder: repository.folder })
  const ledger = createLedger({
    repository: async () => opened,
    clock,
    self: { name: 'test', email: 'test@example.com' },
    sign: () => '',
    trustedKeys: [publicKeyLine(handover.settings.signingKey)],
  })
  const ref = { id: String(repository.id), owner: 'shop', name: 'config', installation: String(appId) }
  const history = await ledger.history(ref, environment, 50)
  await opened.close()
  return history.map(({ trust, attestations }) => ({
    trust,
    attestations: attestations.map(({ target, digest, kind, images }) => ({
      ...target,
      digest,
      kind,
      images,
    })),
  }))
}

/** The generation tells how often a spec was really changed. */
function describeCluster({ shop }: CrashWorld, name: string) {
  const cluster = shop.clusters.get(name === 'dev' ? 'dev' : 'staging')
  const kinds = ['Namespace', 'Deployment', 'Service', 'ConfigMap', 'NetworkPolicy']
  return kinds.flatMap((kind) =>
    (cluster?.list(kind) ?? []).map(
      ({ metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name} ${metadata.generation ?? ''}`,
    ),
  )
}
