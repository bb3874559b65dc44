import { afterEach, beforeEach, expect, it } from 'vitest'
import { readInputs } from '../../src/adapters/renderers/job.ts'
import { renderPlain } from '../../src/adapters/renderers/plain.ts'
import { clonedLedger } from '../../src/cli/cloned-ledger.ts'
import type { Pull } from '../../src/domain/pull.ts'
import type { PullToOpen } from '../../src/domain/action.ts'
import { canonicalise, digestOf } from '../../src/features/rendering/canonical.ts'
import type { Ports } from '../../src/journeys/ports.ts'
import { promoteReleases } from '../../src/journeys/promote-releases.ts'
import type { GitRepository } from '../../src/ports/git.ts'
import type { RenderRequest } from '../../src/ports/renderer.ts'
import { attestReleases } from '../adapters/git/attest-releases.ts'
import { gitSandbox } from '../adapters/git/git-sandbox.ts'
import { aDeployment, aPull, aRelease, drawbridge, shop } from '../builders.ts'
import { write } from '../features/review/review-builders.ts'

const manifest = (tag: string) => `${JSON.stringify(aDeployment('web', `shop/web:${tag}`), undefined, 2)}\n`
const configuration = `version: 1
applications: [{ path: 'apps/{application}/{environment}' }]
environments:
  staging: {}
  prod: { promotion: { from: staging, automatic: true } }
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

function commit(inProd: string): string {
  const sha = sandbox.commit({
    '.drawbridge.yaml': configuration,
    'apps/web/staging/web.yaml': manifest('1.1.0'),
    'apps/web/prod/web.yaml': manifest(inProd),
  })
  sandbox.push('main')
  return sha
}

/** Staging runs 1.1.0 and is healthy, prod 1.0.0; a GitHub that writes down what it is asked. */
async function aShop() {
  const revision = commit('1.0.0')
  const release = (environment: string, tag: string) =>
    attestReleases(sandbox, { application: 'web', environment }, [
      { revision, at: 1, images: { 'shop/web': tag }, objects: [aDeployment('web', `shop/web:${tag}`)] },
    ])
  const refs = [
    { environment: 'staging', tip: release('staging', '1.1.0') },
    { environment: 'prod', tip: release('prod', '1.0.0') },
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
    pulls.push(aPull({ ref, author: drawbridge, headBranch: branch, title, baseSha }))
    return { number: 7, url: '' }
  }
  const target = { application: 'web', environment: 'staging', cluster: 'staging' }
  const digest = digestOf(canonicalise([aDeployment('web', 'shop/web:1.1.0')]).objects)
  const healthy = aRelease({ target, revision, digest, phase: 'healthy', healthyAt: 0 })
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
    ledger: clonedLedger(git, refs),
    words: { write },
    self: {
      actor: drawbridge,
      maskKey: 'k',
      sign: () => '-----BEGIN SSH SIGNATURE-----\nx\n-----END SSH SIGNATURE-----',
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
      pullFrom: noted('pullFrom', () => undefined),
      openPull: noted('openPull', open),
      pullMergedAs: noted('pullMergedAs', () => undefined),
      upsertComment: noted('upsertComment', () => ({})),
      closePull: noted('closePull', () => void pulls.pop()),
    },
  } as unknown as Ports
  return async () => {
    asked.length = 0
    const { outcome } = await promoteReleases(ports, shop)
    return { outcome, asked: [...asked] }
  }
}

// What a run asks of GitHub, and how often it renders. It runs whenever the health of anything changes.
// the promotion | GitHub is asked                                | the target is rendered
// none          | whether it was declined; to open it            | for the plan, and twice for the differences
// open          | once for all that is open                      | once
// stale         | the same, by which it came, to close it        | twice: automation, and anybody, has nothing to carry
it('asks GitHub once for all that is open, and settles once what is open already', async () => {
  const promote = await aShop()
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
