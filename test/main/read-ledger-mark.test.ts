import { expect, it } from 'vitest'
import { readLedgerMark } from '../../src/main/read-ledger-mark.ts'
import type { EarlierEffect } from '../../src/ports/store.ts'

const shop = { id: '42', owner: 'shop', name: 'deploy', installation: '7' }
const mark = { commit: 'a'.repeat(40), sequence: 7 }

it.each<[string, EarlierEffect, object | undefined]>([
  ['nothing was ever committed', { state: 'none' }, undefined],
  ['the newest commit', { state: 'settled', fingerprint: '', outcome: mark }, mark],
  ['another commit is on its way', { state: 'intended', fingerprint: '', outcome: mark }, mark],
  ['the first one is on its way', { state: 'intended', fingerprint: '' }, undefined],
  [
    'from before commits were numbered',
    { state: 'settled', fingerprint: '', outcome: { commit: 'a' } },
    undefined,
  ],
])('remembers the newest commit: %s', async (_, effect, expected) => {
  const asked: string[] = []
  const find = async (key: string) => {
    asked.push(key)
    return effect
  }
  expect(await readLedgerMark({ effects: { find } } as never, shop, 'prod')).toEqual(expected)
  expect(asked).toEqual(['ledger/42/prod'])
})
