import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { describeVersions, type LiveNamespace, openNamespace } from './live-namespace.ts'
import { aSetting, shopObjects } from './shop-objects.ts'
import { createSignedBranch, newSigningKey, type SignedBranch } from './signed-branch.ts'
import { type AgentHere, startAgentHere } from './start-agent-here.ts'

const patienceMs = 60_000

interface Story {
  what: string
  says: string
  /** Onto the branch, by somebody who may write the repository. */
  push(): void | Promise<void>
}

describeOnRealCluster('commits on the rendered branch that the app did not sign', () => {
  const namespace = `unattested-${process.pid}`
  const repository = {
    id: namespace,
    owner: 'shop',
    name: 'gitops',
    installation: '',
  }
  const target = {
    application: namespace,
    environment: 'prod',
    cluster: 'real',
  }
  const ref = 'refs/heads/drawbridge/rendered/prod'
  let branch: SignedBranch
  let stranger: SignedBranch
  let live: LiveNamespace
  let agent: AgentHere

  beforeAll(async () => {
    const kubeconfig = await sharedKubeconfig()
    branch = await createSignedBranch(repository, 'prod')
    stranger = await createSignedBranch(repository, 'prod', newSigningKey())
    live = openNamespace(kubeconfig, namespace)
    await release(branch, '1.0.0')
    agent = await startAgentHere({ branch, cluster: 'real', kubeconfig })
  })
  afterAll(async () => {
    await agent?.stop()
    await live?.close()
    await branch?.remove()
    await stranger?.remove()
  })

  const git = (...words: string[]) =>
    execFileSync('git', ['-C', branch.remote, ...words], {
      encoding: 'utf8',
      env: { ...process.env, ...somebody },
    }).trim()
  const release = (where: SignedBranch, version: string) =>
    where.release(version, [{ target, objects: shopObjects(namespace, version, 2) }])
  const word = () => {
    const { phase, reason = '' } = agent.release(namespace) ?? {}
    return `${phase} ${reason}`
  }
  const until = async (words: string) => {
    await expect.poll(word, { timeout: 20_000, interval: 50 }).toContain(words)
  }
  const wanted = (version: string) => describeVersions(shopObjects(namespace, version, 2))
  const damage = () => live.put(aSetting(namespace, 'setting-0', 'damaged'))

  it.each<Story>([
    {
      what: 'an unsigned commit',
      says: 'carries no signature',
      push() {
        const commit = git('commit-tree', '-p', ref, '-m', 'trust me', `${ref}^{tree}`)
        git('update-ref', ref, commit)
      },
    },
    {
      what: 'a commit signed by an unknown key',
      says: 'is not by a key that is trusted here',
      async push() {
        await release(stranger, '6.6.6')
        git('fetch', '--quiet', stranger.remote, `+${ref}:${ref}`)
      },
    },
    {
      what: 'an older signed commit, pushed by force',
      says: 'refused HISTORY_REWRITTEN',
      push() {
        git('update-ref', ref, `${ref}~1`)
      },
    },
    {
      what: 'no branch any more',
      says: 'refused HISTORY_REWRITTEN',
      push() {
        git('update-ref', '-d', ref)
      },
    },
  ])(
    'applies nothing of $what, heals nothing meanwhile, and goes on once the newest commit is back',
    async ({ says, push }) => {
      await release(branch, '2.0.0')
      const { commit } = await release(branch, '3.0.0')
      await expect.poll(() => live.versions(), { timeout: 20_000 }).toEqual(wanted('3.0.0'))
      await until('healthy')
      await push()
      await until(says)
      await damage()
      const said = agent.reports.length
      // Several looks at git and at the cluster later nothing has been written.
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      expect(await live.find('setting-0')).toMatchObject({
        data: { version: 'damaged' },
      })
      expect(agent.reports.slice(said).every(({ phase }) => phase === 'refused')).toBe(true)
      git('update-ref', ref, commit)
      await until('healthy')
      await expect.poll(() => live.versions(), { timeout: 20_000 }).toEqual(wanted('3.0.0'))
      await release(branch, '4.0.0')
      await expect.poll(() => live.versions(), { timeout: 20_000 }).toEqual(wanted('4.0.0'))
    },
    patienceMs,
  )
})

const somebody = {
  GIT_AUTHOR_NAME: 'somebody',
  GIT_AUTHOR_EMAIL: 'somebody@shop.example',
  GIT_COMMITTER_NAME: 'somebody',
  GIT_COMMITTER_EMAIL: 'somebody@shop.example',
}
