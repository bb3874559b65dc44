import { describe, expect, it } from 'vitest'
import type { Environment, PromotionSources } from '../../../src/domain/configuration.ts'
import { evaluatePromotion } from '../../../src/features/promotion/evaluate-promotion.ts'
import { evaluateSource } from '../../../src/features/promotion/evaluate-source.ts'
import { describeSources, sourcesFor } from '../../../src/features/promotion/promotion-sources.ts'
import { type Candidate, settleSources } from '../../../src/features/promotion/settle-sources.ts'
import { anEnvironment, aPromotion, aRelease } from '../../builders.ts'
import { createDice } from '../rendering/random-edits.ts'

const rule = { soakSeconds: 0, isAutomatic: true, merge: 'rule' as const }

function node(name: string, environments: string[] = [], need = environments.length): Environment {
  return anEnvironment({
    name,
    ...(environments.length > 0 && { promotion: { ...rule, from: { environments, need } } }),
  })
}

/** dev → eu, us → prod (both), world (one of them) */
const diamond = [
  node('dev'),
  node('eu', ['dev']),
  node('us', ['dev']),
  node('prod', ['eu', 'us']),
  node('world', ['eu', 'us'], 1),
]

/*
 * | the application is in     | to    | promoted from                                   |
 * | every environment         | prod  | both before                                     |
 * | only one of both before   | prod  | that, and what is before the other              |
 * | none of both              | prod  | what is before them, once                       |
 * | none at all               | prod  | nowhere                                         |
 */
it.each`
  case                    | isIn                   | to         | environments     | need
  ${'everywhere'}         | ${['dev', 'eu', 'us']} | ${'prod'}  | ${['eu', 'us']}  | ${2}
  ${'everywhere, any'}    | ${['dev', 'eu', 'us']} | ${'world'} | ${['eu', 'us']}  | ${1}
  ${'one left out'}       | ${['dev', 'eu']}       | ${'prod'}  | ${['eu', 'dev']} | ${2}
  ${'both left out'}      | ${['dev']}             | ${'prod'}  | ${['dev']}       | ${1}
  ${'both left out, any'} | ${['dev']}             | ${'world'} | ${['dev']}       | ${1}
  ${'nowhere'}            | ${[]}                  | ${'prod'}  | ${[]}            | ${0}
`('an application in $case: promoted from $environments', ({ isIn, to, environments, need }) => {
  expect(sourcesFor(diamond, to, (name) => isIn.includes(name))).toEqual({ environments, need })
})

it('nothing is promoted to the first, and a circle ends', () => {
  expect(sourcesFor(diamond, 'dev', () => true)).toBeUndefined()
  expect(sourcesFor([node('a', ['b']), node('b', ['a'])], 'a', () => false)).toEqual({
    environments: [],
    need: 0,
  })
})

it.each`
  environments            | need | words
  ${['staging']}          | ${1} | ${'staging'}
  ${['eu', 'us']}         | ${2} | ${'eu and us'}
  ${['eu', 'us', 'asia']} | ${1} | ${'eu, us or asia'}
  ${['eu', 'us', 'asia']} | ${2} | ${'2 of eu, us, asia'}
  ${[]}                   | ${0} | ${'nowhere'}
`('$need of $environments reads “$words”', ({ environments, need, words }) => {
  expect(describeSources({ environments, need })).toBe(words)
})

function candidate(environment: string, outcome: string, carries?: string, at = 0): Candidate {
  const until = outcome === 'wait' ? at + 100 : undefined
  return {
    environment,
    carries,
    at,
    verdict: { outcome: outcome as 'pass', reason: `${environment} ${outcome}s`, until },
  }
}

describe('settleSources', () => {
  const [eu, us, asia] = [
    candidate('eu', 'pass', '2'),
    candidate('us', 'pass', '2'),
    candidate('asia', 'pass', '1', 5),
  ]
  it.each`
    case                               | need | candidates                                            | settled
    ${'one is enough'}                 | ${1} | ${[eu]}                                               | ${{ kind: 'promote', from: ['eu'], carries: '2' }}
    ${'both run the same'}             | ${2} | ${[eu, us]}                                           | ${{ kind: 'promote', from: ['eu', 'us'], carries: '2' }}
    ${'two of three run the same'}     | ${2} | ${[eu, asia, us]}                                     | ${{ kind: 'promote', from: ['eu', 'us'], carries: '2' }}
    ${'any: the one released last'}    | ${1} | ${[eu, asia, us]}                                     | ${{ kind: 'promote', from: ['asia'], carries: '1' }}
    ${'all, and they differ'}          | ${3} | ${[eu, asia, us]}                                     | ${{ kind: 'wait', reason: 'eu, asia, us do not run the same' }}
    ${'one is not through'}            | ${2} | ${[eu, candidate('us', 'wait', '2')]}                 | ${{ kind: 'wait', reason: 'us waits', until: 100 }}
    ${'one failed, and is not needed'} | ${1} | ${[eu, candidate('us', 'block', '2')]}                | ${{ kind: 'promote', from: ['eu'], carries: '2' }}
    ${'one failed, and is needed'}     | ${2} | ${[eu, candidate('us', 'block', '2')]}                | ${{ kind: 'wait', reason: 'us blocks' }}
    ${'the target has it'}             | ${2} | ${[candidate('eu', 'pass'), candidate('us', 'pass')]} | ${{ kind: 'nothing' }}
    ${'the target has what came last'} | ${1} | ${[eu, candidate('us', 'pass', undefined, 9)]}        | ${{ kind: 'nothing' }}
    ${'both have one of several'}      | ${2} | ${[candidate('eu', 'pass', '3', 9), eu, us]}          | ${{ kind: 'promote', from: ['eu', 'us'], carries: '2' }}
    ${'one has the same twice'}        | ${2} | ${[eu, eu]}                                           | ${{ kind: 'wait', reason: 'eu do not run the same' }}
    ${'nothing to promote from'}       | ${0} | ${[]}                                                 | ${{ kind: 'wait', reason: ' do not run the same' }}
  `('$case', ({ need, candidates, settled }) => {
    const sources: PromotionSources = { environments: [], need }
    expect(settleSources(sources, candidates)).toEqual(settled)
  })

  /* Each in its turn: the one that was released first of those that the target does not have. */
  it.each`
    case                         | need | candidates                                                          | carries
    ${'the first of several'}    | ${1} | ${[candidate('eu', 'pass', '3', 9), eu]}                            | ${'2'}
    ${'the first that both ran'} | ${2} | ${[candidate('eu', 'pass', '1', -1), eu, us]}                       | ${'2'}
    ${'what comes after it'}     | ${1} | ${[candidate('eu', 'pass', '3', 9), candidate('eu', 'pass')]}       | ${'3'}
    ${'past what is in the way'} | ${1} | ${[candidate('eu', 'pass', '3', 9), candidate('eu', 'block', '2')]} | ${'3'}
    ${'nothing is left'}         | ${1} | ${[candidate('eu', 'pass')]}                                        | ${undefined}
  `('every one: $case', ({ need, candidates, carries }) => {
    const settled = settleSources({ environments: [], need }, candidates, 'every')
    expect(settled.kind === 'promote' ? settled.carries : undefined).toBe(carries)
  })
})

describe('the gate of a promotion from several environments', () => {
  const healthy = (environment: string, fields = {}) =>
    aRelease({
      target: { application: 'checkout', environment, cluster: environment },
      phase: 'healthy',
      healthyAt: 0,
      ...fields,
    })
  const twoOfThree = [node('eu'), node('us'), node('asia'), node('prod', ['eu', 'us', 'asia'], 2)]
  it.each`
    case                                  | from                    | releases                                                                                         | outcome    | reason
    ${'two agree and are healthy'}        | ${['eu', 'us']}         | ${[healthy('eu'), healthy('us')]}                                                                | ${'pass'}  | ${'healthy in eu; healthy in us'}
    ${'one runs it, two are needed'}      | ${['eu']}               | ${[healthy('eu'), healthy('us')]}                                                                | ${'wait'}  | ${'2 of eu, us, asia have to run this; us, asia do not'}
    ${'one of three is degraded'}         | ${['eu', 'us', 'asia']} | ${[healthy('eu'), healthy('us'), healthy('asia', { phase: 'degraded' })]}                        | ${'pass'}  | ${'healthy in eu; healthy in us'}
    ${'two of three are degraded'}        | ${['eu', 'us', 'asia']} | ${[healthy('eu'), healthy('us', { phase: 'degraded' }), healthy('asia', { phase: 'degraded' })]} | ${'block'} | ${'1 of the 2 needed of 2 of eu, us, asia is through'}
    ${'one of two is degraded'}           | ${['eu', 'us']}         | ${[healthy('eu'), healthy('us', { phase: 'degraded' })]}                                         | ${'block'} | ${'1 of the 2 needed of eu and us is through'}
    ${'an environment that is no source'} | ${['dev']}              | ${[healthy('dev')]}                                                                              | ${'block'} | ${'the graph has no edge from dev to prod any more'}
  `('$case → $outcome', ({ from, releases, outcome, reason }) => {
    const verdict = evaluatePromotion(aPromotion({ from }), { environments: twoOfThree, releases }, 1)
    expect([verdict.outcome, verdict.reason]).toEqual([outcome, reason])
  })

  it('is as open as its least open application', () => {
    const other = healthy('eu', {
      target: { application: 'cart', environment: 'eu', cluster: 'eu' },
      phase: 'progressing',
    })
    const facts = { environments: [node('eu'), node('prod', ['eu'])], releases: [healthy('eu'), other] }
    const verdict = evaluatePromotion(
      aPromotion({ applications: ['checkout', 'cart'], from: ['eu'] }),
      facts,
      1,
    )
    expect([verdict.outcome, verdict.reason]).toEqual(['wait', 'eu is not healthy yet'])
  })
})

/** 200 environments: each is promoted to from up to four before it, all, any or some of them, as the dice decide. */
function largeGraph(seed: number): Environment[] {
  const dice = createDice(seed)
  return Array.from({ length: 200 }, (_, index) => {
    if (index === 0) return node('e0')
    const before = [...new Set(Array.from({ length: 1 + dice(4) }, () => `e${dice(index)}`))]
    return node(`e${index}`, before, 1 + dice(before.length))
  })
}

/** Promotes version 2 from the first environment until nothing moves; those that fail are degraded with it. */
function promoteThrough(environments: readonly Environment[], failing: ReadonlySet<string>): string[] {
  const runs = new Map(environments.map(({ name }) => [name, '1']))
  runs.set('e0', '2')
  const order: string[] = []
  for (let before = -1; before < order.length;) {
    before = order.length
    const steps = environments.filter(({ name }) => {
      const sources = sourcesFor(environments, name, () => true)
      if (!sources) return false
      const candidates = sources.environments.map((environment): Candidate => {
        const isBad = failing.has(environment) && runs.get(environment) === '2'
        const release = aRelease({ phase: isBad ? 'degraded' : 'healthy', healthyAt: 0 })
        const version = runs.get(environment)
        return {
          environment,
          verdict: evaluateSource(environment, 0, { releases: [release] }, 1),
          carries: version === runs.get(name) ? undefined : version,
          at: Number(version),
        }
      })
      return settleSources(sources, candidates).kind === 'promote'
    })
    for (const { name } of steps) runs.set(name, '2')
    order.push(...steps.map(({ name }) => name))
  }
  return order
}

/** What can be reached where some fail: by as many sources as are needed that are reached and do not fail. */
function reachable(environments: readonly Environment[], failing: ReadonlySet<string>): Set<string> {
  const reached = new Set(['e0'])
  for (let before = 0; before < reached.size;) {
    before = reached.size
    for (const { name, promotion } of environments) {
      const good =
        promotion?.from.environments.filter((each) => reached.has(each) && !failing.has(each)) ?? []
      if (promotion && good.length >= promotion.from.need) reached.add(name)
    }
  }
  return reached
}

describe('a graph of 200 environments', () => {
  it.each([1, 2, 3])(
    'is promoted through in one order, each once, none before what it needs (seed %s)',
    (seed) => {
      const graph = largeGraph(seed)
      const order = promoteThrough(graph, new Set())
      expect(order).toEqual(promoteThrough(largeGraph(seed), new Set()))
      expect(order.toSorted()).toEqual(
        graph
          .slice(1)
          .map(({ name }) => name)
          .toSorted(),
      )
      for (const { name, promotion } of graph.slice(1)) {
        const earlier = ['e0', ...order.slice(0, order.indexOf(name))]
        const before = promotion?.from.environments.filter((each) => earlier.includes(each)) ?? []
        expect(before.length).toBeGreaterThanOrEqual(promotion?.from.need ?? 0)
      }
    },
  )

  it.each([1, 2, 3, 4, 5, 6])(
    'is halted by failures exactly where nothing else leads on (seed %s)',
    (seed) => {
      const graph = largeGraph(seed)
      const dice = createDice(seed + 100)
      const failing = new Set(Array.from({ length: 8 }, () => `e${1 + dice(199)}`))
      const expected = [...reachable(graph, failing)].filter((name) => name !== 'e0')
      expect(promoteThrough(graph, failing).toSorted()).toEqual(expected.toSorted())
      expect(expected.length).toBeLessThan(199)
    },
  )
})
