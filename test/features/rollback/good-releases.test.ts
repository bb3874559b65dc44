import { describe, expect, it } from 'vitest'
import { goodReleases } from '../../../src/features/rollback/good-releases.ts'
import { anAttestation, aPin } from '../../builders.ts'

const image = 'registry.shop.example/checkout'

/** `A` was released; `<A` is a revert to it. Written from the oldest to the newest. */
const release = (word: string, index: number) =>
  anAttestation({
    digest: word.replace('<', ''),
    revision: `commit ${index}`,
    kind: word.startsWith('<') ? 'revert' : 'change',
    images: { [image]: word.replace('<', '') },
    at: index,
  })

/*
 * | history            | pinned | may go back to |
 * | A B                | –      | A              |
 * | A                  | –      | –              |
 * | A B C              | –      | B, A           |
 * | A B with the same  | –      | –              |
 * | A B, taken back, C | –      | A              |
 * | A B                | A      | –              |
 */
describe('goodReleases', () => {
  it.each`
    case                                    | history              | pins   | good
    ${'the one before'}                     | ${'A B'}             | ${''}  | ${['A']}
    ${'the first'}                          | ${'A'}               | ${''}  | ${[]}
    ${'each before, the newest first'}      | ${'A B C'}           | ${''}  | ${['B', 'A']}
    ${'one that renders the same'}          | ${'A A'}             | ${''}  | ${[]}
    ${'that stood over other commits'}      | ${'A A A B'}         | ${''}  | ${['A', 'A', 'A']}
    ${'not one that was taken back'}        | ${'A B <A C'}        | ${''}  | ${['A', 'A']}
    ${'not two that were, at once'}         | ${'A B C <A D'}      | ${''}  | ${['A', 'A']}
    ${'not what a revert made anew undoes'} | ${'A B <A2 C'}       | ${''}  | ${['A2', 'A']}
    ${'before a revert that is taken back'} | ${'A B <A'}          | ${''}  | ${[]}
    ${'not one that is pinned'}             | ${'A B C'}           | ${'B'} | ${['A']}
    ${'a pin elsewhere means nothing'}      | ${'A B elsewhere C'} | ${''}  | ${['B', 'A']}
  `('$case', ({ history, pins, good }) => {
    const words: string[] = history.split(' ').filter((word: string) => word !== 'elsewhere')
    const own = pins ? [aPin({ images: { [image]: pins } })] : []
    const away = history.includes('elsewhere')
      ? [aPin({ application: 'cart', images: { [image]: 'B' } })]
      : []
    const states = words
      .map((word, index) => ({ attestations: [release(word, index)], controls: { pins: [...own, ...away] } }))
      .toReversed()
    const bad = states[0]?.attestations[0]
    if (!bad) throw new Error('there is a newest release')
    expect(goodReleases(states, bad).map(({ attestation }) => attestation.digest)).toEqual(good)
  })

  it('goes back to nothing that came after what is bad', () => {
    const states = ['A', 'B', 'C']
      .map((word, index) => ({ attestations: [release(word, index)], controls: { pins: [] } }))
      .toReversed()
    const found = goodReleases(states, release('B', 1)).map(({ attestation }) => attestation.digest)
    expect(found).toEqual(['A'])
  })
})
