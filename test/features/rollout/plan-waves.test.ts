import { describe, expect, it } from 'vitest'
import type { Window } from '../../../src/domain/configuration.ts'
import {
  type Controls,
  type Hotfix,
  type Lock,
  noControls,
  type Release,
  type Rollout,
} from '../../../src/domain/release.ts'
import { planWaves, type WaveFacts } from '../../../src/features/rollout/plan-waves.ts'
import {
  aFreeze,
  aFreezeRule,
  anActor,
  aRelease,
  aRollout,
  anAttestation,
  anEnvironment,
  noon,
} from '../../builders.ts'

const hour = 3_600_000
const evening: Window = {
  kind: 'allow',
  name: 'evening',
  zone: 'UTC',
  days: [0, 1, 2, 3, 4, 5, 6],
  from: '18:00',
  to: '20:00',
  exceptClasses: ['promotion'],
}
const three = [['prod-eu'], ['prod-us'], ['prod-as']]

function aLock(login: string): Lock {
  return { environment: 'prod', application: '*', reason: 'debugging', by: anActor(login), at: noon - 1 }
}

const frozen = { ...noControls, freezes: [aFreeze()] }
const head = 'a'.repeat(40)
const declared = {
  environment: 'prod',
  pull: 12,
  head,
  reason: 'the shop is down',
  at: noon - 1,
  until: noon + 1,
}
/** A roll-out of a pull request's head, where hotfixes are known. */
const urgent = { rollouts: [aRollout({ head })], environment: anEnvironment({ hotfix: {} }) }

function aHotfix(overrides: Partial<Hotfix> = {}): Hotfix {
  return { ...declared, by: anActor('grace'), ...overrides }
}

function overridden(...people: string[]): Controls {
  const overrides = people.map((login) => ({ ...declared, gate: 'window' as const, by: anActor(login) }))
  return { ...frozen, overrides }
}

function heard(phase: Release['phase']): Release[] {
  return [aRelease({ phase, reason: 'web is not ready' })]
}

function factsOf(overrides: Partial<WaveFacts> = {}): WaveFacts {
  return {
    environment: anEnvironment(),
    rollouts: [aRollout()],
    attestations: [
      anAttestation({ digest: 'd1', pull: { number: 7, title: '', author: anActor('ada'), approvedBy: [] } }),
    ],
    controls: noControls,
    releases: heard('healthy'),
    ...overrides,
  }
}

/**
 * | the wave before       | window | more to come | opens | roll-out afterwards |
 * | --------------------- | ------ | ------------ | ----- | ------------------- |
 * | healthy               | open   | no           | it    | done                |
 * | healthy               | open   | yes          | it    | one further         |
 * | healthy               | closed | any          | –     | as it is            |
 * | healthy               | closed, but a hotfix or an override of this head stands | no | it | done |
 * | on its way, unheard   | any    | any          | –     | as it is            |
 * | degraded              | any    | any          | –     | stopped             |
 * | stopped before        | any    | any          | –     | as it is            |
 */
describe('planWaves', () => {
  const windowed = { environment: anEnvironment({ windows: [evening] }) }
  const far = { rollouts: [aRollout({ waves: three })] }
  const stopped = aRollout({ stopped: 'prod-eu: failed' })

  it.each<[string, Partial<WaveFacts>, string[], Partial<Rollout>[], boolean]>([
    ['the last wave opens', {}, ['prod-us'], [], true],
    ['a wave opens, another follows', far, ['prod-us'], [{ reached: 1 }], true],
    ['the window is closed', windowed, [], [{ reached: 0 }], false],
    ['frozen', { controls: frozen }, [], [{ reached: 0 }], false],
    ['frozen by a rule', { freezeRules: [aFreezeRule()] }, [], [{ reached: 0 }], false],
    [
      'a rule for elsewhere',
      { freezeRules: [aFreezeRule({ environments: ['dev*'] })] },
      ['prod-us'],
      [],
      true,
    ],
    [
      'locked by another',
      { controls: { ...noControls, locks: [aLock('ken')] } },
      [],
      [{ reached: 0 }],
      false,
    ],
    ['locked by its author', { controls: { ...noControls, locks: [aLock('ada')] } }, ['prod-us'], [], true],
    [
      'a hotfix in a freeze',
      { ...urgent, controls: { ...frozen, hotfixes: [aHotfix()] } },
      ['prod-us'],
      [],
      true,
    ],
    [
      'a hotfix that is over',
      { ...urgent, controls: { ...frozen, hotfixes: [aHotfix({ until: noon })] } },
      [],
      [{ reached: 0 }],
      false,
    ],
    [
      'a hotfix of another head',
      { ...urgent, controls: { ...frozen, hotfixes: [aHotfix({ head: 'e'.repeat(40) })] } },
      [],
      [{ reached: 0 }],
      false,
    ],
    ['overridden', { ...urgent, controls: overridden('grace', 'ken') }, ['prod-us'], [], true],
    ['overridden by one alone', { ...urgent, controls: overridden('ken') }, [], [{ reached: 0 }], false],
    ['on its way', { releases: heard('progressing') }, [], [{ reached: 0 }], false],
    ['unheard', { releases: [] }, [], [{ reached: 0 }], false],
    ['degraded', { releases: heard('degraded') }, [], [{ stopped: 'prod-eu: web is not ready' }], true],
    ['stopped before', { rollouts: [stopped] }, [], [stopped], false],
    ['everything is written', { rollouts: [aRollout({ waves: [['prod-eu']] })] }, [], [], true],
    ['nothing under way', { rollouts: [] }, [], [], false],
  ])('%s', (_, overrides, clusters, rollouts, hasChanges) => {
    const plan = planWaves(factsOf(overrides), noon)
    expect(plan.openings.flatMap((opening) => opening.clusters)).toEqual(clusters)
    expect(plan.rollouts).toMatchObject(rollouts)
    expect(plan.rollouts).toHaveLength(rollouts.length)
    expect(plan.hasChanges).toBe(hasChanges)
  })

  it('looks again when the window opens', () => {
    expect(planWaves(factsOf(windowed), noon).next).toBe(noon + 6 * hour)
    expect(planWaves(factsOf(windowed), noon + 6 * hour).openings).toHaveLength(1)
  })

  it('lets a promotion pass the window that excepts it', () => {
    const attestations = [anAttestation({ digest: 'd1', kind: 'promotion' })]
    expect(planWaves(factsOf({ ...windowed, attestations }), noon).openings).toHaveLength(1)
  })

  it('steps each application by its own health', () => {
    const search = { application: 'search', environment: 'prod', cluster: 'prod-eu' }
    const plan = planWaves(
      factsOf({
        rollouts: [aRollout(), aRollout({ application: 'search' })],
        attestations: [anAttestation({ digest: 'd1' }), anAttestation({ digest: 'd1', target: search })],
        releases: [aRelease(), aRelease({ target: search, phase: 'progressing' })],
      }),
      noon,
    )
    expect(plan.openings.map(({ rollout }) => rollout.application)).toEqual(['checkout'])
    expect(plan.rollouts.map(({ application }) => application)).toEqual(['search'])
  })
})
