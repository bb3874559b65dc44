import { describe, expect, it } from 'vitest'
import type { ObjectDiff, TargetDiff } from '../../../src/domain/object-diff.ts'
import { describeEdits } from '../../../src/features/review/describe-edits.ts'
import { describeObjectMove, describeTargetMoves } from '../../../src/features/review/describe-moves.ts'
import { describeRequests } from '../../../src/features/review/describe-requests.ts'
import { describePods, describeRestarts } from '../../../src/features/review/describe-restarts.ts'
import { groupTargets } from '../../../src/features/review/review-groups.ts'
import { writeReviewComment } from '../../../src/features/review/write-review-comment.ts'
import { aReview, write } from './review-builders.ts'

const inProd = (application: string, cluster = 'prod-eu') => ({ application, environment: 'prod', cluster })

const aTarget = (edits: Partial<TargetDiff> = {}): TargetDiff => ({
  target: inProd('web'),
  source: 'apps/web',
  objects: [],
  ...edits,
})

const aChange = (edits: Partial<ObjectDiff> = {}): ObjectDiff => ({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  change: 'changed',
  dangers: [],
  fields: [],
  hunks: [],
  foldedLines: 0,
  ...edits,
})

const commentOn = (...targets: TargetDiff[]) =>
  writeReviewComment(write, aReview({ diff: { base: 'a', head: 'b', targets, problems: [] }, findings: [] }))

it.each`
  case                           | edits                                                                              | says
  ${'nothing'}                   | ${{}}                                                                              | ${[]}
  ${'another name'}              | ${{ from: { target: inProd('shop'), source: 'apps/web' } }}                        | ${['formerly shop']}
  ${'another folder'}            | ${{ from: { target: inProd('web'), source: 'web' } }}                              | ${['moved from web']}
  ${'both'}                      | ${{ from: { target: inProd('shop'), source: 'shop' } }}                            | ${['formerly shop', 'moved from shop']}
  ${'a base of one'}             | ${{ continuedIn: [inProd('web-eu')] }}                                             | ${['goes on in web-eu']}
  ${'one, on more clusters'}     | ${{ continuedIn: [inProd('a', 'prod-us'), { ...inProd('a'), environment: 'x' }] }} | ${['goes on in a in prod-us and a in x']}
  ${'more than a person counts'} | ${{ continuedIn: ['a', 'b', 'c', 'd'].map((name) => inProd(name)) }}               | ${['goes on in 4 applications']}
`('$case of a target is said', ({ edits, says }) => {
  expect(describeTargetMoves(aTarget(edits))).toEqual(says)
})

it.each`
  move                                                        | says
  ${{}}                                                       | ${undefined}
  ${{ movedFrom: inProd('shop') }}                            | ${'moved from shop'}
  ${{ movedTo: { ...inProd('shop'), environment: 'tools' } }} | ${'moved to shop in tools'}
`('the move of an object: $says', ({ move, says }) => {
  expect(describeObjectMove(move, inProd('web'))).toBe(says)
})

const gibibyte = 2 ** 30
const sums = (cpu: number, memory: number) => ({ cpuMillicores: cpu, memoryBytes: memory * gibibyte })

it.each`
  case                       | requests                                                          | says
  ${'nothing'}               | ${[]}                                                             | ${undefined}
  ${'more of both'}          | ${[[sums(500, 1), sums(1_500, 2.5)]]}                             | ${'CPU 0.5 → 1.5 (+1), memory 1 GiB → 2.5 GiB (+1.5 GiB)'}
  ${'less of one'}           | ${[[sums(500, 1), sums(250, 1)]]}                                 | ${'CPU 0.5 → 0.25 (−0.25)'}
  ${'the sum of targets'}    | ${[[sums(500, 1), sums(250, 1)], [sums(0, 0), sums(1_000, 0.5)]]} | ${'CPU 0.5 → 1.25 (+0.75), memory 1 GiB → 1.5 GiB (+512 MiB)'}
  ${'what evens itself out'} | ${[[sums(500, 1), sums(250, 1)], [sums(250, 1), sums(500, 1)]]}   | ${undefined}
`('the requests of an environment: $case', ({ requests, says }) => {
  const targets = requests.map(([before, after]: ReturnType<typeof sums>[]) =>
    aTarget({ requests: { before: before ?? sums(0, 0), after: after ?? sums(0, 0) } }),
  )
  const elsewhere = aTarget({
    target: { ...inProd('web'), environment: 'dev' },
    requests: { before: sums(0, 0), after: sums(9_000, 9) },
  })
  expect(describeRequests([...targets, elsewhere], 'prod')).toBe(says)
})

it.each`
  replicas     | strategy           | says
  ${3}         | ${'RollingUpdate'} | ${'3 pods restart'}
  ${1}         | ${'Recreate'}      | ${'1 pod restarts, with a downtime'}
  ${undefined} | ${'OnDelete'}      | ${'its pods restart when they are deleted'}
`('$replicas pods by $strategy: $says', ({ replicas, strategy, says }) => {
  expect(describePods({ reasons: [], replicas, strategy })).toBe(says)
})

describe('the comment', () => {
  it('counts the pods that restart, on every cluster, and those with a downtime', () => {
    const objects = [
      aChange({ restart: { reasons: [], replicas: 3, strategy: 'RollingUpdate' } }),
      aChange({ name: 'database', restart: { reasons: [], replicas: 1, strategy: 'Recreate' } }),
    ]
    const targets = ['prod-eu', 'prod-us'].map((cluster) =>
      aTarget({ target: inProd('web', cluster), objects }),
    )
    const groups = groupTargets({ base: 'a', head: 'b', targets, problems: [] }, { affected: [] })
    expect(describeRestarts(groups)).toBe('2 workloads restart (8 pods), 1 with a downtime')
    expect(commentOn(...targets)).toContain('2 workloads restart (8 pods), 1 with a downtime')
    expect(commentOn(...targets)).toContain('<sub>1 pod restarts, with a downtime</sub>')
  })

  it('says that an application has another name, though no object differs', () => {
    const from = { target: inProd('shop'), source: 'apps/web' }
    const body = commentOn(aTarget({ from }))
    expect(body).toContain('- **web** (prod-eu), formerly shop, no object differs')
    expect(body).toContain('**Changes 1 application in prod**')
  })

  it('shows clusters with the same move once, each object where it came from', () => {
    const targets = ['prod-eu', 'prod-us'].map((cluster) =>
      aTarget({
        target: inProd('web', cluster),
        objects: [aChange({ change: 'added', movedFrom: inProd('shop', cluster) })],
      }),
    )
    const body = commentOn(...targets)
    expect(body.match(/<b>web<\/b>/g)).toHaveLength(1)
    expect(body).toContain('**added**, moved from shop')
    expect(body).toContain('<sub>1 moved, +0 −0</sub>')
  })

  it('says once what the pods of an environment ask for', () => {
    const body = commentOn(
      aTarget({ objects: [aChange()], requests: { before: sums(500, 1), after: sums(750, 1) } }),
      aTarget({ target: inProd('api'), objects: [aChange({ name: 'api' })] }),
    )
    expect(body.match(/<sub>Pods ask for: CPU 0.5 → 0.75 \(\+0.25\)<\/sub>/g)).toHaveLength(1)
  })
})

it('names a list that has another order', () => {
  const fields = [{ field: 'spec.containers[app].env', isOrder: true as const, before: ['A'], after: ['A'] }]
  expect(describeEdits([aChange({ fields })])).toEqual(['order of env'])
})
