import { expect, it } from 'vitest'
import type { AgentState, Report } from '../../../src/domain/agent.ts'
import { judgeReport } from '../../../src/features/agents/judge-report.ts'

const known: AgentState = {
  place: { environment: 'prod', cluster: 'eu' },
  epoch: 100,
  sequence: 7,
  identity: 'uid-1',
  heardAt: 0,
}
const next: Report = { kind: 'delta', epoch: 100, sequence: 8, identity: 'uid-1', releases: [] }

/*
 * | what is known of the agent  | what it sends                        | answer           |
 * | --------------------------- | ------------------------------------ | ---------------- |
 * | nothing                     | a snapshot / a delta                 | accepted, resync |
 * | message 7 of this epoch     | 8 / 7 again / 9                      | accepted, old, resync |
 * | message 7 of this epoch     | an epoch before, after               | old, resync unless whole |
 * | silent for long             | 8                                    | resync           |
 * | another identity            | anything new, unless it is accepted  | identity-changed |
 */
it.each`
  case                                    | before                   | report                                                               | kind
  ${'the first word, whole'}              | ${undefined}             | ${{ kind: 'snapshot' }}                                              | ${'accepted'}
  ${'the first word, a part'}             | ${undefined}             | ${{}}                                                                | ${'resync'}
  ${'the next part'}                      | ${{}}                    | ${{}}                                                                | ${'accepted'}
  ${'the same once more'}                 | ${{}}                    | ${{ sequence: 7 }}                                                   | ${'old'}
  ${'the same once more, whole'}          | ${{}}                    | ${{ sequence: 7, kind: 'snapshot' }}                                 | ${'old'}
  ${'a part after a gap'}                 | ${{}}                    | ${{ sequence: 9 }}                                                   | ${'resync'}
  ${'the whole after a gap'}              | ${{}}                    | ${{ sequence: 9, kind: 'snapshot' }}                                 | ${'accepted'}
  ${'a recording of a former run'}        | ${{}}                    | ${{ epoch: 99, sequence: 50, kind: 'snapshot' }}                     | ${'old'}
  ${'a part of a later run'}              | ${{}}                    | ${{ epoch: 101, sequence: 1 }}                                       | ${'resync'}
  ${'the whole of a later run'}           | ${{}}                    | ${{ epoch: 101, sequence: 1, kind: 'snapshot' }}                     | ${'accepted'}
  ${'a part after silence'}               | ${{ isSilent: true }}    | ${{}}                                                                | ${'resync'}
  ${'the whole after silence'}            | ${{ isSilent: true }}    | ${{ kind: 'snapshot' }}                                              | ${'accepted'}
  ${'another cluster'}                    | ${{}}                    | ${{ identity: 'uid-2', kind: 'snapshot' }}                           | ${'identity-changed'}
  ${'another cluster, which is accepted'} | ${{}}                    | ${{ identity: 'uid-2', kind: 'snapshot', isIdentityAccepted: true }} | ${'accepted'}
  ${'a recording from another cluster'}   | ${{ identity: 'uid-2' }} | ${{ sequence: 6 }}                                                   | ${'old'}
`('$case: $kind', ({ before, report, kind }) => {
  const answer = judgeReport(before && { ...known, ...before }, { ...next, ...report })
  expect(answer.kind).toBe(kind)
})

it('says what to type where another cluster answers', () => {
  expect(judgeReport(known, { ...next, identity: 'uid-2' })).toMatchObject({
    message: expect.stringContaining('--accept-identity uid-2'),
    known: 'uid-1',
  })
})
