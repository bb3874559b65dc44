import { promotionConditions } from '../../../src/features/promotion/promotion-conditions.ts'
import type { DivergenceView } from '../../../src/features/review/review-view.ts'
import { stopByHistory } from '../../../src/features/release/stop-environment.ts'
const at = Date.parse('2026-11-23T09:30:00Z')

const moves = [{ image: 'registry.shop.example/checkout', before: '1.7.0', after: '1.8.0' }]
const refusal = {
  code: 'NOT_THROUGH_PULL',
  reason: 'it did not come through a pull request',
  sha: 'd'.repeat(40),
  by: 'Mallory',
  branch: 'main',
  targets: ['prod/prod-eu/checkout'],
}

const overridden = {
  gate: 'approvals',
  reason: 'overridden by @ada and @bob (the shop is down)',
  by: ['ada', 'bob'],
  details: ['without the override: one of @shop/payments has to approve'],
}

const stopped = stopByHistory('prod', 'main', 'a'.repeat(40), 'b'.repeat(40))

const aDivergence: DivergenceView = {
  before: 'staging',
  after: 'prod',
  rows: [
    {
      object: 'Deployment shop/checkout',
      field: 'spec.replicas',
      before: '2',
      after: '5',
      by: [
        {
          environment: 'prod',
          at,
          commit: 'dddddddddddd',
          author: 'bob',
          pull: 9,
          pullTitle: 'More of checkout',
          files: ['apps/checkout/overlays/prod/replicas.yaml', 'apps/checkout/overlays/prod/other.yaml'],
        },
        { environment: 'staging', at, commit: 'eeeeeeeeeeee', files: [] },
      ],
    },
    { object: 'ConfigMap shop/flags', field: '', after: 'there', by: [] },
  ],
  more: 3,
}

/** A view for each template that is written without a writer of its own. */
export const messages: Record<string, object> = {
  'check/unjudged': {
    text: 'What this change would do cannot be told. These files conflict',
    fix: 'merge or rebase main into this branch and push',
    paths: ['apps/checkout/base/deployment.yaml'],
  },
  'comment/conflict': {
    branch: 'main',
    files: 102,
    paths: ['apps/checkout/base/deployment.yaml'],
    more: 101,
  },
  'check/not-released': refusal,
  'notice/override': { sha: 'd'.repeat(40), gates: [overridden] },
  'notice/hotfix': {
    sha: 'd'.repeat(40),
    hotfixes: [
      { environment: 'prod', until: at, by: { login: 'radia' }, reason: 'checkout answers @nobody' },
    ],
  },
  'notice/override-issue': {
    pull: 12,
    link: { url: 'https://github.example/shop/config/pull/12' },
    title: 'Raise checkout',
    environment: 'prod',
    revision: 'c'.repeat(40),
    gates: [overridden],
  },
  'check/stopped': { stops: [stopped] },
  'notice/stopped': stopped,
  'notice/not-merged': {
    code: 'METHOD_NOT_ALLOWED',
    reason: 'Squash merges are not allowed on this repository.',
    fix: 'allow squash, merge or rebase on the repository, or merge it by hand',
    sha: 'd'.repeat(40),
  },
  'pull/unapproved-commit': { ...refusal, paths: ['apps/checkout/base/deployment.yaml'] },
  'pull/promotion': {
    to: 'prod',
    parts: [
      {
        application: 'checkout',
        from: 'staging',
        moves: moves.map(({ image, before, after }) => ({ name: image, before, after })),
        moreMoves: 2,
        log: [
          { revision: 'b'.repeat(40), pull: 5, pullTitle: 'Raise checkout first', author: 'bob', since: at },
          { revision: 'c'.repeat(40), since: at },
        ],
        revision: 'c'.repeat(40),
        pull: 7,
        pullTitle: 'Raise checkout',
        author: 'ada',
        since: at,
        differs: aDivergence,
        overwrites: { ...aDivergence, before: 'now', after: 'after', more: 0 },
      },
    ],
    holds: ['checkout is held in prod by radia, until /unhold checkout prod: stocktaking'],
    conditions: promotionConditions(
      { soakSeconds: 3600, slos: 'healthy', checks: [{ name: 'e2e [x](https://evil.example)', app: 'ci' }] },
      'staging',
    ),
    requestedBy: 'bob',
    files: ['apps/checkout/overlays/prod/kustomization.yaml'],
  },
  'pull/revert': {
    application: 'checkout',
    environment: 'prod',
    verdict: 'The release of checkout 1.8.0 breaks its objective',
    confidence: 'high: only the new version fails',
    cause: 'slo',
    bad: 'c'.repeat(40),
    good: 'a'.repeat(40),
    replaces: [9, 12],
    moves: moves.map(({ image, before, after }) => ({ image, before: after, after: before })),
    slo: { name: 'checkout in prod', objective: 0.999, windowDays: 28, burnRate: 41.3, budgetSpent: 0.062 },
    measurements: [
      { name: 'before', events: 12_000, bad: 3, ratio: 0.00025, low: 0.0001, high: 0.0007 },
      { name: 'after', events: 1_480, bad: 61, ratio: 0.0412, low: 0.032, high: 0.0526 },
    ],
    queries: [
      {
        name: 'Bad events',
        promql: 'sum(increase(http_requests_total{app="checkout",code=~"5.."}[5m]))',
        from: at,
        to: at + 300_000,
      },
    ],
    effect: '4.1 % more of the events fail, 165 times as often as before',
    plot: 'https://github.example/shop/gitops/raw/refs/heads/drawbridge/plots/prod/checkout-cccccccccccc.svg',
    suspect: { pull: 7, title: 'Raise checkout', author: 'ada', approvedBy: ['bob'] },
    suspects: [
      { name: 'checkout ccccccc', score: '97 %' },
      { name: 'cart ddddddd', score: '2 %' },
    ],
    commits: [{ commit: 'ccccccc', title: 'Raise checkout (#7)', by: 'Ada' }],
    irreversible: ['Job shop/migrate: a Job ran, and what it did stays done'],
    decide: ['Taking it back would not undo this: Job shop/migrate: a Job ran, and what it did stays done.'],
    differs: 'It does not render to exactly what ran then: ConfigMap shop/prices differs.',
    veto: '/hold checkout prod',
    timeline: [
      { at, what: 'applied' },
      { at: at + 60_000, what: 'the objective is breached' },
    ],
    next: [
      'It merges by the emergency rule as soon as it renders',
      'checkout 1.8.0 is pinned out of prod until somebody lifts it',
    ],
    files: ['apps/checkout/overlays/prod/kustomization.yaml'],
    evidence: '{\n  "burnRate": 41.3\n}',
  },
  'notice/refused': {
    command: '/promote prod',
    by: 'mallory',
    reason: 'promote in prod needs the role release managers',
    whoCould: ['@shop/release'],
  },
  'notice/done': {
    command: '/promote prod',
    by: 'ada',
    summary: 'opened a promotion of checkout to prod',
    details: ['checkout 1.7.0 → 1.8.0'],
    link: { text: 'The pull request', url: 'https://github.example/shop/gitops/pull/9' },
  },
  'notice/revert-replaced': { application: 'checkout', environment: 'prod' },
  'notice/stale': { reason: 'prod has what it would carry', by: 7 },
  'notice/taken-back': {
    application: 'checkout',
    environment: 'prod',
    reason: 'burns the SLO checkout in prod',
    verdict: 'checkout burns its budget since this release.',
    isDraft: true,
    link: { text: 'Revert checkout in prod to aaaaaaa', url: 'https://github.example/shop/gitops/pull/9' },
  },
  'notice/revert-outcome': {
    application: 'checkout',
    environment: 'prod',
    slo: 'checkout in prod',
    reason: '150 of 3000 events failed since it was applied; at most 0.1 % is tolerated',
    isHelp: false,
    suspects: ['cart: #8 “Raise cart” by bob'],
  },
  'notice/slo-blind': {
    application: 'checkout',
    environment: 'prod',
    slo: 'checkout answers',
    reason: 'the metrics server does not answer within 10 s',
  },
  'notice/slo-report': {
    application: 'checkout',
    environment: 'prod',
    slo: 'checkout in prod',
    reason: 'its rule says report',
    evidence: ['61 of 1,480 events are bad'],
  },
  'notice/problems': {
    title: 'The configuration was not understood',
    problems: [
      {
        code: 'X',
        path: '.drawbridge.yaml',
        line: 3,
        message: 'environments.prod: "25:00" is not a time of day',
        fix: 'use HH:MM',
      },
    ],
  },
  'notice/status': {
    rows: [
      {
        application: 'checkout',
        environment: 'prod',
        cluster: 'prod-eu',
        version: '1.9.0',
        pull: '#12',
        phase: 'healthy',
        wave: 'wave 1 of 2',
        reason: '',
      },
      {
        application: 'checkout',
        environment: 'prod',
        cluster: 'prod-us',
        version: '1.8.0',
        pull: '',
        phase: 'degraded',
        wave: '',
        reason: 'Deployment shop/checkout: 1 of 3 ready',
      },
    ],
    left: 3,
    inForce: ['prod is frozen by grace until 2026-11-23T18:00Z: the audit'],
    url: 'https://drawbridge.example/pulls/shop/config/12',
  },
  'notice/explain': {
    by: 'ada',
    gates: [
      { gate: 'policy', outcome: 'pass', reason: 'no policy is broken', details: [], fix: '' },
      {
        gate: 'approvals',
        outcome: 'wait',
        reason: 'waits for @shop/payments (apps/checkout/kustomization.yaml)',
        details: ['@ada does not count: is the author (four eyes)'],
        fix: 'ask them for an approving review',
      },
    ],
    may: ['/help everywhere', '/promote in staging'],
    url: 'https://drawbridge.example/pulls/shop/gitops/7',
  },
  'notice/help': {
    commands: [
      {
        usage: '/promote <environment>',
        summary: 'carry what runs here to the next environment',
        may: ['in staging', 'search in prod'],
        whoCould: ['@shop/release (everywhere)'],
      },
      { usage: '/sync', summary: 'look at the clusters again', may: [], whoCould: [] },
    ],
  },
}
