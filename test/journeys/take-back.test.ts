import { beforeEach, describe, expect, it } from 'vitest'
import { readInputs } from '../../src/adapters/renderers/job.ts'
import { renderPlain } from '../../src/adapters/renderers/plain.ts'
import type { LedgerChange } from '../../src/domain/action.ts'
import type { Proposal, RevertProposal } from '../../src/domain/proposal.ts'
import type { Pull } from '../../src/domain/pull.ts'
import { type Attestation, noControls } from '../../src/domain/release.ts'
import { formatProposal } from '../../src/features/promotion/proposal-trailers.ts'
import { canonicalise, digestOf } from '../../src/features/rendering/canonical.ts'
import type { Ports } from '../../src/journeys/ports.ts'
import { readTip } from '../../src/journeys/repository/read-configuration.ts'
import { takeBack } from '../../src/journeys/rollback/take-back.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import type { LedgerState } from '../../src/ports/ledger.ts'
import type { RenderRequest } from '../../src/ports/renderer.ts'
import { aDeployment, anActor, anAttestation, aPull, aRollout, drawbridge, shop } from '../builders.ts'
import { createMemoryGit } from '../simulation/memory-git.ts'
import { createMemoryStore } from '../simulation/memory-store.ts'

const image = 'shop/checkout'
const file = 'apps/checkout/prod/web.yaml'
const workload = (tag: string) => aDeployment('web', `${image}:${tag}`)
const configuration = `version: 1
applications: [{ path: 'apps/{application}/{environment}' }]
environments: { prod: {} }
`

const ourSignature = '-----BEGIN SSH SIGNATURE-----\nx\n-----END SSH SIGNATURE-----'

/** checkout went from 1.0.0 to 1.1.0, which is bad, and which 1.2.0 carries on where a test says so. */
async function aBadRelease() {
  const remote = createMemoryGit()
  const mirror = remote.mirror()
  const commit = (tag: string) => {
    const [parent] = [...remote.branches.values()]
    const files = { '.drawbridge.yaml': configuration, [file]: JSON.stringify(workload(tag)) }
    const tree = remote.writeTree(parent, files)
    const author = { name: 'Ada', email: 'ada@shop.example' }
    const sha = remote.writeCommit({ tree, parents: parent ? [parent] : [], message: tag, author, at: 1 })
    remote.branches.set('main', sha)
    return sha
  }
  const attest = (tag: string, at: number): Attestation => {
    const { objects } = canonicalise([workload(tag)])
    return anAttestation({
      revision: commit(tag),
      at,
      images: { [image]: tag },
      digest: digestOf(objects),
      source: 'apps/checkout/prod',
      pull: { number: at, title: tag, author: anActor('ada'), approvedBy: [] },
    })
  }
  const stateOf = (attestations: Attestation[]): LedgerState => ({
    repository: shop,
    environment: 'prod',
    commit: 'r'.repeat(40),
    trust: 'trusted',
    sequence: 1,
    attestations,
    rollouts: [],
    controls: noControls,
  })
  const [good, bad] = [attest('1.0.0', 1), attest('1.1.0', 2)]
  const world = {
    good,
    bad,
    /** What the rendered branch says when the release is taken back. */
    now: stateOf([bad]) as LedgerState | undefined,
    /** What was judged. */
    judged: stateOf([bad]),
    revert: undefined as ReturnType<typeof aPull> | undefined,
    plotFault: undefined as Error | undefined,
    pulls: [] as Pull[],
    changes: [] as LedgerChange[],
    opened: [] as { title: string; body: string }[],
    said: [] as string[],
    /** Opens a pull request of ours with this proposal on its head. */
    async propose(proposal: Proposal, more: Partial<Pull> = {}, isSigned = true) {
      const [headBranch, base] = [`drawbridge/other-${world.pulls.length}`, remote.branches.get('main')!]
      const tree = remote.writeTree(base, { other: headBranch })
      const author = { name: 'drawbridge', email: 'app@shop.example' }
      const message = `other\n\n${formatProposal(proposal)}`
      const sign = isSigned ? () => ourSignature : undefined
      const headSha = remote.writeCommit({ tree, parents: [base], message, author, at: 2, sign })
      remote.branches.set(headBranch, headSha)
      await mirror.fetch()
      world.pulls.push(aPull({ number: 5, author: drawbridge, headBranch, headSha, ...more }))
    },
    hasPlot: () => remote.branches.has('drawbridge/plots'),
    stateOf,
    attest,
    commit,
    take: (plot?: () => string) =>
      takeBack(ports, { ...request, state: world.judged, ...(plot && { plot }) }),
  }
  const ports = {
    clock: { now: () => 1_000 },
    log: { warn: () => world.said.push('warn') },
    organisation: async () => undefined,
    defaultBranch: async () => 'main',
    repository: async () => ({
      ...mirror,
      async push(...[branch, commit, expected]: Parameters<typeof mirror.push>) {
        if (world.plotFault && branch === 'drawbridge/plots') throw world.plotFault
        return mirror.push(branch, commit, expected)
      },
    }),
    renderer: {
      render: async (asked: RenderRequest) => renderPlain(asked, await readInputs(asked)),
    },
    ledger: {
      read: async () => world.now,
      history: async () => [world.judged, stateOf([good])],
      objects: async (_: unknown, target: unknown) => (target ? [workload('1.0.0')] : []),
      commit: async (...[, , , change]: [unknown, unknown, unknown, LedgerChange]) => {
        world.changes.push(change)
        return { kind: 'committed', commit: 'x', sequence: 2 }
      },
    },
    store: createMemoryStore(),
    self: {
      actor: drawbridge,
      maskKey: 'k',
      url: 'https://drawbridge.example',
      sign: () => ourSignature,
      verify: (_: string, signature: string) => signature === ourSignature,
    },
    words: { write: (name: string) => name },
    github: {
      pull: async () => aPull({ number: 2 }),
      pullFrom: async () => world.revert,
      openPulls: async () => world.pulls,
      closePull: async ({ number }: { number: number }) => void world.said.push(`#${number} is closed`),
      async openPull(_: unknown, pull: { title: string; body: string }) {
        world.opened.push(pull)
        world.revert = aPull({ number: 9, title: pull.title })
        return { number: 9, url: '' }
      },
      async upsertComment({ number }: { number: number }, marker: string) {
        world.said.push(`#${number} ${marker.replace(/-[0-9a-f]{12}$/, '')}`)
        return {}
      },
    },
  } as unknown as Ports
  await mirror.fetch()
  const tip = await readTip(ports, shop, { fetch: false })
  const request = {
    repository: shop,
    tip: tip!,
    bad,
    cause: 'slo' as const,
    merge: 'rule' as const,
    reason: 'burns',
    evidence: { verdict: 'It burns.' },
  }
  return world
}

describe('a bad release', () => {
  let world: Awaited<ReturnType<typeof aBadRelease>>
  beforeEach(async () => {
    world = await aBadRelease()
  })
  const pinned = () =>
    world.changes.flatMap(({ controls }) => controls?.pins ?? []).map(({ images }) => images[image])

  it('is pinned, its revert opened, and told once on the pull request that it came by', async () => {
    expect(await world.take()).toEqual({ actions: 3 })
    expect(pinned()).toEqual(['1.1.0'])
    expect(world.opened.map(({ title }) => title)).toEqual([
      `Revert checkout in prod to ${world.good.revision.slice(0, 7)}`,
    ])
    expect(world.said).toEqual(['#2 taken-back-prod'])
  })

  it('that was taken back already is neither opened nor told again', async () => {
    world.revert = aPull({ state: 'closed' })
    await world.take()
    expect([world.opened, world.said]).toEqual([[], ['#2 taken-back-prod']])
    world.now = {
      ...world.stateOf([world.bad]),
      controls: { ...noControls, pins: [world.changes[0]!.controls!.pins[0]!] },
    }
    expect(await world.take()).toEqual({ actions: 0 })
  })

  describe('where another revert is open', () => {
    const other: RevertProposal = {
      kind: 'revert',
      applications: ['checkout'],
      environment: 'prod',
      cause: 'command',
      bad: '1'.repeat(40),
      good: '2'.repeat(40),
      merge: 'people',
      requestedBy: anActor('ada'),
    }

    it('takes the place of one for the same application and environment', async () => {
      await world.propose(other)
      await world.take()
      expect(world.said).toEqual(['#5 closed', '#5 is closed', '#2 taken-back-prod'])
      expect(world.opened).toHaveLength(1)
    })

    it.each<[what: string, Proposal, Partial<Pull>?, isSigned?: boolean]>([
      ['of another application', { ...other, applications: ['cart'] }],
      ['in another environment', { ...other, environment: 'staging' }],
      ['of a commit that nobody approved', { ...other, cause: 'unapproved-commit' }],
      ['on which somebody put a commit', other, { headSha: 'c'.repeat(40) }],
      ['whose head carries no signature of ours', other, {}, false],
      ['by somebody else', other, { author: anActor('ada') }],
      ['from a fork', other, { isFork: true }],
      [
        'that is a promotion',
        { kind: 'promotion', applications: ['checkout'], from: ['staging'], to: 'prod' },
      ],
    ])('leaves one %s alone', async (_, proposal, more, isSigned) => {
      await world.propose(proposal, more, isSigned)
      await world.take()
      expect(world.said).toEqual(['#2 taken-back-prod'])
      expect(world.opened).toHaveLength(1)
    })
  })

  it('stops no further wave twice, and stops the one that is open', async () => {
    world.now = { ...world.stateOf([world.bad]), rollouts: [aRollout({ revision: world.bad.revision })] }
    await world.take()
    expect(world.changes[0]?.rollouts).toMatchObject([{ stopped: 'it is taken back, because it burns' }])
  })

  // What the rendered branch says by then, while the release was judged.
  it.each([
    ['nothing more', () => world.stateOf([world.bad]), true],
    [
      'a further wave of it',
      () => world.stateOf([world.bad, { ...world.bad, target: { ...world.bad.target, cluster: 'prod-us' } }]),
      true,
    ],
    [
      'something newer of the application',
      () => world.stateOf([anAttestation({ revision: 'f'.repeat(40) })]),
      false,
    ],
    [
      'something newer of another one',
      () =>
        world.stateOf([
          world.bad,
          anAttestation({ target: { ...world.bad.target, application: 'cart' }, revision: 'f'.repeat(40) }),
        ]),
      true,
    ],
    [
      'nothing that can be trusted',
      (): LedgerState => ({ ...world.stateOf([world.bad]), trust: 'bad-signature' }),
      false,
    ],
    ['nothing at all', () => undefined, false],
  ])('is taken back where there is %s meanwhile', async (_, now, isTaken) => {
    world.now = now()
    await world.take()
    expect([world.changes.length > 0, world.opened.length > 0]).toEqual([isTaken, isTaken])
  })

  it('is stopped, and not yet reverted, where the branch has moved meanwhile', async () => {
    world.commit('1.1.0')
    expect(await world.take()).toEqual({ actions: 1 })
    expect([pinned(), world.opened]).toEqual([['1.1.0'], []])
  })

  it('goes back together with what came after it', async () => {
    const newer = world.attest('1.2.0', 3)
    world.now = world.judged = world.stateOf([newer, world.bad])
    await world.take()
    expect(pinned()).toEqual(['1.1.0', '1.2.0'])
  })

  it('goes back alone where another wave still has what came before it', async () => {
    const older = { ...world.good, target: { ...world.good.target, cluster: 'prod-us' } }
    world.judged = world.stateOf([older, world.bad])
    world.now = world.stateOf([older])
    await world.take()
    expect(pinned()).toEqual(['1.1.0'])
  })

  it('is shown by a picture, and without one where that cannot be kept', async () => {
    await world.take(() => '<svg/>')
    expect(world.hasPlot()).toBe(true)
    const fault = {
      system: 'git',
      operation: 'push',
      target: 'plots',
      retryable: false,
      message: 'refused',
    } as const
    const other = await aBadRelease()
    other.plotFault = new AdapterError(fault)
    expect(await other.take(() => '<svg/>')).toEqual({ actions: 3 })
    expect(other.said).toEqual(['warn', '#2 taken-back-prod'])
    const broken = await aBadRelease()
    broken.plotFault = new TypeError('ours')
    await expect(broken.take(() => '<svg/>')).rejects.toThrow('ours')
  })
})
