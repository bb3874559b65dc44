import { describe, expect, it } from 'vitest'
import type { BoardRow, BoardView } from '../../../src/features/review/review-view.ts'
import { sizeOf } from '../../../src/features/review/comment-size.ts'
import { writeCheck } from '../../../src/features/review/write-check.ts'
import { writeRolloutBoard } from '../../../src/features/review/write-rollout-board.ts'
import { messages } from './message-views.ts'
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

  it('names every object that drifted, who fights over it, and what is left as it is', () => {
    const one = { at, object: 'ConfigMap shop/texts', fields: ['data.key'], healed: true, count: 1 }
    const left = { ...one, object: 'ConfigMap shop/flags', healed: false, count: 0, isReportOnly: true }
    const fight = { ...one, object: 'Deployment shop/checkout', manager: 'rival', count: 3 }
    const board = writeRolloutBoard(write, aBoard([aRow({ drift: { ...fight, others: [one, left] } })]))
    expect(board.split('\n').filter((line) => line.startsWith('- '))).toMatchInlineSnapshot(`
      [
        "- ⚔️ checkout in prod on prod-eu: \`Deployment shop/checkout\` keeps being changed in the cluster by \`rival\` (\`data.key\`), and was put back <sub>Mon 23 Nov 2026, 09:30 UTC, 3 times</sub>",
        "- checkout in prod on prod-eu: \`ConfigMap shop/texts\` was changed in the cluster (\`data.key\`), and was put back <sub>Mon 23 Nov 2026, 09:30 UTC, 1 time</sub>",
        "- checkout in prod on prod-eu: \`ConfigMap shop/flags\` was changed in the cluster (\`data.key\`), and is left as it is <sub>Mon 23 Nov 2026, 09:30 UTC</sub>",
      ]
    `)
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

  it('a summary fits, however much there is to say', () => {
    const [first] = verdicts
    const endless = first
      ? [
          {
            ...first,
            outcome: 'block' as const,
            details: Array.from({ length: 5_000 }, () => '😀'.repeat(300)),
          },
        ]
      : []
    const { summary } = writeCheck(write, { name: 'drawbridge', outcome: 'block', verdicts: endless })
    expect(sizeOf(summary)).toBeLessThanOrEqual(60_000)
    expect(summary).toMatch(/and \d+ more/)
  })

  it('no title is longer than 100 characters', () => {
    const [first] = verdicts
    const long = first ? [{ ...first, reason: 'x'.repeat(500) }] : []
    expect(
      writeCheck(write, { name: 'drawbridge/render', outcome: 'pass', verdicts: long }).title.length,
    ).toBeLessThanOrEqual(100)
  })
})

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
      'comment/gates',
      'comment/group',
      'comment/object',
      'check/gates',
      'check/plain',
      'pull/divergence',
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
      veto: '/hold checkout prod',
      files: ['a.yaml'],
    }
    expect(write('pull/revert', view)).toMatchSnapshot()
  })
})
