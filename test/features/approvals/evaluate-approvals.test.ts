import { describe, expect, it } from 'vitest'
import type { Environment } from '../../../src/domain/configuration.ts'
import type { Permission, Pull, Review } from '../../../src/domain/pull.ts'
import { type Actor, targetKey } from '../../../src/domain/refs.ts'
import { parseCodeowners } from '../../../src/features/approvals/codeowners.ts'
import type { ApprovalChange, ApprovalFacts } from '../../../src/features/approvals/approval-facts.ts'
import { evaluateApprovals } from '../../../src/features/approvals/evaluate-approvals.ts'
import type { ApprovalsDocument } from '../../../src/features/config/schema/approvals-schema.ts'
import { toApprovalRule } from '../../../src/features/config/to-approval-rule.ts'

const person = (login: string): Actor => ({ id: `id-${login}`, login, isBot: false })
const [ada, bob, cleo, dan, eve] = ['ada', 'bob', 'cleo', 'dan', 'eve'].map(person) as [
  Actor,
  Actor,
  Actor,
  Actor,
  Actor,
]
const self: Actor = { id: 'id-self', login: 'drawbridge[bot]', isBot: true }
const robot: Actor = { id: 'id-robot', login: 'robot[bot]', isBot: true }

const head = 'b'.repeat(40)
const older = 'a'.repeat(40)

const pull: Pull = {
  ref: { repository: { id: '1', owner: 'shop', name: 'config', installation: '1' }, number: 7 },
  title: 'raise checkout',
  body: '',
  author: ada,
  state: 'open',
  isDraft: false,
  isFork: false,
  baseBranch: 'main',
  baseSha: older,
  headBranch: 'raise',
  headSha: head,
  createdAt: 0,
  updatedAt: 0,
  url: 'https://github.example/shop/config/pull/7',
}

function prod(approvals: ApprovalsDocument = {}): Environment {
  return {
    name: 'prod',
    waves: [['prod']],
    isProtected: true,
    approvals: toApprovalRule(approvals),
    windows: [],
  }
}

function change(application: string, digest = 'digest-1', environment = 'prod'): ApprovalChange {
  return {
    environment,
    application,
    cluster: environment,
    digest,
    paths: [`apps/${application}/kustomization.yaml`],
    dangers: [],
  }
}

let nextId = 0
function review(author: Actor, state: Review['state'] = 'approved', rest: Partial<Review> = {}): Review {
  nextId++
  return { id: String(nextId), author, state, sha: head, at: nextId, ...rest }
}

/** Bob and Cleo own checkout as a team, Dan owns search, nobody owns docs; Eve may write; the author is Ada. */
function facts(rest: Partial<ApprovalFacts> = {}): ApprovalFacts {
  const text =
    '/apps/checkout/ @shop/payments\n/apps/search/ @dan\n/apps/mail/ ma/il@shop.example\n/apps/ghost/ @shop/ghost\n/apps/own/ @ada\n'
  return {
    pull,
    changeClass: 'change',
    changes: [change('checkout')],
    environments: [prod()],
    codeowners: parseCodeowners(text, 'CODEOWNERS').codeowners,
    reviews: [],
    recorded: [],
    contributors: [ada],
    self,
    teams: new Map([['@shop/payments', [bob, cleo]]]),
    permissions: new Map<string, Permission>([ada, bob, cleo, dan, eve].map(({ id }) => [id, 'write'])),
    ...rest,
  }
}

// review by        | of the head | newest | permission | → counts
// owner            | yes         | yes    | write      | yes
// owner            | no          | yes    | write      | only with equal digests
// author/requester | any         | any    | any        | no (four eyes)
// bot              | any         | any    | any        | no
// other            | yes         | yes    | write      | only where nobody owns
const cases: [name: string, facts: ApprovalFacts, outcome: string, reason: string][] = [
  ['nobody asks', facts({ environments: [prod({ count: 0 })] }), 'pass', 'no approval is asked for'],
  [
    'another environment asks',
    facts({ changes: [change('checkout', 'd', 'dev')] }),
    'pass',
    'no approval is asked for',
  ],
  ['nobody has approved', facts(), 'wait', 'waits for @shop/payments (apps/checkout/kustomization.yaml)'],
  ['an owner has', facts({ reviews: [review(bob)] }), 'pass', 'approved by @bob'],
  [
    'somebody else has',
    facts({ reviews: [review(eve)] }),
    'wait',
    'waits for @shop/payments (apps/checkout/kustomization.yaml)',
  ],
  [
    'the author has',
    facts({ reviews: [review(ada)] }),
    'wait',
    'waits for @shop/payments (apps/checkout/kustomization.yaml)',
  ],
  [
    'an owner with a commit in it has',
    facts({ contributors: [ada, bob], reviews: [review(bob)] }),
    'wait',
    'waits for @shop/payments (apps/checkout/kustomization.yaml)',
  ],
  [
    'the same without four eyes',
    facts({ environments: [prod({ fourEyes: false })], contributors: [ada, bob], reviews: [review(bob)] }),
    'pass',
    'approved by @bob',
  ],
  [
    'a bot in the team has',
    facts({ teams: new Map([['@shop/payments', [robot, bob]]]), reviews: [review(robot)] }),
    'wait',
    'waits for @shop/payments (apps/checkout/kustomization.yaml)',
  ],
  [
    'a bot, without four eyes',
    facts({
      environments: [prod({ fourEyes: false })],
      teams: new Map([['@shop/payments', [robot, bob]]]),
      reviews: [review(robot)],
    }),
    'wait',
    'waits for @shop/payments (apps/checkout/kustomization.yaml)',
  ],
  [
    'one of two groups has',
    facts({ changes: [change('checkout'), change('search')], reviews: [review(bob)] }),
    'wait',
    'waits for @dan (apps/search/kustomization.yaml)',
  ],
  [
    'both groups have',
    facts({ changes: [change('checkout'), change('search')], reviews: [review(bob), review(dan)] }),
    'pass',
    'approved by @bob and @dan',
  ],
  [
    'two are asked, one has',
    facts({ environments: [prod({ count: 2 })], reviews: [review(bob)] }),
    'wait',
    'waits for one more of @shop/payments (apps/checkout/kustomization.yaml)',
  ],
  [
    'two are asked, two have',
    facts({ environments: [prod({ count: 2 })], reviews: [review(bob), review(cleo)] }),
    'pass',
    'approved by @bob and @cleo',
  ],
  [
    'two are asked, an owner and an outsider have',
    facts({ environments: [prod({ count: 2 })], reviews: [review(bob), review(eve)] }),
    'wait',
    'waits for one more of @shop/payments (apps/checkout/kustomization.yaml)',
  ],
  [
    'three are asked, one has',
    facts({ environments: [prod({ count: 3 })], reviews: [review(bob)] }),
    'wait',
    'waits for 2 of @shop/payments (apps/checkout/kustomization.yaml)',
  ],
  [
    'three are asked of two groups, one of the first has',
    facts({
      environments: [prod({ count: 3 })],
      changes: [change('checkout'), change('search')],
      reviews: [review(bob)],
    }),
    'wait',
    'waits for @dan (apps/search/kustomization.yaml) and for one more of @shop/payments or @dan (apps/checkout/kustomization.yaml and 1 more)',
  ],
  [
    'two are asked, for something that nobody owns as well',
    facts({
      environments: [prod({ count: 2 })],
      changes: [change('search'), change('docs')],
      reviews: [review(dan)],
    }),
    'wait',
    'waits for one more of anybody with write permission (apps/search/kustomization.yaml and 1 more)',
  ],
  [
    'no file changed, yet it renders differently',
    facts({ changes: [{ ...change('checkout'), paths: [] }] }),
    'wait',
    'waits for anybody with write permission (prod)',
  ],
  [
    'three files of one owner',
    facts({
      changes: [{ ...change('search'), paths: ['a', 'b', 'c'].map((name) => `apps/search/${name}`) }],
    }),
    'wait',
    'waits for @dan (apps/search/a and 2 more)',
  ],
  [
    'nobody owns it, a writer has',
    facts({ changes: [change('docs')], reviews: [review(eve)] }),
    'pass',
    'approved by @eve',
  ],
  ...(['maintain', 'admin'] as const).map((permission): (typeof cases)[number] => [
    `nobody owns it, somebody with the permission ${permission} has`,
    facts({
      changes: [change('docs')],
      reviews: [review(eve)],
      permissions: new Map([[eve.id, permission]]),
    }),
    'pass',
    'approved by @eve',
  ]),
  [
    'nobody owns it, a stranger has',
    facts({ changes: [change('docs')], reviews: [review(eve)], permissions: new Map() }),
    'wait',
    'waits for anybody with write permission (apps/docs/kustomization.yaml)',
  ],
  [
    'nobody owns it, this app has, by its id alone',
    facts({
      changes: [change('docs')],
      self: { ...eve, login: 'drawbridge' },
      reviews: [review(eve)],
    }),
    'wait',
    'waits for anybody with write permission (apps/docs/kustomization.yaml)',
  ],
  [
    'nobody owns it, a reader has',
    facts({ changes: [change('docs')], reviews: [review(eve)], permissions: new Map([[eve.id, 'triage']]) }),
    'wait',
    'waits for anybody with write permission (apps/docs/kustomization.yaml)',
  ],
  ['no CODEOWNERS', facts({ codeowners: undefined, reviews: [review(eve)] }), 'pass', 'approved by @eve'],
  [
    'a CODEOWNERS too large to read',
    facts({ codeowners: { rules: [], isUnreadable: true }, reviews: [review(eve)] }),
    'wait',
    'waits for a CODEOWNERS that can be read (apps/checkout/kustomization.yaml)',
  ],
  [
    'a CODEOWNERS too large to read, where a list of people is asked',
    facts({
      codeowners: { rules: [], isUnreadable: true },
      environments: [prod({ from: ['@eve'] })],
      reviews: [review(eve)],
    }),
    'pass',
    'approved by @eve',
  ],
  [
    'an unknown team',
    facts({ changes: [change('ghost')], reviews: [review(bob), review(eve)] }),
    'wait',
    'waits for @shop/ghost (apps/ghost/kustomization.yaml)',
  ],
  [
    'an owner by login who may not write',
    facts({ changes: [change('search')], reviews: [review(dan)], permissions: new Map([[dan.id, 'read']]) }),
    'wait',
    'waits for @dan (apps/search/kustomization.yaml)',
  ],
  [
    'changes requested by a writer',
    facts({ reviews: [review(bob), review(eve, 'changes-requested')] }),
    'block',
    'changes requested by @eve',
  ],
  [
    'changes requested by a reader',
    facts({
      reviews: [review(bob), review(eve, 'changes-requested')],
      permissions: new Map([
        [bob.id, 'write'],
        [eve.id, 'read'],
      ]),
    }),
    'pass',
    'approved by @bob',
  ],
  [
    'approved after requesting changes',
    facts({ reviews: [review(bob, 'changes-requested'), review(bob)] }),
    'pass',
    'approved by @bob',
  ],
  [
    'a comment after the approval',
    facts({ reviews: [review(bob), review(bob, 'commented')] }),
    'pass',
    'approved by @bob',
  ],
  [
    'approved, then requested changes, which were dismissed',
    facts({ reviews: [review(bob), review(bob, 'dismissed')] }),
    'wait',
    'waits for @shop/payments (apps/checkout/kustomization.yaml)',
  ],
  [
    'approved and dismissed in the same moment: the longer, then the greater id is newer',
    facts({
      reviews: [review(bob, 'approved', { id: '9', at: 5 }), review(bob, 'dismissed', { id: '10', at: 5 })],
    }),
    'wait',
    'waits for @shop/payments (apps/checkout/kustomization.yaml)',
  ],
  [
    'the same, ids of one length',
    facts({
      reviews: [review(bob, 'approved', { id: '11', at: 5 }), review(bob, 'dismissed', { id: '12', at: 5 })],
    }),
    'wait',
    'waits for @shop/payments (apps/checkout/kustomization.yaml)',
  ],
  [
    'approved later under a shorter id',
    facts({
      reviews: [review(bob, 'dismissed', { id: '10', at: 5 }), review(bob, 'approved', { id: '9', at: 6 })],
    }),
    'pass',
    'approved by @bob',
  ],
  [
    'a list of people, one has',
    facts({ environments: [prod({ from: ['@eve', '@dan'] })], reviews: [review(eve)] }),
    'pass',
    'approved by @eve',
  ],
  [
    'a list of people, an owner is not in it',
    facts({ environments: [prod({ from: ['@eve', '@dan'] })], reviews: [review(bob)] }),
    'wait',
    'waits for @eve or @dan (prod)',
  ],
  [
    'two of a list, none has',
    facts({ environments: [prod({ from: ['@shop/payments', '@eve'], count: 2 })] }),
    'wait',
    'waits for 2 of @shop/payments or @eve (prod)',
  ],
]

describe('who must approve', () => {
  it.each(cases)('%s', (_, given, outcome, reason) => {
    const { verdict } = evaluateApprovals(given)
    expect({ outcome: verdict.outcome, reason: verdict.reason }).toEqual({ outcome, reason })
  })

  it.each(cases)('%s: the order of reviews does not matter', (_, given) => {
    const turned = { ...given, reviews: given.reviews.toReversed() }
    expect(evaluateApprovals(turned)).toEqual(evaluateApprovals(given))
  })

  it.each(cases)('%s: taking an approval away opens nothing', (_, given) => {
    const order = ['pass', 'wait', 'block']
    const before = order.indexOf(evaluateApprovals(given).verdict.outcome)
    for (const gone of given.reviews.filter(({ state }) => state === 'approved')) {
      const after = evaluateApprovals({ ...given, reviews: given.reviews.filter((entry) => entry !== gone) })
      expect(order.indexOf(after.verdict.outcome)).toBeGreaterThanOrEqual(before)
    }
  })
})

describe('an approval of an earlier head', () => {
  const stale = { ...review(bob), sha: older }
  const seen = (digests: Record<string, string>) => [{ id: stale.id, sha: older, digests }]

  it.each`
    case                              | changes                                              | recorded                                                                          | outcome
    ${'renders the same now'}         | ${[change('checkout')]}                              | ${seen({ 'prod/prod/checkout': 'digest-1' })}                                     | ${'pass'}
    ${'renders differently now'}      | ${[change('checkout', 'digest-2')]}                  | ${seen({ 'prod/prod/checkout': 'digest-1' })}                                     | ${'wait'}
    ${'of another review'}            | ${[change('checkout')]}                              | ${[{ id: 'another', sha: older, digests: { 'prod/prod/checkout': 'digest-1' } }]} | ${'wait'}
    ${'nothing was recorded'}         | ${[change('checkout')]}                              | ${[]}                                                                             | ${'wait'}
    ${'another cluster was recorded'} | ${[change('checkout')]}                              | ${seen({ 'prod/edge/checkout': 'digest-1' })}                                     | ${'wait'}
    ${'__proto__ is no digest'}       | ${[{ ...change('checkout'), cluster: '__proto__' }]} | ${seen({})}                                                                       | ${'wait'}
  `('$case → $outcome', ({ changes, recorded, outcome }) => {
    expect(evaluateApprovals(facts({ changes, recorded, reviews: [stale] })).verdict.outcome).toBe(outcome)
  })

  it.each`
    case                                       | digest        | outcome
    ${'the base moved, and it renders alike'}  | ${'digest-1'} | ${'pass'}
    ${'the base moved, and it renders others'} | ${'digest-2'} | ${'wait'}
  `('of the present head, when $case → $outcome', ({ digest, outcome }) => {
    const present = review(bob)
    const recorded = [{ id: present.id, sha: head, digests: { 'prod/prod/checkout': 'digest-1' } }]
    const decision = evaluateApprovals(
      facts({ changes: [change('checkout', digest)], recorded, reviews: [present] }),
    )
    expect(decision.verdict.outcome).toBe(outcome)
  })

  it('says what is different', () => {
    const decision = evaluateApprovals(
      facts({
        changes: [change('checkout', 'digest-2')],
        recorded: seen({ 'prod/prod/checkout': 'digest-1' }),
        reviews: [stale],
      }),
    )
    expect(decision.notCounted).toEqual([
      { login: 'bob', because: 'approved an earlier state: checkout/prod renders differently now' },
    ])
    expect(decision.missing).toEqual({ users: [], teams: ['@shop/payments'] })
  })

  it.each`
    applications                      | sentence
    ${['a']}                          | ${'a/prod renders differently now'}
    ${['a', 'b']}                     | ${'a/prod, b/prod render differently now'}
    ${['a', 'b', 'c']}                | ${'a/prod, b/prod, c/prod render differently now'}
    ${['a', 'b', 'c', 'd']}           | ${'a/prod, b/prod, c/prod and 1 more render differently now'}
    ${['a', 'b', 'c', 'd', 'e', 'a']} | ${'a/prod, b/prod, c/prod and 2 more render differently now'}
  `('names three of $applications', ({ applications, sentence }) => {
    const changes = applications.map((name: string) => change(name))
    const { notCounted } = evaluateApprovals(
      facts({ environments: [prod({ from: ['@bob'] })], changes, reviews: [stale] }),
    )
    expect(notCounted).toEqual([{ login: 'bob', because: `approved an earlier state: ${sentence}` }])
  })

  it('believes our own note of the head, not one that was moved along with a push', () => {
    const moved = { ...stale, sha: head }
    const given = facts({
      changes: [change('checkout', 'digest-2')],
      recorded: seen({ 'prod/prod/checkout': 'digest-1' }),
      reviews: [moved],
    })
    expect(evaluateApprovals(given).verdict.outcome).toBe('wait')
  })

  it('asks only the owners of what changed again', () => {
    const other = { ...review(dan), sha: older }
    const digests = { 'prod/prod/checkout': 'digest-1', 'prod/prod/search': 'digest-1' }
    const recorded = [stale, other].map(({ id }) => ({ id, sha: older, digests }))
    const changes = [change('checkout', 'digest-2'), change('search')]
    const decision = evaluateApprovals(facts({ changes, recorded, reviews: [stale, other] }))
    expect(decision.counted).toEqual([{ login: 'dan', for: ['@dan'] }])
    expect(decision.missing).toEqual({ users: [], teams: ['@shop/payments'] })
  })
})

// approval of the person        | → asked again
// satisfies what is open       | no
// satisfies something else only | yes
// does not count               | yes
describe('whom to ask, and who does not count', () => {
  const pair = parseCodeowners('/apps/checkout/ @dan @cleo\n/apps/search/ @dan\n', 'CODEOWNERS').codeowners
  const seen = review(dan, 'approved', { sha: older })
  const recorded = [
    {
      id: seen.id,
      sha: older,
      digests: { 'prod/prod/checkout': 'digest-1', 'prod/prod/search': 'digest-1' },
    },
  ]

  it.each`
    case                                               | given                                                                                                           | users
    ${'one of two people has'}                         | ${{ environments: [prod({ from: ['@dan', '@eve'], count: 2 })], reviews: [review(dan)] }}                       | ${['eve']}
    ${'one of two owners has'}                         | ${{ codeowners: pair, environments: [prod({ count: 2 })], reviews: [review(dan)] }}                             | ${['cleo']}
    ${'the approval is of an earlier state'}           | ${{ changes: [change('search')], reviews: [review(dan, 'approved', { sha: older })] }}                          | ${['dan']}
    ${'only the part that is theirs alone is earlier'} | ${{ codeowners: pair, changes: [change('checkout'), change('search', 'digest-2')], reviews: [seen], recorded }} | ${['dan']}
    ${'the author, where four eyes are not asked'}     | ${{ changes: [change('own')], environments: [prod({ fourEyes: false })] }}                                      | ${['ada']}
    ${'who asked for the promotion'}                   | ${{ environments: [prod({ from: ['@dan', '@eve'] })], proposal: { kind: 'promotion', requestedBy: dan } }}      | ${['eve']}
    ${'who has a commit in it'}                        | ${{ environments: [prod({ from: ['@ada', '@dan', '@eve'] })], contributors: [ada, dan] }}                       | ${['eve']}
    ${'changes are requested'}                         | ${{ reviews: [review(eve, 'changes-requested')] }}                                                              | ${[]}
  `('asks $users: $case', ({ given, users }) => {
    expect(evaluateApprovals(facts(given)).missing.users).toEqual(users)
  })

  it('asks a team of which the author is only one', () => {
    const teams = new Map([['@Shop/Payments', [ada, bob]]])
    expect(evaluateApprovals(facts({ teams })).missing).toEqual({ users: [], teams: ['@shop/payments'] })
  })

  it.each`
    case                                 | owners                                  | given                                                                                                         | canBeMet
    ${'a team'}                          | ${'@shop/payments'}                     | ${{}}                                                                                                         | ${true}
    ${'nobody in particular'}            | ${''}                                   | ${{}}                                                                                                         | ${true}
    ${'an unknown team'}                 | ${'@shop/ghost'}                        | ${{}}                                                                                                         | ${false}
    ${'an e-mail address with a slash'}  | ${'a/b@shop.example'}                   | ${{}}                                                                                                         | ${false}
    ${'the author'}                      | ${'@ada'}                               | ${{}}                                                                                                         | ${false}
    ${'all three of these'}              | ${'@shop/ghost mail@shop.example @ada'} | ${{}}                                                                                                         | ${false}
    ${'these, and one who can'}          | ${'@shop/ghost mail@shop.example @dan'} | ${{}}                                                                                                         | ${true}
    ${'an unreadable CODEOWNERS'}        | ${'@dan'}                               | ${{ codeowners: { rules: [], isUnreadable: true } }}                                                          | ${false}
    ${'it, where people are asked'}      | ${'@dan'}                               | ${{ codeowners: { rules: [], isUnreadable: true }, environments: [prod({ from: ['@dan'] })] }}                | ${true}
    ${'one who can, and one who cannot'} | ${'@dan'}                               | ${{ environments: [prod({ all: [{ from: ['@dan'] }, { from: ['@ada'] }] })] }}                                | ${false}
    ${'either'}                          | ${'@dan'}                               | ${{ environments: [prod({ any: [{ from: ['@dan'] }, { from: ['@ada'] }] })] }}                                | ${true}
    ${'either both, or one who cannot'}  | ${'@dan'}                               | ${{ environments: [prod({ any: [{ all: [{ from: ['@dan'] }, { from: ['@ada'] }] }, { from: ['@ada'] }] })] }} | ${false}
  `('says whether anybody can: $case', ({ owners, given, canBeMet }) => {
    const { codeowners } = parseCodeowners(`* ${owners}`, 'CODEOWNERS')
    expect(evaluateApprovals(facts({ codeowners, ...given })).verdict.fix).toBe(
      canBeMet
        ? 'ask them for an approving review'
        : 'name an owner who can approve: nobody who is named now can',
    )
  })

  const because = (given: Partial<ApprovalFacts>) => evaluateApprovals(facts(given)).notCounted

  it('names the reason in words', () => {
    const proposal = {
      kind: 'promotion' as const,
      applications: ['checkout'],
      from: ['staging'],
      to: 'prod',
      requestedBy: cleo,
    }
    const reviews = [
      review(ada),
      review(cleo),
      review(eve),
      review(robot),
      review(bob),
      review(bob, 'dismissed'),
    ]
    expect(because({ proposal, changeClass: 'promotion', reviews })).toEqual([
      { login: 'ada', because: 'is the author (four eyes)' },
      { login: 'cleo', because: 'asked for this change (four eyes)' },
      { login: 'eve', because: 'is not asked for this change' },
      { login: 'robot[bot]', because: 'a bot never counts' },
      { login: 'bob', because: 'the newest review was dismissed; an older one does not come back' },
    ])
  })

  const staging = { ...prod(), name: 'staging' }
  it.each`
    case                                         | given                                                                                                                                                                                   | reason
    ${'a contributor'}                           | ${{ contributors: [ada, bob], reviews: [review(bob)] }}                                                                                                                                 | ${'has commits in it (four eyes)'}
    ${'a reader'}                                | ${{ changes: [change('docs')], reviews: [review(eve)], permissions: new Map([[eve.id, 'read']]) }}                                                                                      | ${'has no write permission here'}
    ${'an owner, where nobody can be known'}     | ${{ codeowners: { rules: [], isUnreadable: true }, reviews: [review(bob)] }}                                                                                                            | ${'CODEOWNERS cannot be read, so nobody is known to own this'}
    ${'for other environments'}                  | ${{ reviews: [review(bob, 'approved', { environments: ['dev', 'staging'] })] }}                                                                                                         | ${'approved for dev, staging only'}
    ${'not asked, then of an earlier state'}     | ${{ changes: [change('checkout'), change('search')], reviews: [review(dan, 'approved', { sha: older })] }}                                                                              | ${'approved an earlier state: search/prod renders differently now'}
    ${'of an earlier state, then not asked'}     | ${{ changes: [change('search'), change('checkout')], reviews: [review(dan, 'approved', { sha: older })] }}                                                                              | ${'approved an earlier state: search/prod renders differently now'}
    ${'asked for one of two, has approved that'} | ${{ changes: [change('checkout'), change('search')], reviews: [review(dan)] }}                                                                                                          | ${undefined}
    ${'the first of two comments'}               | ${{ environments: [staging], changes: [change('docs', 'd', 'staging')], reviews: ['dev', 'prod'].map((name) => review(eve, 'approved', { isByComment: true, environments: [name] })) }} | ${'approved for dev only'}
  `('$case: $reason', ({ given, reason }) => {
    expect(because(given).map((entry) => entry.because)).toEqual(reason === undefined ? [] : [reason])
  })

  it('adds up what comments of one person approve', () => {
    const comment = (name: string) =>
      review(eve, 'approved', { isByComment: true, environments: [name, 'dev'] })
    const changes = [change('docs'), change('docs', 'd', 'staging')]
    const decision = evaluateApprovals(
      facts({ environments: [prod(), staging], changes, reviews: [comment('prod'), comment('staging')] }),
    )
    expect(decision).toEqual({
      verdict: {
        gate: 'approvals',
        outcome: 'pass',
        reason: 'approved by @eve',
        details: ['@eve for prod, staging'],
      },
      missing: { users: [], teams: [] },
      counted: [{ login: 'eve', for: ['prod', 'staging'] }],
      notCounted: [],
    })
  })

  it.each`
    case                              | application   | users      | teams                 | detail
    ${'a team'}                       | ${'checkout'} | ${[]}      | ${['@shop/payments']} | ${undefined}
    ${'a person'}                     | ${'search'}   | ${['dan']} | ${[]}                 | ${undefined}
    ${'anybody'}                      | ${'docs'}     | ${[]}      | ${[]}                 | ${undefined}
    ${'an unknown team'}              | ${'ghost'}    | ${[]}      | ${[]}                 | ${'@shop/ghost is not a known team, so nobody can approve for it'}
    ${'an e-mail address'}            | ${'mail'}     | ${[]}      | ${[]}                 | ${'ma/il@shop.example is an e-mail address; nobody can be matched with it'}
    ${'the author is the only owner'} | ${'own'}      | ${[]}      | ${[]}                 | ${'@ada cannot approve this change: nobody there but its author, requester or contributors'}
  `('$case', ({ application, users, teams, detail }) => {
    const { missing, verdict } = evaluateApprovals(facts({ changes: [change(application)] }))
    expect(missing).toEqual({ users, teams })
    expect(verdict.details).toEqual(detail === undefined ? [] : [detail])
  })
})

// open sentences | → reason          | details
// 1 or 2          | the sentences     | notes
// 3 or more       | who, without what | the sentences, and notes
describe('what it says', () => {
  const apps = ['checkout', 'search', 'docs']
  it.each<[string, Partial<ApprovalFacts>]>([
    ['nothing is asked', { environments: [] }],
    [
      'approved',
      { changes: apps.map((name) => change(name)), reviews: [review(bob), review(dan), review(eve)] },
    ],
    [
      'three are missing',
      { changes: [...apps, 'ghost'].map((name) => change(name)), reviews: [review(robot)] },
    ],
    [
      'one person is missing three times',
      {
        environments: ['dev', 'staging', 'prod'].map((name) => ({ ...prod({ from: ['@dan'] }), name })),
        changes: ['dev', 'staging', 'prod'].map((name) => change('checkout', 'd', name)),
      },
    ],
    [
      'either of two, one of which asks for two',
      {
        environments: ['dev', 'staging', 'prod'].map((name) => ({
          ...prod({ any: [{ from: ['@dan', '@shop/ghost'], count: 2 }, { from: ['@eve'] }] }),
          name,
        })),
        changes: ['dev', 'staging', 'prod'].map((name) => change('checkout', 'd', name)),
      },
    ],
    ['the author has approved', { reviews: [review(ada)] }],
    ['one owner has', { changes: [change('checkout'), change('search')], reviews: [review(bob)] }],
    ['CODEOWNERS is too large', { codeowners: { rules: [], isUnreadable: true } }],
    [
      'two ask for changes',
      { reviews: [review(bob, 'changes-requested'), review(eve, 'changes-requested')] },
    ],
    [
      'a revert by evidence',
      {
        changeClass: 'revert',
        restored: { [targetKey(change('checkout'))]: 'digest-1' },
        proposal: {
          kind: 'revert',
          applications: ['checkout'],
          environment: 'prod',
          cause: 'slo',
          bad: head,
          good: older,
          merge: 'rule',
        },
      },
    ],
  ])('%s', (_, given) => {
    const { verdict, missing } = evaluateApprovals(facts(given))
    expect({ ...verdict, missing }).toMatchSnapshot()
  })
})

// class  | merged by | changes requested | renders to what ran then          | → outcome
// revert | rule      | no                | yes                               | pass (emergency rule)
// revert | rule      | no                | no, unknown, or something besides | wait
// revert | rule      | yes               | yes                               | block (a person objects)
// revert | people    | no                | yes                               | wait
// change | –         | no                | –                                 | wait
describe('the emergency rule', () => {
  const proposal = (merge: 'rule' | 'people') => ({
    kind: 'revert' as const,
    applications: ['checkout'],
    environment: 'prod',
    cause: 'slo' as const,
    bad: head,
    good: older,
    merge,
  })
  const revert = {
    changeClass: 'revert',
    proposal: proposal('rule'),
    restored: { [targetKey(change('checkout'))]: 'digest-1' },
  }
  const elsewhere = { ...change('checkout', 'x'), cluster: 'prod-us' }

  it.each`
    case                             | given                                                                                                          | outcome
    ${'a revert by evidence'}        | ${{}}                                                                                                          | ${'pass'}
    ${'with an objection'}           | ${{ reviews: [review(eve, 'changes-requested')] }}                                                             | ${'block'}
    ${'that people merge'}           | ${{ proposal: proposal('people') }}                                                                            | ${'wait'}
    ${'a change that claims so'}     | ${{ changeClass: 'change' }}                                                                                   | ${'wait'}
    ${'a class without evidence'}    | ${{ proposal: undefined }}                                                                                     | ${'wait'}
    ${'the base moved beside it'}    | ${{ changes: [change('checkout', 'moved')] }}                                                                  | ${'wait'}
    ${'what ran then is not known'}  | ${{ restored: {} }}                                                                                            | ${'wait'}
    ${'nobody looked what ran then'} | ${{ restored: undefined }}                                                                                     | ${'wait'}
    ${'another application, too'}    | ${{ changes: [change('checkout'), change('search', 'd')] }}                                                    | ${'wait'}
    ${'another environment, too'}    | ${{ changes: [change('checkout'), change('checkout', 'd', 'stage')] }}                                         | ${'wait'}
    ${'the rules, too'}              | ${{ changes: [change('checkout'), { ...change('checkout'), application: 'rules', isRule: true }] }}            | ${'wait'}
    ${'a cluster that never had it'} | ${{ changes: [change('checkout'), elsewhere] }}                                                                | ${'pass'}
    ${'only such a cluster'}         | ${{ changes: [elsewhere] }}                                                                                    | ${'wait'}
    ${'a cluster that differs'}      | ${{ changes: [change('checkout'), elsewhere], restored: { ...revert.restored, [targetKey(elsewhere)]: 'y' } }} | ${'wait'}
    ${'nothing renders differently'} | ${{ changes: [] }}                                                                                             | ${'pass'}
  `('$case → $outcome', ({ given, outcome }) => {
    expect(evaluateApprovals(facts({ ...revert, ...given })).verdict.outcome).toBe(outcome)
  })

  it('says why it does not apply, and an approval opens the gate all the same', () => {
    const moved = { ...revert, changes: [change('checkout', 'moved')] } as Partial<ApprovalFacts>
    expect(evaluateApprovals(facts(moved)).verdict.details).toContain(
      `no emergency rule: checkout/prod would not render to what ran from ${older.slice(0, 7)}`,
    )
    expect(evaluateApprovals(facts({ ...moved, reviews: [review(bob)] })).verdict.outcome).toBe('pass')
  })
})

// need                        | concerns the change | met by            | → outcome
// all of a, b                 | both                | both              | pass, else wait for each that is open
// any of a, b                 | both                | one               | pass, else wait for a, or b
// when applications/paths/…   | no                  | –                 | asks nobody
// when …                      | the rules change    | as without `when` | wait
describe('needs that come together', () => {
  const danger = (application: string, ...dangers: string[]) => ({ ...change(application), dangers })
  const rules = { ...change('rules'), paths: ['.drawbridge.yaml'], isRule: true }
  const base = (application: string) => ({
    ...change(application),
    paths: ['base/deployment.yaml'],
    impact: `apps/${application}/kustomization.yaml`,
  })
  const dan1 = { from: ['@dan'] }
  const eve1 = { from: ['@eve'] }

  const rows: [string, ApprovalsDocument, ApprovalChange[], Actor[], string][] = [
    ['all: one is there', { all: [dan1, eve1] }, [change('checkout')], [dan], 'wait for @eve (prod)'],
    ['all: both are', { all: [dan1, eve1] }, [change('checkout')], [dan, eve], 'pass'],
    [
      'any: none is there',
      { any: [dan1, eve1] },
      [change('checkout')],
      [],
      'wait for @dan (prod), or @eve (prod)',
    ],
    ['any: one is', { any: [dan1, eve1] }, [change('checkout')], [eve], 'pass'],
    [
      'any: an outsider is',
      { any: [dan1, eve1] },
      [change('checkout')],
      [bob],
      'wait for @dan (prod), or @eve (prod)',
    ],
    [
      'any of two, or of a pair',
      { any: [{ all: [dan1, eve1] }, { from: ['@cleo'] }] },
      [change('checkout')],
      [dan],
      'wait for @eve (prod), or @cleo (prod)',
    ],
    [
      'and inside or: the pair',
      { any: [{ all: [dan1, eve1] }, { from: ['@cleo'] }] },
      [change('checkout')],
      [dan, eve],
      'pass',
    ],
    [
      'or inside and',
      { all: [{ any: [dan1, eve1] }, { from: ['@cleo'] }] },
      [change('checkout')],
      [eve],
      'wait for @cleo (prod)',
    ],
    [
      'any: none of them is concerned',
      { any: [{ ...dan1, when: { applications: ['search'] } }] },
      [change('checkout')],
      [],
      'pass',
    ],
    [
      'each: all owners, where nobody owns, is one writer',
      { each: 'all' },
      [change('docs')],
      [],
      'wait for anybody with write permission (apps/docs/kustomization.yaml)',
    ],
    [
      'any: two of one way, or of another',
      { any: [{ all: [dan1, eve1] }, { from: ['@cleo'] }] },
      [change('checkout')],
      [],
      'wait for @dan (prod) and @eve (prod), or @cleo (prod)',
    ],
    [
      'any inside all: none of them is concerned',
      { all: [dan1, { any: [{ ...eve1, when: { applications: ['search'] } }] }] },
      [change('checkout')],
      [dan],
      'pass',
    ],
    ['count 0 inside all asks nobody', { all: [{ count: 0 }] }, [change('checkout')], [], 'pass'],
    [
      'when: another application',
      { ...dan1, when: { applications: ['pay*'] } },
      [change('checkout')],
      [],
      'pass',
    ],
    [
      'when: this application',
      { ...dan1, when: { applications: ['check*'] } },
      [change('checkout')],
      [],
      'wait for @dan (prod)',
    ],
    ['when: no such file', { ...dan1, when: { paths: ['/base/'] } }, [change('checkout')], [], 'pass'],
    [
      'when: such a file',
      { ...dan1, when: { paths: ['/apps/'] } },
      [change('checkout')],
      [],
      'wait for @dan (prod)',
    ],
    [
      'when: no such danger',
      { ...dan1, when: { dangers: ['rbac-widened'] } },
      [danger('checkout', 'image-latest')],
      [],
      'pass',
    ],
    [
      'when: such a danger',
      { ...dan1, when: { dangers: ['rbac-widened'] } },
      [danger('checkout', 'rbac-widened')],
      [],
      'wait for @dan (prod)',
    ],
    [
      'when: both parts, each on another change',
      { ...dan1, when: { applications: ['search'], dangers: ['rbac-widened'] } },
      [danger('checkout', 'rbac-widened'), change('search')],
      [],
      'pass',
    ],
    [
      'when around all',
      { all: [dan1, eve1], when: { applications: ['search'] } },
      [change('checkout')],
      [],
      'pass',
    ],
    [
      'a change of the rules meets every condition',
      { ...dan1, when: { applications: ['pay*'] } },
      [rules],
      [],
      'wait for @dan (prod)',
    ],
    [
      'owners, and security for dangers',
      { all: [{ from: 'owners' }, { ...eve1, when: { dangers: ['rbac-widened'] } }] },
      [danger('checkout', 'rbac-widened')],
      [bob],
      'wait for @eve (prod)',
    ],
    [
      'each: two of the group, one is there',
      { each: 2 },
      [change('checkout')],
      [bob],
      'wait for one more of @shop/payments (apps/checkout/kustomization.yaml)',
    ],
    ['each: two of the group, both are', { each: 2 }, [change('checkout')], [bob, cleo], 'pass'],
    ['each: two, where nobody owns, is one writer', { each: 2 }, [change('docs')], [eve], 'pass'],
    [
      'each: all owners, one is there',
      { each: 'all' },
      [change('pair')],
      [dan],
      'wait for @eve (apps/pair/kustomization.yaml)',
    ],
    ['each: all owners, all are', { each: 'all' }, [change('pair')], [dan, eve], 'pass'],
    ['one of the owners, where all are not asked', {}, [change('pair')], [dan], 'pass'],
    [
      'impact: a shared base asks its owner and those of what it changes',
      {},
      [base('checkout'), base('search')],
      [eve],
      'wait for @shop/payments (apps/checkout/kustomization.yaml) and for @dan (apps/search/kustomization.yaml)',
    ],
    ['impact: all of them have', {}, [base('checkout'), base('search')], [eve, bob, dan], 'pass'],
    [
      'impact: an application that nobody owns adds nobody',
      {},
      [base('docs')],
      [],
      'wait for @eve (base/deployment.yaml)',
    ],
    [
      'impact: the file’s owner alone is missing',
      {},
      [base('search')],
      [dan],
      'wait for @eve (base/deployment.yaml)',
    ],
  ]

  const codeowners = parseCodeowners(
    '/apps/checkout/ @shop/payments\n/apps/search/ @dan\n/apps/pair/ @dan @eve\n/base/ @eve\n',
    'CODEOWNERS',
  ).codeowners
  const given = (rule: ApprovalsDocument, changes: ApprovalChange[], approvers: Actor[]) =>
    facts({
      environments: [prod(rule)],
      changes,
      codeowners,
      reviews: approvers.map((actor) => review(actor)),
    })

  it.each(rows)('%s', (_, rule, changes, approvers, expected) => {
    const { verdict } = evaluateApprovals(given(rule, changes, approvers))
    const said = verdict.outcome === 'pass' ? 'pass' : verdict.reason.replace('waits for', 'wait for')
    expect(said).toBe(expected)
  })

  it.each(rows.filter(([, , , approvers, expected]) => expected !== 'pass' && approvers.length > 0))(
    '%s: one approval fewer opens nothing',
    (_, rule, changes, approvers) => {
      for (const gone of approvers) {
        const rest = approvers.filter((actor) => actor !== gone)
        expect(evaluateApprovals(given(rule, changes, rest)).verdict.outcome).toBe('wait')
      }
    },
  )

  it('asks the people of every way that is open, and nobody twice', () => {
    const rule = { any: [{ all: [dan1, eve1] }, { from: ['@cleo', '@eve'] }] }
    const { missing } = evaluateApprovals(given(rule, [change('checkout')], []))
    expect(missing).toEqual({ users: ['dan', 'eve', 'cleo'], teams: [] })
  })
})

// An approval by comment counts as a review does, for the environments it names; those of one person add up, but count once.
describe('approvals by comment', () => {
  const comment = (author: Actor, environments?: string[], rest: Partial<Review> = {}) =>
    review(author, 'approved', { isByComment: true, ...(environments && { environments }), ...rest })
  const staging = { ...prod(), name: 'staging' }
  const two = {
    environments: [prod(), staging],
    changes: [change('checkout'), change('checkout', 'd', 'staging')],
  }
  const cases: [string, Partial<ApprovalFacts>, string][] = [
    ['for all', { reviews: [comment(bob)] }, 'pass'],
    ['for this environment', { reviews: [comment(bob, ['prod'])] }, 'pass'],
    ['for another', { reviews: [comment(bob, ['staging'])] }, 'wait'],
    ['one of two environments', { ...two, reviews: [comment(bob, ['prod'])] }, 'wait'],
    ['one after the other', { ...two, reviews: [comment(bob, ['prod']), comment(bob, ['staging'])] }, 'pass'],
    [
      'twice is one person',
      { environments: [prod({ count: 2 })], reviews: [comment(bob), comment(bob)] },
      'wait',
    ],
    [
      'beside a review is one person',
      { environments: [prod({ count: 2 })], reviews: [review(bob), comment(bob)] },
      'wait',
    ],
    ['two people', { environments: [prod({ count: 2 })], reviews: [review(cleo), comment(bob)] }, 'pass'],
    ['before changes were requested', { reviews: [comment(bob), review(bob, 'dismissed')] }, 'wait'],
    ['after a dismissal', { reviews: [review(bob, 'dismissed'), comment(bob)] }, 'pass'],
    [
      'after an objection that stands',
      { reviews: [review(bob, 'changes-requested'), comment(bob)] },
      'block',
    ],
    [
      'in the moment of a dismissal',
      { reviews: [review(bob, 'dismissed', { at: 5 }), comment(bob, undefined, { at: 5 })] },
      'wait',
    ],
    [
      'before a review of an earlier head',
      { reviews: [comment(bob), review(bob, 'approved', { sha: older })] },
      'pass',
    ],
    ['by the author', { reviews: [comment(ada)] }, 'wait'],
    ['by an outsider', { reviews: [comment(eve)] }, 'wait'],
  ]
  it.each(cases)('%s → %s', (_, given, outcome) => {
    expect(evaluateApprovals(facts(given)).verdict.outcome).toBe(outcome)
  })
})
