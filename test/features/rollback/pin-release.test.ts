import { describe, expect, it } from 'vitest'
import { noControls } from '../../../src/domain/release.ts'
import { earlierReverts } from '../../../src/features/rollback/earlier-reverts.ts'
import { isPinned, pinOf, stopRelease } from '../../../src/features/rollback/pin-release.ts'
import { pinsOfReverts } from '../../../src/features/rollback/pins-of-reverts.ts'
import { aPin, aPull, aRevert, anAttestation, aRollout, noon } from '../../builders.ts'

const [checkout, sidecar] = ['registry.shop.example/checkout', 'registry.shop.example/sidecar']
const good = anAttestation({ images: { [checkout]: '1.8.0', [sidecar]: '1' }, digest: 'good', revision: 'a' })
const bad = anAttestation({
  images: { [checkout]: '1.9.0', [sidecar]: '1' },
  digest: 'bad eu',
  revision: 'b',
})
const elsewhere = { ...bad, target: { ...bad.target, cluster: 'prod-us' }, digest: 'bad us' }
const why = { reason: 'burns the SLO x', by: 'drawbridge', at: noon }
const pin = pinOf({ attestations: [bad, elsewhere] }, bad, good, why)

describe('pinOf', () => {
  it('names the versions that came with the release, and what it renders to on every cluster', () => {
    expect(pin).toEqual({
      application: 'checkout',
      environment: 'prod',
      images: { [checkout]: '1.9.0' },
      digests: ['bad eu', 'bad us'],
      revision: 'b',
      toldFrom: 'a',
      ...why,
    })
  })

  it('names nothing of a cluster that has not got the release yet, nor of another application', () => {
    const still = { ...good, target: { ...good.target, cluster: 'prod-asia' }, digest: 'good asia' }
    const other = { ...bad, target: { ...bad.target, application: 'cart' }, digest: 'cart' }
    expect(pinOf({ attestations: [bad, elsewhere, still, other] }, bad, good, why)).toEqual(pin)
  })

  it.each`
    case                        | pins                                             | is
    ${'none'}                   | ${[]}                                            | ${false}
    ${'the same'}               | ${[pin]}                                         | ${true}
    ${'the same by somebody'}   | ${[{ ...pin, by: 'ada' }]}                       | ${true}
    ${'another version'}        | ${[{ ...pin, images: { [checkout]: '1.7.0' } }]} | ${false}
    ${'the images alone'}       | ${[{ ...pin, digests: undefined }]}              | ${false}
    ${'of another application'} | ${[{ ...pin, application: 'cart' }]}             | ${false}
  `('is kept out by $case: $is', ({ pins, is }) => {
    expect(isPinned(pins, pin)).toBe(is)
  })
})

/*
 * | roll-out of the application | pinned | what is committed    |
 * | on                          | no     | stopped, and the pin |
 * | stopped, or none            | no     | the pin              |
 * | on                          | yes    | stopped              |
 * | stopped, or none            | yes    | nothing              |
 */
describe('stopRelease', () => {
  const on = aRollout({ application: 'checkout', stopped: undefined })
  const stopped = { ...on, stopped: 'it failed' }
  const other = aRollout({ application: 'cart', stopped: undefined })

  it.each`
    case                  | rollouts       | pins     | stops    | pins2
    ${'on, not pinned'}   | ${[on, other]} | ${[]}    | ${true}  | ${1}
    ${'none, not pinned'} | ${[other]}     | ${[]}    | ${false} | ${1}
    ${'on, pinned'}       | ${[other, on]} | ${[pin]} | ${true}  | ${undefined}
    ${'stopped, pinned'}  | ${[stopped]}   | ${[pin]} | ${false} | ${undefined}
  `('$case', ({ rollouts, pins, stops, pins2 }) => {
    const change = stopRelease({ attestations: [bad], rollouts, controls: { ...noControls, pins } }, [pin])
    expect(change?.controls?.pins.length).toBe(pins2)
    const newly = change?.rollouts?.filter(({ stopped: reason }) => reason?.includes('burns the SLO x')) ?? []
    expect(newly.map(({ application }) => application)).toEqual(stops ? ['checkout'] : [])
  })

  it('pins what is bad and what carries it, and stops the roll-out once', () => {
    const newer = { ...pin, images: { [checkout]: '1.9.1' }, digests: ['newer'] }
    const change = stopRelease(
      { attestations: [], rollouts: [on], controls: { ...noControls, pins: [pin] } },
      [pin, newer],
    )
    expect(change?.controls?.pins).toEqual([pin, newer])
    expect(change?.rollouts).toHaveLength(1)
  })

  it('writes nothing where all of it stands', () => {
    expect(
      stopRelease(
        { attestations: [], rollouts: [stopped, other], controls: { ...noControls, pins: [pin] } },
        [pin],
      ),
    ).toBeUndefined()
  })
})

/* | revert asked for by | cause             | pinned before | pinned as it lands |
 * | a rule              | slo               | no            | yes                |
 * | a person            | command           | no            | yes, by the person |
 * | anybody             | any               | yes           | no                 |
 * | –                   | unapproved-commit | no            | no                 |
 */
describe('pinsOfReverts', () => {
  const revert = { ...good, kind: 'revert' as const, revision: 'r' }
  const ada = { id: '1', login: 'ada', isBot: false }
  const commit = (proposal: object) => ({ sha: 'r', by: 'ada', pull: aPull(), proposal: aRevert(proposal) })

  it.each`
    case                   | proposal                                  | pins     | by
    ${'by a rule'}         | ${{}}                                     | ${[]}    | ${['drawbridge']}
    ${'by a person'}       | ${{ cause: 'command', requestedBy: ada }} | ${[]}    | ${['ada']}
    ${'pinned already'}    | ${{}}                                     | ${[pin]} | ${[]}
    ${'of what never ran'} | ${{ cause: 'unapproved-commit' }}         | ${[]}    | ${[]}
  `('$case: $by', ({ proposal, pins, by }) => {
    const found = pinsOfReverts(
      { attested: [bad, elsewhere], pins, releases: [revert], commits: [commit(proposal)] },
      noon,
    )
    expect(found.map((each) => each.by)).toEqual(by)
  })

  it('pins nothing for what is no revert', () => {
    const change = { sha: 'r', by: 'ada', pull: aPull() }
    expect(pinsOfReverts({ attested: [bad], pins: [], releases: [revert], commits: [change] }, noon)).toEqual(
      [],
    )
  })
})

describe('earlierReverts', () => {
  const landed = anAttestation({ kind: 'revert', revision: 'r', at: noon })
  const state = (attestations: object[], pins: object[] = []) =>
    ({ attestations, controls: { ...noControls, pins } }) as Parameters<
      typeof earlierReverts
    >[0][number][number]

  it.each`
    case                                     | histories                                                                                         | found
    ${'none'}                                | ${[[state([bad])]]}                                                                               | ${0}
    ${'one on two clusters, in two states'}  | ${[[state([landed, { ...landed, target: elsewhere.target }]), state([landed])]]}                  | ${1}
    ${'one in each of two environments'}     | ${[[state([landed])], [state([{ ...landed, target: { ...landed.target, environment: 'qa' } }])]]} | ${2}
    ${'opened, not landed'}                  | ${[[state([good], [aPin({ digests: ['other'], at: noon })])]]}                                    | ${1}
    ${'opened, and landed since'}            | ${[[state([landed], [aPin({ digests: ['other'], at: noon - 1 })])]]}                              | ${1}
    ${'opened for this very release'}        | ${[[state([bad], [pin])]]}                                                                        | ${0}
    ${'opened for what carries it and runs'} | ${[[state([{ ...bad, digest: 'newer' }], [pin, aPin({ digests: ['newer'] })])]]}                  | ${0}
    ${'a pin of a person'}                   | ${[[state([good], [aPin({ by: 'ada' })])]]}                                                       | ${0}
  `('$case: $found', ({ histories, found }) => {
    expect(earlierReverts(histories, bad)).toHaveLength(found)
  })
})
