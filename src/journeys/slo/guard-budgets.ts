import type { RepositoryRef } from '../../domain/refs.ts'
import type { Freeze } from '../../domain/release.ts'
import type { Slo } from '../../domain/slo.ts'
import { decideBudgetFreeze } from '../../features/slo/decide-budget-freeze.ts'
import type { LedgerState } from '../../ports/ledger.ts'
import { createSloMeter } from './create-slo-meter.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { readTip } from '../repository/read-configuration.ts'

const daySeconds = 86_400

/**
 * Applications whose error budget is spent are frozen where it was spent, until part of it is back; a freeze whose SLO is
 * gone goes with it. What an SLO would only report is told to the audit, once a day.
 */
export async function guardBudgets(ports: Ports, repository: RepositoryRef): Promise<JourneyOutcome> {
  const tip = await readTip(ports, repository, { fetch: false })
  if (!tip?.configuration.isConfigured) return { outcome: 'not-configured', actions: 0 }
  const slos = tip.configuration.slos.filter(({ onBudgetSpent }) => onBudgetSpent !== undefined)
  let actions = 0
  for (const { name } of tip.configuration.environments) {
    const state = await ports.ledger.read(repository, name)
    if (state?.trust !== 'trusted') continue
    actions += await guardEnvironment(
      ports,
      state,
      slos.filter(({ environment }) => environment === name),
    )
  }
  return { outcome: actions > 0 ? 'changed' : 'unchanged', actions }
}

async function guardEnvironment(ports: Ports, state: LedgerState, slos: readonly Slo[]): Promise<number> {
  const { freezes } = state.controls
  const guarding = slos.filter(({ onBudgetSpent }) => onBudgetSpent === 'freeze')
  const known = new Set(guarding.map(({ name }) => name))
  let next = freezes.filter(({ slo }) => slo === undefined || known.has(slo))
  const said = next.length < freezes.length ? ['lift what no SLO asks for any more'] : []
  for (const slo of slos) {
    const now = ports.clock.now()
    const isFrozen = next.some((freeze) => freeze.slo === slo.name)
    const decision = decideBudgetFreeze(
      slo,
      await createSloMeter(ports.metrics).count(slo, slo.windowDays * daySeconds, now),
      isFrozen,
    )
    if (decision.kind === 'stay') continue
    if (slo.onBudgetSpent === 'report') await report(ports, state, slo, decision.reason)
    else {
      next = next.filter((freeze) => freeze.slo !== slo.name)
      if (decision.kind === 'freeze') next.push(toFreeze(slo, decision.reason, now))
      said.push(`${decision.kind} ${slo.application}: ${decision.reason}`)
    }
  }
  if (said.length === 0) return 0
  const { repository, environment, commit } = state
  return perform(ports, [
    {
      kind: 'commit-ledger',
      repository,
      environment,
      expected: commit,
      change: { releases: [], removed: [], controls: { ...state.controls, freezes: next } },
      message: `budgets of ${environment}: ${said.join('; ')}`,
    },
    { kind: 'enqueue', work: { kind: 'sweep', repository }, due: ports.clock.now() },
  ])
}

function toFreeze({ name, application, environment }: Slo, reason: string, at: number): Freeze {
  return { environment, application, reason, by: 'drawbridge', at, slo: name }
}

async function report(ports: Ports, { repository }: LedgerState, slo: Slo, reason: string): Promise<void> {
  const now = ports.clock.now()
  const key = `budget/${repository.id}/${slo.name}/${Math.floor(now / (daySeconds * 1000))}`
  if ((await ports.store.effects.intend(key, reason, now)).state === 'settled') return
  const entry = { what: 'budget-spent', subject: key, actor: 'drawbridge', reason, data: {} }
  await ports.store.effects.settle(key, {}, entry, now)
}
