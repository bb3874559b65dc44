import { describe, expect, it } from 'vitest'
import { type Unjudged, unjudgedCheck } from '../../../src/features/review/unjudged-check.ts'
import { write } from './review-builders.ts'

const sha = 'a'.repeat(40)

/**
 * why there is no verdict | status      | conclusion
 * a look has begun        | in_progress | none
 * anything else           | completed   | failure, never neutral or skipped: both let people merge
 */
describe('unjudgedCheck', () => {
  it.each`
    case                    | unjudged                                                    | status           | conclusion   | title
    ${'a look has begun'}   | ${{ kind: 'begun' }}                                        | ${'in_progress'} | ${undefined} | ${'Rendering and asking every gate'}
    ${'it conflicts'}       | ${{ kind: 'conflict', branch: 'main', paths: ['a', 'b'] }}  | ${'completed'}   | ${'failure'} | ${'Conflicts with main in 2 files'}
    ${'one file conflicts'} | ${{ kind: 'conflict', branch: 'main', paths: ['a'] }}       | ${'completed'}   | ${'failure'} | ${'Conflicts with main in 1 file'}
    ${'it failed'}          | ${{ kind: 'failed', reason: 'github failed (GET /pulls)' }} | ${'completed'}   | ${'failure'} | ${'Could not be judged: github failed (GET /pulls)'}
    ${'it hangs'}           | ${{ kind: 'stuck', minutes: 15 }}                           | ${'completed'}   | ${'failure'} | ${'Not judged within 15 minutes'}
    ${'a newer head came'}  | ${{ kind: 'overtaken', by: sha }}                           | ${'completed'}   | ${'failure'} | ${'Overtaken by a newer commit'}
    ${'it was closed'}      | ${{ kind: 'closed' }}                                       | ${'completed'}   | ${'failure'} | ${'The pull request was closed before this commit was judged'}
  `(
    '$case → $status $conclusion',
    ({
      unjudged,
      ...expected
    }: {
      unjudged: Unjudged
      status: string
      conclusion: string
      title: string
    }) => {
      const { status, conclusion, title, summary } = unjudgedCheck(write, sha, unjudged, undefined)
      expect({ status, conclusion, title }).toEqual({
        status: expected.status,
        conclusion: expected.conclusion,
        title: expected.title,
      })
      expect(summary).toContain('**Next:**')
    },
  )

  it('is published again only when what it says changes', () => {
    const print = (unjudged: Unjudged, at = sha) => unjudgedCheck(write, at, unjudged, undefined).fingerprint
    expect(print({ kind: 'begun' })).toBe(print({ kind: 'begun' }))
    expect(print({ kind: 'failed', reason: 'a' })).not.toBe(print({ kind: 'failed', reason: 'b' }))
    expect(print({ kind: 'begun' })).not.toBe(print({ kind: 'begun' }, 'b'.repeat(40)))
  })

  it('keeps what a repository says dead, and its size within what GitHub takes', () => {
    const paths = Array.from({ length: 5_000 }, (_, at) => `a/\`${at}\` @shop/everyone`)
    const { summary } = unjudgedCheck(write, sha, { kind: 'conflict', branch: 'main', paths }, undefined)
    expect(summary.length).toBeLessThan(65_535)
  })
})
