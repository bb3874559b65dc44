import { describe, expect, it } from 'vitest'
import type { BoardRow, BoardView } from '../../../src/features/review/review-view.ts'
import { writeCheck } from '../../../src/features/review/write-check.ts'
import { writeRolloutBoard } from '../../../src/features/review/write-rollout-board.ts'
import { aReview, templateNames, write } from './review-builders.ts'

const at = Date.parse('2026-11-23T09:30:00Z')

function aRow(row: Partial<BoardRow> = {}): BoardRow {
  return {
    application: 'checkout',
    environment: 'prod',
    cluster: 'prod-eu',
    wave: 1,
    phase: 'healthy',
    health: 'Healthy',
    reason: '',
    since: at,
    ...row,
  }
}

function aBoard(rows: BoardRow[]): BoardView {
  return {
    title: 'Raise checkout to 1.8.0',
    revision: 'c'.repeat(40),
    rows,
    notes: [],
    links: { dashboard: 'https://drawbridge.example' },
  }
}

describe('the roll-out board', () => {
  it('shows places, waves, failures and drift', () => {
    const drift = {
      at,
      object: 'Deployment shop/checkout',
      fields: ['spec.replicas'],
      manager: 'kubectl-edit',
      healed: true,
      count: 2,
    }
    const rows = [
      aRow({ drift }),
      aRow({
        cluster: 'prod-us',
        wave: 2,
        phase: 'degraded',
        health: 'Degraded',
        reason: 'Deployment checkout: 1 of 3 pods is ready',
      }),
      aRow({
        cluster: 'prod-ap',
        wave: 3,
        phase: 'pending',
        health: 'Unknown',
        reason: 'waits for the wave before it',
        since: undefined,
      }),
    ]
    expect(
      writeRolloutBoard(write, { ...aBoard(rows), notes: ['Stopped: prod-us is degraded'] }),
    ).toMatchSnapshot()
  })

  it('says when all is well', () => {
    expect(writeRolloutBoard(write, aBoard([aRow(), aRow({ cluster: 'prod-us' })]))).toMatchSnapshot()
  })

  it('fits in a comment with a thousand places, failed ones first', () => {
    const rows = Array.from({ length: 1_000 }, (_, index) =>
      aRow({ cluster: `cluster-${index}`, reason: 'x'.repeat(300) }),
    )
    const body = writeRolloutBoard(
      write,
      aBoard([...rows, aRow({ cluster: 'the-bad-one', phase: 'degraded' })]),
    )
    expect(body.length).toBeLessThanOrEqual(60_000)
    expect(body).toContain('the-bad-one')
  })
})

describe('checks', () => {
  const { verdicts } = aReview()

  it('the aggregate names the gates that are closed', () => {
    expect(writeCheck(write, { name: 'drawbridge', outcome: 'block', verdicts })).toMatchSnapshot()
  })

  it('a gate says its own reason', () => {
    const [, , approvals] = verdicts
    const check = writeCheck(write, {
      name: 'drawbridge/approvals',
      outcome: 'wait',
      verdicts: approvals ? [{ ...approvals, until: at }] : [],
    })
    expect(check).toMatchSnapshot()
  })

  it('no title is longer than 100 characters', () => {
    const [first] = verdicts
    const long = first ? [{ ...first, reason: 'x'.repeat(500) }] : []
    expect(
      writeCheck(write, { name: 'drawbridge/render', outcome: 'pass', verdicts: long }).title.length,
    ).toBeLessThanOrEqual(100)
  })
})

const moves = [{ image: 'registry.shop.example/checkout', before: '1.7.0', after: '1.8.0' }]
const refusal = {
  code: 'NOT_THROUGH_PULL',
  reason: 'it did not come through a pull request',
  sha: 'd'.repeat(40),
  by: 'Mallory',
  branch: 'main',
  targets: ['prod/prod-eu/checkout'],
}

const messages: Record<string, object> = {
  'check/conflict': { branch: 'main', paths: ['apps/checkout/base/deployment.yaml'] },
  'check/not-released': refusal,
  'pull/unapproved-commit': { ...refusal, paths: ['apps/checkout/base/deployment.yaml'] },
  'pull/promotion': {
    application: 'checkout',
    from: 'staging',
    to: 'prod',
    moves,
    revision: 'c'.repeat(40),
    pull: 7,
    pullTitle: 'Raise checkout',
    author: 'ada',
    since: at,
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
    moves: moves.map(({ image, before, after }) => ({ image, before: after, after: before })),
    slo: { name: 'checkout in prod', objective: 0.999, windowDays: 28, burnRate: 41.3, budgetSpent: 0.062 },
    measurements: [
      { name: 'before', events: 12_000, bad: 3, ratio: 0.00025 },
      { name: 'after', events: 1_480, bad: 61, ratio: 0.0412 },
    ],
    queries: [
      {
        name: 'Bad events',
        promql: 'sum(increase(http_requests_total{app="checkout",code=~"5.."}[5m]))',
        from: at,
        to: at + 300_000,
      },
    ],
    suspect: { pull: 7, title: 'Raise checkout', author: 'ada' },
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
  'notice/help': {
    commands: [{ usage: '/promote <environment>', summary: 'carry what runs here to the next environment' }],
  },
}

describe('each message reads well', () => {
  it.each(Object.entries(messages))('%s', (template, view) => {
    expect(write(template, view)).toMatchSnapshot()
  })

  it('every template is covered here or by the writers', () => {
    const parts = [
      'comment/review',
      'comment/board',
      'comment/finding',
      'comment/problem',
      'comment/group',
      'comment/object',
      'check/gates',
    ]
    expect([...Object.keys(messages), ...parts].toSorted()).toEqual(templateNames)
  })

  it('a revert by a person needs no numbers', () => {
    const view = {
      application: 'checkout',
      environment: 'prod',
      verdict: 'Taken back by command.',
      cause: 'command',
      requestedBy: 'ada',
      reason: 'wrong prices',
      bad: 'c'.repeat(40),
      good: 'a'.repeat(40),
      next: [],
      files: ['a.yaml'],
    }
    expect(write('pull/revert', view)).toMatchSnapshot()
  })
})
