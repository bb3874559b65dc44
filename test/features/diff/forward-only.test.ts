import { describe, expect, it } from 'vitest'
import { findDangers } from '../../../src/features/diff/dangers.ts'
import { neighboursAmong } from '../../../src/features/diff/neighbours.ts'
import { aWorkload } from './diff-builders.ts'

const none = neighboursAmong([])
const mark = { 'drawbridge.dev/rollback': 'forward-only' }
const plain = aWorkload({ image: 'shop/checkout:2' })
const annotated = { ...plain, metadata: { ...plain.metadata, annotations: mark } }
const labelled = { ...plain, metadata: { ...plain.metadata, labels: mark } }
const other = { ...plain, metadata: { ...plain.metadata, annotations: { 'drawbridge.dev/rollback': 'any' } } }

// The truth table is at `findForwardOnly`.
describe('forward-only', () => {
  it.each`
    case               | before       | after        | said
    ${'made so'}       | ${plain}     | ${annotated} | ${/^It is forward-only: no rule takes this change back/}
    ${'made so new'}   | ${undefined} | ${labelled}  | ${/^It is forward-only/}
    ${'changed'}       | ${labelled}  | ${annotated} | ${/^It is forward-only/}
    ${'not any more'}  | ${annotated} | ${plain}     | ${/^It is not forward-only any more/}
    ${'deleted'}       | ${annotated} | ${undefined} | ${/^$/}
    ${'never'}         | ${plain}     | ${plain}     | ${/^$/}
    ${'another value'} | ${plain}     | ${other}     | ${/^$/}
  `('$case', ({ before, after, said }) => {
    const change = !before ? 'added' : !after ? 'removed' : 'changed'
    const found = findDangers({ change, before, after, neighbours: none, formerNeighbours: none })
    expect(found.find(({ code }) => code === 'forward-only')?.sentence ?? '').toMatch(said)
  })
})
