import { describe, expect, it } from 'vitest'
import type { Environment } from '../../../src/domain/configuration.ts'
import type { DeletionConsent } from '../../../src/domain/release.ts'
import type { RenderedTarget } from '../../../src/domain/rendered-target.ts'
import { attest } from '../../../src/features/release/attest.ts'
import { type JudgedCommit } from '../../../src/features/release/judged-commit.ts'
import { planBaseline, planReleases } from '../../../src/features/release/plan-releases.ts'
import {
  aProblem,
  anActor,
  aPull,
  aRenderedTarget,
  aTenant,
  aRollout,
  anAttestation,
  anEnvironment,
  noon,
} from '../../builders.ts'

const attested = [
  anAttestation({ digest: 'd0' }),
  anAttestation({
    digest: 'd0',
    target: { application: 'checkout', environment: 'prod', cluster: 'prod-us' },
  }),
]
const seen = { branch: 'main', revision: 'f'.repeat(40) }

function onBothClusters(digest: string): RenderedTarget[] {
  return ['prod-eu', 'prod-us'].map((cluster) => aRenderedTarget({ cluster, digest }))
}

function aCommit(from: string, to: string, overrides: Partial<JudgedCommit> = {}): JudgedCommit {
  return {
    sha: to.repeat(20),
    pull: aPull({ state: 'merged' }),
    outcome: 'pass',
    verdicts: [],
    approvedBy: [],
    by: 'grace',
    before: onBothClusters(from),
    after: onBothClusters(to),
    ...overrides,
  }
}

const pushed = { pull: undefined, outcome: 'block' as const, by: 'ken' }
const closed = {
  outcome: 'wait' as const,
  verdicts: [{ gate: 'window' as const, outcome: 'wait' as const, reason: 'prod is closed', details: [] }],
}
const revert = {
  proposal: {
    kind: 'revert' as const,
    applications: ['checkout'],
    environment: 'prod',
    cause: 'slo' as const,
    bad: 'x',
    good: 'y',
    merge: 'rule' as const,
  },
}

/**
 * | commits since the last look              | released (first wave)  | refused           |
 * | ----------------------------------------- | ---------------------- | ----------------- |
 * | none                                      | –                      | –                 |
 * | a merged pull request, gates open         | its digest             | –                 |
 * | two of them                               | the newer digest       | –                 |
 * | merged while a gate was closed            | –                      | GATE_CLOSED       |
 * | pushed straight to the branch             | –                      | UNAPPROVED_COMMIT |
 * | pushed, then a pull request on top        | –                      | both              |
 * | pushed, then taken back                   | –                      | the push          |
 * | pushed, to an unprotected environment     | its digest             | –                 |
 */
describe('planReleases', () => {
  it.each([
    { name: 'none', commits: [], released: [], refused: [] },
    { name: 'a merged pull request', commits: [aCommit('d0', 'd1')], released: ['prod-eu d1'], refused: [] },
    {
      name: 'two',
      commits: [aCommit('d0', 'd1'), aCommit('d1', 'd2')],
      released: ['prod-eu d2'],
      refused: [],
    },
    {
      name: 'there and back',
      commits: [aCommit('d0', 'd1'), aCommit('d1', 'd0')],
      released: ['prod-eu d0'],
      refused: [],
    },
    { name: 'gate closed', commits: [aCommit('d0', 'd1', closed)], released: [], refused: ['GATE_CLOSED'] },
    { name: 'pushed', commits: [aCommit('d0', 'd1', pushed)], released: [], refused: ['UNAPPROVED_COMMIT'] },
    {
      name: 'pushed, then a pull request on top',
      commits: [aCommit('d0', 'd1', pushed), aCommit('d1', 'd2')],
      released: [],
      refused: ['UNAPPROVED_COMMIT', 'HOLDS_UNAPPROVED'],
    },
    {
      name: 'pushed, taken back, then a pull request',
      commits: [aCommit('d0', 'd1', pushed), aCommit('d1', 'd0'), aCommit('d0', 'd2')],
      released: ['prod-eu d2'],
      refused: ['UNAPPROVED_COMMIT'],
    },
    {
      name: 'a pull request, then a push',
      commits: [aCommit('d0', 'd1'), aCommit('d1', 'd2', pushed)],
      released: ['prod-eu d1'],
      refused: ['UNAPPROVED_COMMIT'],
    },
    {
      name: 'a revert does not wait for waves',
      commits: [aCommit('d0', 'd1', revert)],
      released: ['prod-eu d1', 'prod-us d1'],
      refused: [],
    },
  ])('$name', ({ commits, released, refused }) => {
    const plan = planReleases({ environment: anEnvironment(), attested, rollouts: [], commits, seen }, noon)
    expect(
      plan.change.releases.map(({ attestation }) => `${attestation.target.cluster} ${attestation.digest}`),
    ).toEqual(released)
    expect(plan.refusals.map(({ code }) => code)).toEqual(refused)
  })

  it('releases a push to an environment that is not protected', () => {
    const environment = anEnvironment({ isProtected: false, waves: [['prod-eu', 'prod-us']] })
    const plan = planReleases(
      { environment, attested, rollouts: [], commits: [aCommit('d0', 'd1', pushed)], seen },
      noon,
    )
    expect(plan.change.releases).toHaveLength(2)
    expect(plan.refusals).toEqual([])
  })

  it('remembers the waves that are still to come', () => {
    const plan = planReleases(
      { environment: anEnvironment(), attested, rollouts: [], commits: [aCommit('d0', 'd1')], seen },
      noon,
    )
    expect(plan.change.rollouts).toEqual([
      {
        application: 'checkout',
        revision: 'd1'.repeat(20),
        pull: 12,
        head: 'a'.repeat(40),
        waves: [['prod-eu'], ['prod-us']],
        reached: 0,
      },
    ])
  })

  it('replaces a roll-out of the same application and keeps the others', () => {
    const rollouts = ['checkout', 'search'].map((application) => ({
      application,
      revision: 'old',
      waves: [['prod-eu'], ['prod-us']],
      reached: 0,
    }))
    const plan = planReleases(
      { environment: anEnvironment(), attested, rollouts, commits: [aCommit('d0', 'd1')], seen },
      noon,
    )
    expect(plan.change.rollouts?.map(({ application, revision }) => [application, revision])).toEqual([
      ['search', 'old'],
      ['checkout', 'd1'.repeat(20)],
    ])
  })

  it('removes a target that renders nothing any more', () => {
    const commit = aCommit('d0', 'd1', { after: [] })
    const plan = planReleases(
      { environment: anEnvironment(), attested, rollouts: [], commits: [commit], seen },
      noon,
    )
    expect(plan.change.removed).toEqual([
      { cluster: 'prod-eu', application: 'checkout' },
      { cluster: 'prod-us', application: 'checkout' },
    ])
  })

  it('leaves other environments alone', () => {
    const environment = anEnvironment({ name: 'staging' })
    const plan = planReleases(
      { environment, attested, rollouts: [], commits: [aCommit('d0', 'd1', pushed)], seen },
      noon,
    )
    expect(plan).toMatchObject({ change: { releases: [] }, refusals: [] })
  })

  /**
   * | commits                                        | released      | removed | refused           |
   * | ---------------------------------------------- | ------------- | ------- | ----------------- |
   * | removed, then there again as attested          | d0            | –       | –                 |
   * | added by a push, then taken away               | –             | –       | the push          |
   * | does not render any more, unprotected          | –             | –       | –                 |
   * | another source does not render, this one goes  | –             | both    | –                 |
   */
  it.each<[string, JudgedCommit[], string[], number, string[]]>([
    [
      'removed, then there again',
      [aCommit('d0', 'd1', { after: [] }), aCommit('d1', 'd0', { before: [] })],
      ['prod-eu d0'],
      0,
      [],
    ],
    ['does not render any more', [aCommit('d0', 'd1', { after: [], newProblems: [aProblem()] })], [], 0, []],
    [
      'a file of no source does not render',
      [aCommit('d0', 'd1', { after: [], newProblems: [aProblem({ path: 'base/kustomization.yaml' })] })],
      [],
      0,
      [],
    ],
    [
      'goes, while a source beside it does not render',
      [
        aCommit('d0', 'd1', {
          after: [aRenderedTarget({ application: 'search' })],
          newProblems: [aProblem({ path: 'apps/search/overlays/prod/patch.yaml' })],
        }),
      ],
      ['prod-eu d1'],
      2,
      [],
    ],
  ])('%s', (_, commits, released, removed, refused) => {
    const plan = planReleases({ environment: anEnvironment(), attested, rollouts: [], commits, seen }, noon)
    expect(
      plan.change.releases.map(({ attestation }) => `${attestation.target.cluster} ${attestation.digest}`),
    ).toEqual(released)
    expect(plan.change.removed).toHaveLength(removed)
    expect(plan.refusals.map(({ code }) => code)).toEqual(refused)
  })

  // What a source lost because a document of it cannot be read must not be taken for deleted, whoever let it through.
  describe('a part that cannot be read', () => {
    const broken = aProblem({ code: 'YAML_INVALID', path: 'apps/checkout/overlays/prod/a.yaml' })
    const free = anEnvironment({ isProtected: false })
    const codes = (environment: Environment, commits: JudgedCommit[]) =>
      planReleases({ environment, attested, rollouts: [], commits, seen }, noon)

    it.each<[string, Environment, JudgedCommit[], string[], string[]]>([
      [
        'is not released',
        anEnvironment(),
        [aCommit('d0', 'd1', { newProblems: [broken] })],
        [],
        ['PARTLY_UNREADABLE'],
      ],
      ...['YAML_INVALID', 'LFS_REFUSED', 'SUBMODULE_REFUSED', 'SYMLINK_REFUSED'].map(
        (code): [string, Environment, JudgedCommit[], string[], string[]] => [
          `not even where nothing is protected: ${code}`,
          free,
          [aCommit('d0', 'd1', { newProblems: [{ ...broken, code }] })],
          [],
          ['PARTLY_UNREADABLE'],
        ],
      ),
      [
        'nor by the next commit',
        free,
        [aCommit('d0', 'd1', { newProblems: [broken] }), aCommit('d1', 'd2')],
        [],
        ['PARTLY_UNREADABLE', 'PARTLY_UNREADABLE'],
      ],
      [
        'of another source holds nothing up',
        free,
        [
          aCommit('d0', 'd1', {
            newProblems: [aProblem({ code: 'YAML_INVALID', path: 'apps/search/a.yaml' })],
          }),
        ],
        ['d1'],
        [],
      ],
      ['that was so before holds nothing up', free, [aCommit('d0', 'd1')], ['d1'], []],
    ])('%s', (_, environment, commits, released, refused) => {
      const plan = codes(environment, commits)
      expect([...new Set(plan.change.releases.map(({ attestation }) => attestation.digest))]).toEqual(
        released,
      )
      expect(plan.refusals.map(({ code }) => code)).toEqual(refused)
    })
  })

  it('never releases what reaches out of its tenant, protected or not, and attests how far it may reach', () => {
    const { target } = aRenderedTarget()
    const message = 'RoleBinding shop/admin: tenant shop may not deliver any RoleBinding'
    const environment = anEnvironment({ isProtected: false })
    const planned = (outside: JudgedCommit['outside']) => {
      const tenants = [[aTenant({ name: 'shop', applications: ['*'] })]]
      const commits = [aCommit('d0', 'd1', { tenants, outside })]
      return planReleases({ environment, attested, rollouts: [], commits, seen }, noon)
    }
    expect(planned([{ target, message }]).refusals).toMatchObject([
      { code: 'OUTSIDE_TENANT', reason: expect.stringContaining(message) },
    ])
    const [release] = planned(undefined).change.releases
    expect(release?.attestation.tenants).toMatchObject([
      { name: 'shop', namespaces: ['payments', 'payments-*'] },
    ])
  })

  it('never releases what holds marks in place of values', () => {
    const after = [aRenderedTarget({ digest: 'd1', unknown: 'Secret shop/keys is not read' })]
    const plan = planReleases(
      {
        environment: anEnvironment({ isProtected: false }),
        attested,
        rollouts: [],
        commits: [aCommit('d0', 'd1', { after })],
        seen,
      },
      noon,
    )
    expect(plan.change.releases).toEqual([])
    expect(plan.refusals.map(({ code }) => code)).toEqual(['VALUES_UNKNOWN'])
    expect(planBaseline(after, {}, seen, noon).releases).toEqual([])
  })

  it('lets a pull request take away what a push had added', () => {
    const commits = [
      aCommit('d0', 'd1', { ...pushed, before: [] }),
      aCommit('d1', 'd2', { after: [] }),
      aCommit('d2', 'd3', { before: [] }),
    ]
    const plan = planReleases(
      { environment: anEnvironment(), attested: [], rollouts: [], commits, seen },
      noon,
    )
    expect(plan.refusals.map(({ code }) => code)).toEqual(['UNAPPROVED_COMMIT'])
    expect(plan.change.releases.map(({ attestation }) => attestation.digest)).toEqual(['d3'])
    expect(plan.change.removed).toEqual([])
  })

  describe('the revision of later waves', () => {
    const on = (cluster: string, digest: string) => aRenderedTarget({ cluster, digest })
    const only = (cluster: string, from: string, to: string, overrides: Partial<JudgedCommit> = {}) =>
      aCommit(from, to, { before: [on(cluster, from)], after: [on(cluster, to)], ...overrides })
    const planOf = (...commits: JudgedCommit[]) =>
      planReleases({ environment: anEnvironment(), attested, rollouts: [], commits, seen }, noon).change

    it('is the newest commit, also when it touched the first wave alone', () => {
      const change = planOf(aCommit('d0', 'd1'), only('prod-eu', 'd1', 'd2'))
      expect(change.rollouts?.[0]?.revision).toBe('d2'.repeat(20))
      expect(change.releases[0]?.attestation).toMatchObject({ revision: 'd2'.repeat(20), digest: 'd2' })
    })

    it('is stated by the first wave, also when the newest commit did not touch it', () => {
      const change = planOf(aCommit('d0', 'd1'), only('prod-us', 'd1', 'd2'))
      expect(change.rollouts?.[0]?.revision).toBe('d2'.repeat(20))
      expect(change.releases[0]?.attestation).toMatchObject({ revision: 'd2'.repeat(20), digest: 'd1' })
    })

    it('never holds what nobody approved', () => {
      const change = planOf(
        aCommit('d0', 'd1'),
        only('prod-us', 'd1', 'd5', pushed),
        only('prod-eu', 'd1', 'd2'),
      )
      expect(change.rollouts?.[0]?.revision).toBe('d1'.repeat(20))
      expect(change.releases[0]?.attestation).toMatchObject({ revision: 'd2'.repeat(20), digest: 'd2' })
    })

    it('waits only for clusters that get something', () => {
      const environment = anEnvironment({ waves: [['prod-test'], ['prod-eu'], ['prod-as'], ['prod-us']] })
      const { change } = planReleases(
        { environment, attested, rollouts: [], commits: [aCommit('d0', 'd1')], seen },
        noon,
      )
      expect(change.rollouts).toMatchObject([{ waves: [['prod-eu'], ['prod-us']], reached: 0 }])
    })
  })

  it('drops the waves of what is removed', () => {
    const commits = [aCommit('d0', 'd1', { after: [] })]
    const request = { environment: anEnvironment(), attested, commits, seen }
    const rollouts = [aRollout(), aRollout({ application: 'search' })]
    expect(planReleases({ ...request, rollouts }, noon).change.rollouts).toEqual([rollouts[1]])
  })

  describe('judges commits once more that stay in view behind a refused one', () => {
    const commits = [aCommit('d0', 'd1'), aCommit('d1', 'd0'), aCommit('d0', 'd2', pushed)]
    const request = { environment: anEnvironment(), rollouts: [], commits, seen }
    const on = (cluster: string, digest: string, revision: string) =>
      anAttestation({
        digest,
        revision,
        target: { application: 'checkout', environment: 'prod', cluster },
      })

    it('and does not release again what was released and taken back', () => {
      const again = [on('prod-eu', 'd0', commits[1]?.sha ?? ''), on('prod-us', 'd0', commits[1]?.sha ?? '')]
      const { change, refusals } = planReleases({ ...request, attested: again }, noon)
      expect(change.releases).toEqual([])
      expect(refusals.map(({ code }) => code)).toEqual(['UNAPPROVED_COMMIT'])
    })

    it('and leaves a cluster waiting for its wave', () => {
      const [first] = commits
      const revision = first?.sha ?? ''
      const underWay = aRollout({ revision, waves: [['prod-eu'], ['prod-us']], reached: 0 })
      const { change } = planReleases(
        {
          ...request,
          commits: [aCommit('d0', 'd1'), aCommit('d1', 'd2', pushed)],
          attested: [on('prod-eu', 'd1', revision), on('prod-us', 'd0', 'b'.repeat(40))],
          rollouts: [underWay],
        },
        noon,
      )
      expect(change.releases).toEqual([])
      expect(change.rollouts).toEqual([underWay])
    })
  })
})

/**
 * | the consent is to                | of this very head | deletions |
 * | this application and environment | yes               | consented |
 * | the same                         | no                | not       |
 * | anything else                    | any               | not       |
 */
describe('a consent to deletions', () => {
  const pull = aPull({ state: 'merged' })
  const consent: DeletionConsent = {
    application: 'checkout',
    environment: 'prod',
    pull: pull.ref.number,
    head: pull.headSha,
    by: anActor('grace'),
    at: noon,
  }
  it.each<[string, Partial<DeletionConsent>, string | undefined]>([
    ['counts for its own head', {}, 'grace'],
    ['does not count for another head', { head: 'c'.repeat(40) }, undefined],
    ['does not count for another pull request', { pull: 99 }, undefined],
    ['does not count for another environment', { environment: 'staging' }, undefined],
    ['does not count for another application', { application: 'search' }, undefined],
  ])('%s', (_, different, by) => {
    const commit = aCommit('d0', 'd1', { pull, consents: [{ ...consent, ...different }] })
    expect(attest(aRenderedTarget({ digest: 'd1' }), commit, noon).deletionsBy).toBe(by)
  })

  it('is none of a push', () => {
    const commit = aCommit('d0', 'd1', { ...pushed, consents: [consent] })
    expect(attest(aRenderedTarget({ digest: 'd1' }), commit, noon).deletionsBy).toBeUndefined()
  })
})
