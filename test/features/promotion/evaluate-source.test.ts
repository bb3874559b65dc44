import { describe, expect, it } from 'vitest'
import type { Release, ReleasePhase } from '../../../src/domain/release.ts'
import type { SourceState } from '../../../src/domain/source-state.ts'
import { evaluateSource } from '../../../src/features/promotion/evaluate-source.ts'
import { aRelease } from '../../builders.ts'

const minute = 60_000

/** `v2`, `v2 revert`, `v2 pinned`, `v2 waves`, or `v2/v1` where the second cluster has another. */
function states(text: string): SourceState[] {
  return text.split(', ').map((each) => {
    const [versions = '', word] = each.split(' ')
    const [eu = '', us = eu] = versions.split('/')
    return {
      application: 'checkout',
      environment: 'dev',
      targets: [
        { cluster: 'eu', revision: `sha of ${eu}`, digest: digestOf(eu) },
        { cluster: 'us', revision: `sha of ${us}`, digest: digestOf(us) },
      ],
      ...(word === 'revert' && { isRevert: true }),
      ...(word === 'pinned' && { isPinned: true }),
      ...(word === 'waves' && { isUnderWay: true }),
    }
  })
}

/** `v1'` is another commit that renders as v1 does. */
function digestOf(version: string): string {
  return version.replace("'", '')
}

/** `v3@9 v2@5`: healthy since those minutes, the first of them now; `v3 degraded` for what is not. */
function release(cluster: string, text: string): Release {
  const [now = '', ...past] = text.split(' ').filter((each) => each.startsWith('v'))
  const phase = (text.split(' ').find((each) => !each.startsWith('v')) ?? 'healthy') as ReleasePhase
  const [version = '', healthyAt] = now.split('@')
  return aRelease({
    target: { application: 'checkout', environment: 'dev', cluster },
    revision: `sha of ${version}`,
    digest: digestOf(version),
    phase,
    ...(healthyAt !== undefined && { healthyAt: Number(healthyAt) * minute }),
    past: past.map((each) => {
      const [was = '', at] = each.split('@')
      return { revision: `sha of ${was}`, digest: digestOf(was), healthyAt: Number(at) * minute }
    }),
  })
}

/*
 * Soak of 10 minutes, asked at minute 20. States newest first.
 *
 * | what is newest        | what came before it, healthy until it was replaced | answer                       |
 * | soaked                | anything                                           | the newest, and those soaked |
 * | soaks, or comes up    | has soaked                                         | the one before               |
 * | soaks                 | soaks longer                                       | wait for the one before      |
 * | failed                | has soaked                                         | block                        |
 * | out of reach          | has soaked                                         | wait                         |
 * | a revert              | has soaked                                         | wait: what it took back does not count |
 * | renders as one before | has soaked                                         | the same                     |
 * | anything              | is pinned, or was never healthy on every cluster   | wait                         |
 * | in its first wave     | has soaked                                         | the one before               |
 */
describe('evaluateSource', () => {
  it.each`
    case                                       | history                    | eu                       | us                | outcome    | through         | until
    ${'nothing came before it'}                | ${'v1'}                    | ${'v1@5'}                | ${'v1@10'}        | ${'pass'}  | ${['v1']}       | ${undefined}
    ${'it soaks on one cluster'}               | ${'v1'}                    | ${'v1@5'}                | ${'v1@11'}        | ${'wait'}  | ${[]}           | ${21}
    ${'the one before has soaked'}             | ${'v2, v1'}                | ${'v2@15 v1@5'}          | ${'v2@15 v1@10'}  | ${'pass'}  | ${['v1']}       | ${undefined}
    ${'both have soaked'}                      | ${'v2, v1'}                | ${'v2@9 v1@5'}           | ${'v2@9 v1@5'}    | ${'pass'}  | ${['v2', 'v1']} | ${undefined}
    ${'the one before soaks longer'}           | ${'v2, v1'}                | ${'v2@19 v1@12'}         | ${'v2@19 v1@13'}  | ${'wait'}  | ${[]}           | ${23}
    ${'it comes up'}                           | ${'v2, v1'}                | ${'v2 v1@5 progressing'} | ${'v2@19 v1@5'}   | ${'pass'}  | ${['v1']}       | ${undefined}
    ${'one was replaced before it came up'}    | ${'v3, v2, v1'}            | ${'v3@19 v1@5'}          | ${'v3@19 v1@5'}   | ${'pass'}  | ${['v1']}       | ${undefined}
    ${'the one before never came up on one'}   | ${'v2, v1'}                | ${'v2@19 v1@5'}          | ${'v2@19'}        | ${'wait'}  | ${[]}           | ${29}
    ${'it failed'}                             | ${'v2, v1'}                | ${'v2 v1@5 degraded'}    | ${'v2@15 v1@5'}   | ${'block'} | ${[]}           | ${undefined}
    ${'it was refused'}                        | ${'v2, v1'}                | ${'v2 v1@5 refused'}     | ${'v2@15 v1@5'}   | ${'block'} | ${[]}           | ${undefined}
    ${'a cluster is out of reach'}             | ${'v2, v1'}                | ${'v2 v1@5 unreachable'} | ${'v2@15 v1@5'}   | ${'wait'}  | ${[]}           | ${undefined}
    ${'a revert took it back'}                 | ${'v1 revert, v2'}         | ${'v1@18 v2@5'}          | ${'v1@18 v2@5'}   | ${'wait'}  | ${[]}           | ${28}
    ${'a revert, and one after it has soaked'} | ${'v4, v3, v1 revert, v2'} | ${'v4@18 v3@8 v1@7'}     | ${'v4@18 v3@8'}   | ${'pass'}  | ${['v3']}       | ${undefined}
    ${'a change took it back'}                 | ${"v1', v2, v1"}           | ${"v1'@18 v2@5 v1@1"}    | ${"v1'@18 v2@5"}  | ${'wait'}  | ${[]}           | ${28}
    ${'rendered again as the same'}            | ${"v2'', v2', v2, v1"}     | ${"v2''@19 v2@9 v1@1"}   | ${"v2''@19 v2@9"} | ${'pass'}  | ${['v2']}       | ${undefined}
    ${'the one before is pinned there'}        | ${'v2, v1 pinned'}         | ${'v2@15 v1@5'}          | ${'v2@15 v1@5'}   | ${'wait'}  | ${[]}           | ${25}
    ${'its first wave alone has it'}           | ${'v2/v1 waves, v1'}       | ${'v2@9 v1@5'}           | ${'v1@5'}         | ${'pass'}  | ${['v1']}       | ${undefined}
    ${'its first wave, and nothing before'}    | ${'v2/v1 waves'}           | ${'v2@9'}                | ${'v1@5'}         | ${'wait'}  | ${[]}           | ${undefined}
    ${'a change of one cluster alone'}         | ${'v2/v1, v1'}             | ${'v2@15 v1@5'}          | ${'v1@5'}         | ${'pass'}  | ${['v1']}       | ${undefined}
    ${'attested just now, not heard of yet'}   | ${'v2, v1'}                | ${'v1@5'}                | ${'v1@5'}         | ${'pass'}  | ${['v1']}       | ${undefined}
  `('$case → $outcome', ({ history, eu, us, outcome, through, until }) => {
    const facts = { releases: [release('eu', eu), release('us', us)], states: states(history) }
    const verdict = evaluateSource('dev', 600, facts, 20 * minute)
    expect([verdict.outcome, verdict.through.map(({ targets }) => targets[0]?.digest)]).toEqual([
      outcome,
      through,
    ])
    expect(verdict.until).toBe(until === undefined ? undefined : until * minute)
  })

  it('tells when something newer may go on', () => {
    const releases = [release('eu', 'v3@18 v2@13 v1@5')]
    const facts = {
      releases,
      states: states('v3, v2, v1').map(({ targets, ...is }) => ({ ...is, targets: targets.slice(0, 1) })),
    }
    expect(evaluateSource('dev', 600, facts, 20 * minute)).toMatchObject({
      outcome: 'pass',
      next: 23 * minute,
    })
  })

  /*
   * | asked about one of them          | by       | counts how                     |
   * | has soaked                       | anybody  | itself is                      |
   * | soaks, or came up nowhere        | anybody  | itself is, whatever others are |
   * | renders as one that counts       | anybody  | that one is                    |
   * | was taken back, or is not known  | a rule   | it does not                    |
   * | was taken back, or is not known  | a person | what is there now is           |
   */
  it.each`
    case                          | history                 | eu              | carried | isAsked  | outcome   | until
    ${'it has soaked'}            | ${'v2, v1'}             | ${'v2@15 v1@5'} | ${'v1'} | ${false} | ${'pass'} | ${undefined}
    ${'it soaks'}                 | ${'v2, v1'}             | ${'v2@15 v1@5'} | ${'v2'} | ${false} | ${'wait'} | ${25}
    ${'it soaks, and is asked'}   | ${'v2, v1'}             | ${'v2@15 v1@5'} | ${'v2'} | ${true}  | ${'wait'} | ${25}
    ${'it was never healthy'}     | ${'v3, v2, v1'}         | ${'v3@9 v1@5'}  | ${'v2'} | ${true}  | ${'wait'} | ${undefined}
    ${'it came back by a revert'} | ${"v1' revert, v2, v1"} | ${"v1'@9 v2@5"} | ${'v1'} | ${false} | ${'pass'} | ${undefined}
    ${'it was taken back'}        | ${"v1' revert, v2, v1"} | ${"v1'@9 v2@5"} | ${'v2'} | ${false} | ${'wait'} | ${undefined}
    ${'taken back, and is asked'} | ${"v1' revert, v2, v1"} | ${"v1'@9 v2@5"} | ${'v2'} | ${true}  | ${'pass'} | ${undefined}
    ${'nobody knows it'}          | ${'v2, v1'}             | ${'v2@5 v1@1'}  | ${'v0'} | ${false} | ${'wait'} | ${undefined}
    ${'nobody knows, and asked'}  | ${'v2, v1'}             | ${'v2@15 v1@1'} | ${'v0'} | ${true}  | ${'wait'} | ${25}
  `('asked about one: $case → $outcome', ({ history, eu, carried, isAsked, outcome, until }) => {
    const facts = { states: states(history), carried: `sha of ${carried}`, isAsked }
    const releases = [release('eu', eu), release('us', eu)]
    const verdict = evaluateSource('dev', 600, { ...facts, releases }, 20 * minute)
    expect(verdict.outcome).toBe(outcome)
    expect(verdict.until).toBe(until === undefined ? undefined : until * minute)
  })
})
