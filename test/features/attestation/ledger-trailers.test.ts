import { expect, it } from 'vitest'
import { sequenceOf, trailerLines } from '../../../src/features/attestation/ledger-trailers.ts'

// Only the last paragraph counts: what people write above it says nothing.
it.each`
  message                                        | lines
  ${''}                                          | ${['']}
  ${'title'}                                     | ${['title']}
  ${'title\n\nSequence: 7\nBy: ada\n'}           | ${['Sequence: 7', 'By: ada']}
  ${'title\n\nSequence: 9\n\nSequence: 7\n\n\n'} | ${['Sequence: 7']}
`('the trailers of “$message”', ({ message, lines }) => expect(trailerLines(message)).toEqual(lines))

// line in the last paragraph     | sequence
// a whole number above nought    | that
// anything else, or none         | 0
it.each`
  message                                  | sequence
  ${'title\n\nSequence: 7'}                | ${7}
  ${'title\n\nBy: ada\nSequence: 12\n'}    | ${12}
  ${'title\n\nSequence: 9\n\nBy: ada'}     | ${0}
  ${'title\n\nThe Sequence: 7'}            | ${0}
  ${'title\n\nSequence: 1'}                | ${1}
  ${'title\n\nSequence: 0'}                | ${0}
  ${'title\n\nSequence: -7'}               | ${0}
  ${'title\n\nSequence: 1.5'}              | ${0}
  ${'title\n\nSequence: seven'}            | ${0}
  ${'title\n\nSequence: 9007199254740993'} | ${0}
  ${'title'}                               | ${0}
`('the sequence of “$message” is $sequence', ({ message, sequence }) =>
  expect(sequenceOf(message)).toBe(sequence),
)
