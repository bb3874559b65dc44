import { describe, expect, it } from 'vitest'
import { packet, parsePackets } from '../../../src/adapters/git/pkt-line.ts'

const parse = (text: string) => parsePackets(Buffer.from(text))
const line = (text: string) => ({ kind: 'line', text })

/*
 * head      meaning
 * 0000      flush          0001  delimiter          0002  end
 * 0003      not a length: shorter than itself
 * 0004      an empty line
 * up to     fff0, which is 65,520 bytes with the head
 */
describe('pkt-lines', () => {
  it.each([
    ['nothing', '', []],
    ['a line', '0006a\n', [line('a')]],
    ['a line without a line feed', '0005a', [line('a')]],
    ['an empty line', '0004', [line('')]],
    ['lengths in capitals', '000Aabcdef', [line('abcdef')]],
    [
      'every mark',
      '0005a000100020000',
      [line('a'), { kind: 'delimiter' }, { kind: 'end' }, { kind: 'flush' }],
    ],
    ['characters of several bytes', '0007ü\n', [line('ü')]],
    ['the longest line', `fff0${'x'.repeat(65_516)}`, [line('x'.repeat(65_516))]],
  ])('%s', (_, text, packets) => expect(parse(text)).toEqual(packets))

  it.each([
    ['a length below its own', '0003'],
    ['a line that is too long', `fff1${'x'.repeat(65_517)}`],
    ['a head that is no number', 'zzzza'],
    ['a sign for a number', '-001'],
    ['half a head', '0006a\n00'],
    ['a line cut off', '0009a'],
    ['a page of HTML', '<!doctype html><title>Sign in</title>'],
  ])('refuses %s', (_, text) => expect(parse(text)).toBeUndefined())

  it('frames by bytes, not characters', () => {
    expect(packet('ref-prefix ü\n')).toBe('0012ref-prefix ü\n')
    expect(parse(packet('ü'))).toEqual([line('ü')])
  })
})
