import { expect, it } from 'vitest'
import { isSameQuantity } from '../../../src/features/diff/quantity.ts'

it.each`
  left       | right       | isSame
  ${'1000m'} | ${'1'}      | ${true}
  ${'1000m'} | ${1}        | ${true}
  ${'0.5'}   | ${'500m'}   | ${true}
  ${'1Gi'}   | ${'1024Mi'} | ${true}
  ${'1e3'}   | ${'1k'}     | ${true}
  ${'1E'}    | ${'1e18'}   | ${true}
  ${'1.5Gi'} | ${'1536Mi'} | ${true}
  ${'1Gi'}   | ${'1G'}     | ${false}
  ${'1'}     | ${'2'}      | ${false}
  ${'1Gib'}  | ${'1Gi'}    | ${false}
  ${''}      | ${'0'}      | ${false}
  ${'x'}     | ${'x'}      | ${false}
  ${null}    | ${'0'}      | ${false}
`('$left and $right are the same amount: $isSame', ({ left, right, isSame }) => {
  expect(isSameQuantity(left, right)).toBe(isSame)
})
