import { describe, expect, it } from 'vitest'
import type { AuditRow } from '../../../src/domain/audit.ts'
import { canonicalJson, chainHash, chainStart, findBrokenLink } from '../../../src/features/audit/chain.ts'

const entry = { what: 'merge', subject: 'merge/1#1', actor: 'ada', reason: 'approved', data: { sha: 'abc' } }

function aChain(length: number): AuditRow[] {
  const rows: AuditRow[] = []
  for (let sequence = 1; sequence <= length; sequence++) {
    const row = { ...entry, sequence, at: 1000 + sequence }
    rows.push({ ...row, hash: chainHash(rows.at(-1)?.hash ?? chainStart, row) })
  }
  return rows
}

it('hashes the previous hash and the canonical row: what `printf %064d%s 0 <row> | sha256sum` prints', () => {
  expect(aChain(1)[0]?.hash).toBe('ce8cace01c9ad23b7ad44cc9884ac949474da9479f85003c3efb8f1bd6df4f9d')
})

describe('findBrokenLink', () => {
  const [first, second, third, fourth] = aChain(4) as [AuditRow, AuditRow, AuditRow, AuditRow]
  it.each<[string, AuditRow[], number | undefined]>([
    ['no rows', [], undefined],
    ['a whole chain', [first, second, third, fourth], undefined],
    ['a changed reason', [first, { ...second, reason: 'refused' }, third], 2],
    ['changed data', [first, second, { ...third, data: { sha: 'abd' } }], 3],
    ['a changed time', [{ ...first, at: 0 }, second], 1],
    ['a changed hash', [first, { ...second, hash: first.hash }, third], 2],
    ['a removed row', [first, third, fourth], 3],
    ['a removed first row', [second, third], 2],
    ['rows in another order', [first, third, second], 3],
    ['a row twice', [first, first], 1],
  ])('%s', (_, rows, expected) => {
    expect(findBrokenLink(undefined, rows)).toBe(expected)
  })

  it('goes on from the last row of the page before', () => {
    expect(findBrokenLink(second, [third, fourth])).toBeUndefined()
    expect(findBrokenLink(first, [third, fourth])).toBe(3)
  })

  it('notices a row that was changed together with its own hash', () => {
    const changed = { ...second, reason: 'refused' }
    const rehashed = { ...changed, hash: chainHash(first.hash, changed) }
    expect(findBrokenLink(undefined, [first, rehashed, third])).toBe(3)
  })
})

describe('canonicalJson', () => {
  it.each<[string, unknown, string]>([
    ['sorted keys', { b: 1, a: { d: 2, c: 3 } }, '{"a":{"c":3,"d":2},"b":1}'],
    ['no undefined', { a: undefined, b: [undefined] }, '{"b":[null]}'],
    ['a date', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['the prototype as a key', JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    ['nothing', undefined, 'null'],
    ['half a surrogate pair', '\ud800', '"\\ud800"'],
  ])('%s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text)
    expect(canonicalJson(JSON.parse(text))).toBe(text)
  })
})
