import { expect, it } from 'vitest'
import { describeSkew } from '../../../src/features/status/describe-skew.ts'

const wrong = 'ages of objects and the end of pauses go by its clock, everything else by this one'

it.each`
  skew         | said
  ${undefined} | ${undefined}
  ${0}         | ${undefined}
  ${5_000}     | ${undefined}
  ${5_001}     | ${`the clock of the API server is 5 s ahead of the one here: ${wrong}`}
  ${-5_000}    | ${undefined}
  ${-42_000}   | ${`the clock of the API server is 42 s behind the one here: ${wrong}`}
`('$skew ms → $said', ({ skew, said }) => {
  expect(describeSkew(skew)).toBe(said)
})
