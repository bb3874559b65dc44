import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LedgerChange } from '../../src/domain/action.ts'
import { noControls } from '../../src/domain/release.ts'
import type { Ports } from '../../src/journeys/ports.ts'
import { recordMerge } from '../../src/journeys/release/record-merge.ts'
import type { GitRepository } from '../../src/ports/git.ts'
import type { LedgerState } from '../../src/ports/ledger.ts'
import { gitSandbox } from '../adapters/git/git-sandbox.ts'
import { silentLog } from '../emulator/cluster/start-cluster.ts'

const shop = { id: '42', owner: 'shop', name: 'deploy', installation: '7' }
const tipOfLedger = 'c'.repeat(40)

let sandbox: ReturnType<typeof gitSandbox>
let repository: GitRepository

beforeEach(async () => {
  sandbox = gitSandbox()
  sandbox.commit({ '.drawbridge.yaml': 'environments:\n  dev: { clusters: [kind] }\n' })
  sandbox.push('main')
  repository = await sandbox.git().open(sandbox.remote)
})

afterEach(async () => {
  await repository.close()
  sandbox.remove()
})

/** Ports for an environment whose rendered ref is as `state` says; commits to it are taken down. */
function portsFor(state: Partial<LedgerState>) {
  const commits: { expected: string | undefined; change: LedgerChange; message: string }[] = []
  const ports = {
    clock: { now: () => 0, sleep: async () => undefined },
    log: silentLog,
    repository: async () => repository,
    defaultBranch: async () => 'main',
    organisation: async () => undefined,
    github: {
      checks: async () => [],
      publishChecks: async () => [{ id: '1' }],
      openIssue: async () => ({}),
      openPulls: async () => [],
    },
    words: { write: () => '' },
    self: { url: '' },
    store: {
      effects: {
        find: async () => ({ state: 'none' }),
        intend: async () => ({ state: 'none' }),
        settle: async () => undefined,
      },
    },
    ledger: {
      read: async () => ({
        repository: shop,
        environment: 'dev',
        commit: tipOfLedger,
        trust: 'trusted',
        sequence: 1,
        attestations: [],
        rollouts: [],
        controls: noControls,
        ...state,
      }),
      commit: async (
        _: unknown,
        _environment: string,
        expected: string | undefined,
        change: LedgerChange,
        message: string,
      ) => {
        commits.push({ expected, change, message })
        return { kind: 'committed', commit: 'd'.repeat(40), sequence: 2 }
      },
    },
  } as unknown as Ports
  return { ports, commits }
}

it('signs a tip of a former key anew, and says nothing new with it', async () => {
  const { ports, commits } = portsFor({ isByFormerKey: true })
  expect(await recordMerge(ports, shop)).toMatchObject({ outcome: 'recorded' })
  expect(commits).toEqual([
    {
      expected: tipOfLedger,
      change: { releases: [], removed: [] },
      message: 'sign dev anew with the present key',
    },
  ])
})

it.each(['unsigned', 'bad-signature', 'rewritten'] as const)(
  'writes nothing on a tip that is %s, whatever else it says',
  async (trust) => {
    const { ports, commits } = portsFor({ trust, isByFormerKey: true })
    await recordMerge(ports, shop)
    expect(commits).toEqual([])
  },
)

it('leaves a tip of the present key alone', async () => {
  const seen = { branch: 'main', revision: sandbox.run(['rev-parse', 'HEAD']) }
  const { ports, commits } = portsFor({ seen })
  expect(await recordMerge(ports, shop)).toEqual({ outcome: 'unchanged', actions: 0 })
  expect(commits).toEqual([])
})

const withSettings = `
environments:
  dev: { clusters: [kind], reconcile: { stable: 10s, ignore: [{ kind: Deployment, fields: [/spec/replicas] }] } }
health:
  - { group: shop.example, kind: Coupon, healthy: status.printed }
`
const settings = {
  health: [{ group: 'shop.example', kind: 'Coupon', healthy: 'status.printed' }],
  stableSeconds: 10,
  ignore: [{ kind: 'Deployment', fields: ['/spec/replicas'] }],
}

it('tells the cluster side what the configuration says, once', async () => {
  sandbox.commit({ '.drawbridge.yaml': withSettings })
  sandbox.push('main')
  const seen = { branch: 'main', revision: sandbox.run(['rev-parse', 'HEAD']) }
  const first = portsFor({ seen })
  await recordMerge(first.ports, shop)
  expect(first.commits).toEqual([
    {
      expected: tipOfLedger,
      change: { releases: [], removed: [], settings },
      message: 'take over the settings of dev',
    },
  ])
  const second = portsFor({ seen, settings })
  expect(await recordMerge(second.ports, shop)).toEqual({ outcome: 'unchanged', actions: 0 })
})

it('leaves the settings that hold as they are while the configuration has problems', async () => {
  sandbox.commit({ '.drawbridge.yaml': `${withSettings}roles: [{}]\n` })
  sandbox.push('main')
  const seen = { branch: 'main', revision: sandbox.run(['rev-parse', 'HEAD']) }
  const { ports, commits } = portsFor({ seen, settings: { stableSeconds: 60 } })
  await recordMerge(ports, shop)
  expect(commits).toEqual([])
})
