import { describe, expect, it } from 'vitest'
import { noControls } from '../../../src/domain/release.ts'
import { type StatusFacts, statusView } from '../../../src/features/commands/status-view.ts'
import {
  anActor,
  anAttestation,
  anEnvironment,
  aFreeze,
  aPin,
  aRelease,
  aRollout,
  noon,
} from '../../builders.ts'

const places = [{ application: 'checkout', environment: 'prod' }]
const release = aRelease({ digest: 'd0' })

function facts(overrides: Partial<StatusFacts> = {}, controls = {}): StatusFacts {
  return {
    configuration: { environments: [anEnvironment({ name: 'dev' }), anEnvironment()] },
    places,
    states: new Map([
      [
        'prod',
        {
          attestations: [
            anAttestation(),
            anAttestation({ target: { application: 'search', environment: 'prod', cluster: 'prod-eu' } }),
          ],
          rollouts: [aRollout()],
          controls: { ...noControls, ...controls },
        },
      ],
    ]),
    releases: new Map([['prod/prod-eu/checkout', release]]),
    ...overrides,
  }
}

describe('the status', () => {
  it('has a row for each target of what changes, with version, phase and wave', () => {
    expect(statusView(facts(), noon).rows).toEqual([
      {
        application: 'checkout',
        environment: 'prod',
        cluster: 'prod-eu',
        version: '1.8.0',
        pull: '',
        phase: 'healthy',
        reason: '',
        wave: 'wave 1 of 2',
      },
    ])
  })

  it('knows nothing of a release that the reconciler has not taken up', () => {
    const releases = new Map([['prod/prod-eu/checkout', { ...release, digest: 'older' }]])
    expect(statusView(facts({ releases }), noon).rows).toMatchObject([{ phase: 'pending', reason: '' }])
  })

  it.each`
    case                         | controls                                             | said
    ${'nothing'}                 | ${{}}                                                | ${[]}
    ${'a freeze'}                | ${{ freezes: [aFreeze()] }}                          | ${['prod is frozen by grace: audit']}
    ${'a freeze with an end'}    | ${{ freezes: [aFreeze({ until: noon + 60_000 })] }}  | ${['prod is frozen by grace until 2026-11-19T12:01Z: audit']}
    ${'a freeze that is over'}   | ${{ freezes: [aFreeze({ until: noon })] }}           | ${[]}
    ${'a freeze of another'}     | ${{ freezes: [aFreeze({ application: 'search' })] }} | ${[]}
    ${'a pause'}                 | ${{ pauses: [aFreeze({ until: noon + 60_000 })] }}   | ${['prod is left as it is, paused by grace since 2026-11-19T12:00Z until 2026-11-19T12:01Z: audit']}
    ${'a pause that is over'}    | ${{ pauses: [aFreeze({ until: noon })] }}            | ${[]}
    ${'a lock'}                  | ${{ locks: [{ ...aFreeze(), by: anActor('bob') }] }} | ${['prod is locked by bob: audit']}
    ${'a hold without a reason'} | ${{ holds: [{ ...aPin(), reason: '' }] }}            | ${['checkout in prod is held by drawbridge']}
    ${'a hold of another'}       | ${{ holds: [{ ...aPin(), application: 'search' }] }} | ${[]}
    ${'a pin'}                   | ${{ pins: [aPin()] }}                                | ${['checkout in prod does not get 1.9.0 back, pinned by drawbridge: burnt its SLO']}
  `('says what is in force: $case', ({ controls, said }) => {
    expect(statusView(facts({}, controls), noon).inForce).toEqual(said)
  })

  it('says which freezes are rules, and all of them where nothing changes', () => {
    const rule = { environments: ['prod'], applications: ['*'], reason: 'the audit', rule: 'shop/.github' }
    const configuration = { environments: [anEnvironment()], freezes: [rule] }
    const said = ['prod is frozen by shop/.github: the audit']
    expect(statusView(facts({ configuration }), noon).inForce).toEqual(said)
    const none = statusView(
      facts({ configuration, places: [] }, { freezes: [aFreeze({ application: 'search' })] }),
      noon,
    )
    expect(none).toMatchObject({ rows: [], inForce: ['search in prod is frozen by grace: audit', ...said] })
  })

  it('is cut where it would be a page', () => {
    const attestations = Array.from({ length: 70 }, (_, index) =>
      anAttestation({ target: { application: 'checkout', environment: 'prod', cluster: `c${index}` } }),
    )
    const states = new Map([['prod', { attestations, rollouts: [], controls: noControls }]])
    const view = statusView(facts({ states }), noon)
    expect([view.rows.length, view.left]).toEqual([60, 10])
  })
})
