import { describe, expect, it } from 'vitest'
import { noControls } from '../../src/domain/release.ts'
import { lastGood } from '../../src/journeys/rollback/last-good.ts'
import type { LedgerState } from '../../src/ports/ledger.ts'
import { aPin, anAttestation, shop } from '../builders.ts'

const image = 'registry.shop.example/checkout'

/** The rendered ref after each word: `A` was released; `<A` is a revert to it. */
function statesOf(history: string, pinned: string): LedgerState[] {
  const pins = [...pinned].map((version) => aPin({ images: { [image]: version } }))
  return history
    .split(' ')
    .map((word, index): LedgerState => {
      const digest = word.replace('<', '')
      const attestation = anAttestation({
        digest,
        revision: `commit ${index}`,
        kind: word.startsWith('<') ? 'revert' : 'change',
        images: { [image]: digest },
        at: index,
      })
      return {
        repository: shop,
        environment: 'prod',
        commit: word,
        trust: 'trusted',
        sequence: index,
        attestations: [attestation],
        rollouts: [],
        controls: { ...noControls, pins },
      }
    })
    .toReversed()
}

// The truth table is at `lastGood`.
describe('the last good release', () => {
  it.each`
    case                                   | history                      | pinned | healthy | good
    ${'nothing came before'}               | ${'A'}                       | ${''}  | ${'A'}  | ${undefined}
    ${'the one before was healthy'}        | ${'A B C'}                   | ${''}  | ${'AB'} | ${'B'}
    ${'the one before never was'}          | ${'A B C'}                   | ${''}  | ${'A'}  | ${'A'}
    ${'none was'}                          | ${'A B C'}                   | ${''}  | ${''}   | ${'B, unproven'}
    ${'only the bad one was'}              | ${'A B C'}                   | ${''}  | ${'C'}  | ${'B, unproven'}
    ${'a healthy one that was taken back'} | ${'A B <A C'}                | ${''}  | ${'B'}  | ${'A, unproven'}
    ${'a healthy one that is pinned'}      | ${'A B C'}                   | ${'B'} | ${'AB'} | ${'A'}
    ${'a healthy one from long ago'}       | ${'A B D E F G H I J K L C'} | ${''}  | ${'A'}  | ${'L, unproven'}
  `('$case → $good', async ({ history, pinned, healthy, good }) => {
    const states = statesOf(history, pinned)
    const bad = states[0]?.attestations[0] ?? anAttestation()
    const ports = {
      ledger: { history: async () => states },
      wasHealthy: async ({ digest }: { digest: string }) => healthy.includes(digest),
    }
    const found = await lastGood(ports, shop, bad)
    const said = found && `${found.attestation.digest}${found.wasHealthy ? '' : ', unproven'}`
    expect(said).toBe(good)
  })
})
