import { describe, expect, it } from 'vitest'
import { guardBudgets } from '../../src/journeys/slo/guard-budgets.ts'
import { runCommand } from '../../src/journeys/commands/run-command.ts'
import type { Metrics } from '../../src/ports/metrics.ts'
import { noon, shop } from '../builders.ts'
import { aCommandWorld, type CommandWorld } from './command-doubles.ts'

const day = 86_400_000

function aWorld(onBudgetSpent: string): CommandWorld {
  const world = aCommandWorld(`version: 1
environments: { prod: {} }
roles: [{ name: all, permission: admin, may: [freeze, unfreeze] }]
slos:
  - application: checkout
    environment: prod
    objective: 99.9
    bad: errors_total
    total: requests_total
    ${onBudgetSpent}
`)
  world.ledgers.delete('staging')
  world.permissions.set('ann', 'admin')
  return world
}

/** So many bad events of a million; undefined: the server does not answer. */
async function measure(world: CommandWorld, bad: number | undefined): Promise<string> {
  const value = (promql: string) => (promql.includes('errors_total') ? bad : 1_000_000)
  const metrics = {
    query: async (promql: string) =>
      bad === undefined
        ? { kind: 'failed', reason: 'no answer' }
        : { kind: 'samples', samples: [{ labels: {}, value: value(promql) ?? 0 }] },
  }
  world.ports.metrics = metrics as unknown as Metrics
  return (await guardBudgets(world.ports, shop)).outcome
}

function freezesOf(world: CommandWorld) {
  return world.ledgers.get('prod')?.controls.freezes
}

describe('a spent error budget', () => {
  it('freezes the application, holds until a tenth is back, and then lets it go', async () => {
    const world = aWorld('onBudgetSpent: freeze')
    expect(await measure(world, 500)).toBe('unchanged')
    expect(await measure(world, 1_200)).toBe('changed')
    expect(freezesOf(world)).toMatchObject([
      { application: 'checkout', environment: 'prod', slo: 'checkout in prod' },
    ])
    expect(await measure(world, 1_300)).toBe('unchanged')
    expect(await measure(world, 950)).toBe('unchanged')
    expect(await measure(world, undefined)).toBe('unchanged')
    expect(freezesOf(world)).toHaveLength(1)
    expect(await measure(world, 800)).toBe('changed')
    expect(freezesOf(world)).toEqual([])
  })

  it('is not lifted by /unfreeze, nor covered by /freeze', async () => {
    const world = aWorld('onBudgetSpent: freeze')
    await measure(world, 1_200)
    for (const text of [
      '/unfreeze prod checkout',
      '/freeze prod checkout by hand',
      '/unfreeze prod checkout',
    ]) {
      const ann = { id: '1', login: 'ann', isBot: false }
      await runCommand(world.ports, world.pull.ref, world.comment(ann, text))
    }
    expect(freezesOf(world)).toMatchObject([{ slo: 'checkout in prod' }])
  })

  it('goes with its SLO', async () => {
    const before = aWorld('onBudgetSpent: freeze')
    await measure(before, 1_200)
    const world = aWorld('onBreach: report')
    world.ledgers = before.ledgers
    expect(await measure(world, 1_200)).toBe('changed')
    expect(freezesOf(world)).toEqual([])
  })

  it('is only told to the audit where a report is asked for, once a day', async () => {
    const world = aWorld('onBudgetSpent: report')
    for (const at of [noon, noon + 60_000, noon + day]) {
      world.now = at
      expect(await measure(world, 1_200)).toBe('unchanged')
    }
    expect(freezesOf(world)).toEqual([])
    expect(world.audit.map(({ what }) => what)).toEqual(['budget-spent', 'budget-spent'])
  })
})
