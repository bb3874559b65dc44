import { afterEach, beforeEach, expect, it } from 'vitest'
import { readInputs } from '../../src/adapters/renderers/job.ts'
import { renderPlain } from '../../src/adapters/renderers/plain.ts'
import { clonedLedger } from '../../src/cli/cloned-ledger.ts'
import type { RepositoryRef } from '../../src/domain/refs.ts'
import type { Pull } from '../../src/domain/pull.ts'
import type { PullToOpen } from '../../src/domain/action.ts'
import { canonicalise, digestOf } from '../../src/features/rendering/canonical.ts'
import type { Ports } from '../../src/journeys/ports.ts'
import { settlePromotion } from '../../src/journeys/promotion/settle-promotion.ts'
import { readTip } from '../../src/journeys/repository/read-configuration.ts'
import { loadFiles } from '../../src/journeys/repository/render-revision.ts'
import { promoteReleases } from '../../src/journeys/promotion/promote-releases.ts'
import type { GitRepository } from '../../src/ports/git.ts'
import type { LedgerState } from '../../src/ports/ledger.ts'
import type { RenderRequest } from '../../src/ports/renderer.ts'
import { attestReleases, type ReleaseToAttest } from '../adapters/git/attest-releases.ts'
import { gitSandbox } from '../adapters/git/git-sandbox.ts'
import { aDeployment, aPull, aRelease, drawbridge, shop } from '../builders.ts'
import { write } from '../features/review/review-builders.ts'

const signed = '-----BEGIN SSH SIGNATURE-----\nx\n-----END SSH SIGNATURE-----'

const workload = (tag: string, mode: string) => {
  const deployment = aDeployment('web', `shop/web:${tag}`)
  return { ...deployment, metadata: { ...deployment.metadata, annotations: { mode } } }
}
const manifest = (tag: string, mode: string) => `${JSON.stringify(workload(tag, mode), undefined, 2)}\n`
const configurationWith = (more: string) => `version: 1
applications: [{ path: 'apps/{application}/{environment}', promote: [images, { file: web.yaml, field: metadata.annotations.mode }] }]
environments:
  staging: {}
  prod: { promotion: { from: staging, automatic: true${more} } }
`

let sandbox: ReturnType<typeof gitSandbox>
let git: GitRepository
beforeEach(() => {
  sandbox = gitSandbox()
})
afterEach(async () => {
  await git.close()
  sandbox.remove()
})

function commit(inProd: string, mode = 'slow', inStaging = 'slow', tag = '1.1.0', more = ''): string {
  const sha = sandbox.commit({
    '.drawbridge.yaml': configurationWith(more),
    'apps/web/staging/web.yaml': manifest(tag, inStaging),
    'apps/web/prod/web.yaml': manifest(inProd, mode),
  })
  sandbox.push('main')
  return sha
}

type Ran = Pick<ReleaseToAttest, 'revision' | 'at' | 'kind'> & { tag: string; mode: string }

/** What staging ran, healthy, and what prod ran, the newest last; a GitHub that writes down what it is asked. */
async function aShop(
  inStaging: Ran[],
  inProd: Ran[],
  says: (sha: string) => string = () => '',
  trust: LedgerState['trust'] = 'trusted',
) {
  const attest = (environment: string, releases: Ran[]) =>
    attestReleases(
      sandbox,
      { application: 'web', environment },
      releases.map(({ tag, mode, ...rest }) => ({
        ...rest,
        images: { 'shop/web': tag },
        objects: [workload(tag, mode)],
      })),
    )
  const refs = [
    { environment: 'staging', tip: attest('staging', inStaging) },
    { environment: 'prod', tip: attest('prod', inProd) },
  ]
  sandbox.push(...refs.map(({ environment, tip }) => `${tip}:refs/heads/drawbridge/rendered/${environment}`))
  sandbox.run(['checkout', '-q', '-f', 'main'])
  git = await sandbox.git().open(sandbox.remote)
  await git.fetch()

  const asked: string[] = []
  const pulls: Pull[] = []
  const noted = <Args extends unknown[], Answer>(name: string, answer: (...args: Args) => Answer) => {
    return async (...args: Args) => {
      asked.push(name)
      return answer(...args)
    }
  }
  const open = (_: unknown, { branch, title, baseSha }: PullToOpen) => {
    const ref = { repository: shop, number: 7 }
    pulls.splice(0, 1, aPull({ ref, author: drawbridge, headBranch: branch, title, baseSha }))
    return { number: 7, url: '' }
  }
  const target = { application: 'web', environment: 'staging', cluster: 'staging' }
  const [now, ...past] = inStaging.toReversed().map(({ revision, tag, mode }) => {
    const digest = digestOf(canonicalise([workload(tag, mode)]).objects)
    return { revision, digest, healthyAt: 0 }
  })
  const healthy = aRelease({ target, ...now, phase: 'healthy', ...(past.length > 0 && { past }) })
  const ledger = clonedLedger(git, refs)
  const ports = {
    clock: { now: () => 1_000, sleep: async () => {} },
    organisation: async () => undefined,
    defaultBranch: async () => 'main',
    repository: async () => git,
    renderer: {
      render: noted('render', async (request: RenderRequest) =>
        renderPlain(request, await readInputs(request)),
      ),
    },
    ledger: {
      ...ledger,
      async read(repository: RepositoryRef, environment: string) {
        const state = await ledger.read(repository, environment)
        return state && environment === 'staging' ? { ...state, trust } : state
      },
    },
    words: { write },
    self: {
      actor: drawbridge,
      maskKey: 'k',
      sign: () => signed,
      verify: (_: string, signature: string) => signature.trim() === signed,
    },
    store: {
      releases: { list: async () => [{ release: healthy }] },
      effects: {
        find: async () => ({ state: 'none' }),
        intend: async () => ({ state: 'none' }),
        settle: async () => {},
      },
    },
    github: {
      openPulls: noted('openPulls', async () => {
        const heads = await Promise.all(
          pulls.map(({ headBranch }) => git.resolve(`refs/heads/${headBranch}`)),
        )
        return pulls.map((pull, index) => ({ ...pull, headSha: heads[index] ?? '' }))
      }),
      checkAnswers: noted('checkAnswers', (_: unknown, sha: string) => [
        { name: 'e2e', kind: 'run', by: 'ci[bot]', says: says(sha) },
      ]),
      pullFrom: noted('pullFrom', () => undefined),
      openPull: noted('openPull', open),
      pullMergedAs: noted('pullMergedAs', () => undefined),
      upsertComment: noted('upsertComment', () => ({})),
      closePull: noted('closePull', () => void pulls.pop()),
    },
  } as unknown as Ports
  const promote = async () => {
    asked.length = 0
    const { outcome } = await promoteReleases(ports, shop)
    return { outcome, asked: [...asked] }
  }
  /** What would be carried where a person asks for it. */
  const ask = async () => {
    const tip = await readTip(ports, shop, { fetch: false })
    const files = await loadFiles(git, tip!.sha)
    const place = { repository: shop, tip: tip!, files, application: 'web', to: 'prod' }
    return settlePromotion(ports, { ...place, releases: [], isAsked: true })
  }
  return Object.assign(promote, { title: () => pulls[0]?.title, ask })
}

// What a run asks of GitHub, and how often it renders. It runs whenever the health of anything changes.
// the promotion | GitHub is asked                                | the target is rendered
// none          | whether it was declined; to open it            | for the plan, and twice for the differences
// open          | once for all that is open                      | once
// stale         | the same, by which it came, to close it        | twice: automation, and anybody, has nothing to carry
it('asks GitHub once for all that is open, and settles once what is open already', async () => {
  const revision = commit('1.0.0')
  const ran = { revision, at: 1, mode: 'slow' }
  const promote = await aShop([{ ...ran, tag: '1.1.0' }], [{ ...ran, tag: '1.0.0' }])
  expect(await promote()).toEqual({
    outcome: 'proposed',
    asked: ['render', 'pullFrom', 'render', 'render', 'openPull'],
  })
  const standing = { outcome: 'unchanged', asked: ['openPulls', 'render'] }
  expect([await promote(), await promote()]).toEqual([standing, standing])
  commit('1.1.0')
  await git.fetch()
  expect(await promote()).toEqual({
    outcome: 'proposed',
    asked: ['openPulls', 'render', 'render', 'pullMergedAs', 'upsertComment', 'closePull'],
  })
})

it('leaves a field alone that came by a promotion, and that a person took away since', async () => {
  const promoted = commit('1.1.0', 'fast', 'fast')
  const edited = commit('1.1.0', 'slow', 'fast')
  const ran = { at: 1, tag: '1.1.0' }
  const prod: Ran[] = [
    { ...ran, revision: promoted, mode: 'fast', kind: 'promotion' },
    { ...ran, revision: edited, mode: 'slow', kind: 'change' },
  ]
  const promote = await aShop([{ ...ran, revision: promoted, mode: 'fast' }], prod)
  expect(await promote()).toEqual({ outcome: 'unchanged', asked: ['render'] })
})

it.each(['unsigned', 'bad-signature', 'rewritten'] as const)(
  'carries nothing from an environment whose rendered branch is %s',
  async (trust) => {
    const revision = commit('1.0.0')
    const ran = { revision, at: 1, mode: 'slow' }
    const promote = await aShop([{ ...ran, tag: '1.1.0' }], [{ ...ran, tag: '1.0.0' }], undefined, trust)
    expect((await promote()).outcome).toBe('unchanged')
    expect(await promote.ask()).toMatchObject({ kind: 'nothing' })
  },
)

it('carries a field that nobody took away', async () => {
  const revision = commit('1.1.0', 'slow', 'fast')
  const ran = { at: 1, revision, tag: '1.1.0' }
  const promote = await aShop([{ ...ran, mode: 'fast' }], [{ ...ran, mode: 'slow', kind: 'promotion' }])
  expect(await promote.ask()).toMatchObject({ kind: 'promote' })
  expect((await promote()).outcome).toBe('proposed')
})

// The newest release whose checks are green goes on; what is open is not brought back to an older one.
// 1.3.0   | 1.2.0   | open  | what is proposed
// queued  | failure | –     | nothing
// queued  | success | –     | 1.2.0
// success |         | 1.2.0 | 1.3.0
// queued  | success | 1.3.0 | it stays 1.3.0
it('carries the newest release whose checks are green, and leaves what is open while they run again', async () => {
  const release = (tag: string, at: number) => ({
    revision: commit('1.1.0', 'slow', 'slow', tag, ', checks: [e2e]'),
    at,
    tag,
    mode: 'slow',
  })
  const [first, second, third] = [release('1.1.0', 1), release('1.2.0', 2), release('1.3.0', 3)]
  const says = new Map([
    [first.revision, 'success'],
    [second.revision, 'failure'],
  ])
  const promote = await aShop([first, second, third], [first], (sha) => says.get(sha) ?? 'queued')
  expect(await promote()).toEqual({
    outcome: 'unchanged',
    asked: ['render', 'checkAnswers', 'checkAnswers'],
  })
  const titles = []
  for (const [sha, word] of [
    [second.revision, 'success'],
    [third.revision, 'success'],
    [third.revision, 'queued'],
  ] as const) {
    says.set(sha, word)
    await promote()
    titles.push(promote.title())
  }
  expect(titles).toEqual(['1.2.0', '1.3.0', '1.3.0'].map((tag) => `Promote web ${tag} to prod`))
})
