import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import {
  isExact,
  judgeRestore,
  nearestRestore,
  type RestoreToJudge,
  type RestoreVerdict,
} from '../../../src/features/rollback/judge-restore.ts'
import { aDeployment, aProblem, aRenderedTarget, anAttestation } from '../../builders.ts'

const objects = (version: string): KubernetesObject[] => [
  aDeployment('checkout', `registry.shop.example/checkout:${version}`),
]
const own = (digest: string, version: string, cluster = 'prod-eu') =>
  aRenderedTarget({ cluster, digest, objects: objects(version) })
const other = (digest: string) => aRenderedTarget({ application: 'cart', digest })
const judge = (facts: Partial<RestoreToJudge>) =>
  judgeRestore({
    good: anAttestation({ digest: 'good' }),
    goodObjects: objects('1.8.0'),
    before: [own('bad', '1.9.0')],
    after: [own('good', '1.8.0')],
    newProblems: [],
    conflicts: [],
    ...facts,
  })

/*
 * | what it renders to, beside what is on the branch | exact, so that a rule may merge it |
 * | the good release, on every cluster               | yes                                |
 * | something else of it, or nothing                 | no                                 |
 * | another application changes, comes or goes       | no                                 |
 * | something does not render any more               | no                                 |
 * | lines that were changed since are in the way     | no                                 |
 */
describe('a way of restoring', () => {
  it.each<[string, Partial<RestoreToJudge>, boolean]>([
    ['brings back what ran', {}, true],
    [
      'brings it back on other clusters, too',
      {
        before: [own('bad', '1.9.0'), own('bad us', '1.9.0', 'prod-us')],
        after: [own('good', '1.8.0'), own('good us', '1.8.0', 'prod-us')],
      },
      true,
    ],
    ['leaves others as they are', { before: [other('x')], after: [own('good', '1.8.0'), other('x')] }, true],
    ['brings back something else', { after: [own('newer', '1.8.1')] }, false],
    ['leaves nothing of it', { after: [] }, false],
    [
      'changes another application',
      { before: [other('x')], after: [own('good', '1.8.0'), other('y')] },
      false,
    ],
    ['makes another application', { after: [own('good', '1.8.0'), other('y')] }, false],
    ['takes another application away', { before: [other('x')] }, false],
    ['breaks something', { newProblems: [aProblem()] }, false],
    ['meets later edits', { conflicts: ['apps/checkout/deployment.yaml'] }, false],
  ])('%s: exact %s', (_, facts, exact) => {
    expect(isExact(judge(facts))).toBe(exact)
  })

  it('names what would differ, and what else would change', () => {
    const { differing, touched } = judge({
      before: [other('x')],
      after: [own('newer', '1.8.1'), other('y')],
    })
    expect(differing).toEqual(['Deployment shop/checkout'])
    expect(touched.map(({ application }) => application)).toEqual(['cart'])
  })

  const verdict = (fields: Partial<RestoreVerdict>): RestoreVerdict => ({
    differing: [],
    touched: [],
    newProblems: [],
    conflicts: [],
    ...fields,
  })
  const others = verdict({ conflicts: ['a'], differing: ['a'], touched: [anAttestation().target] })
  const [breaks, meets, differs, touches] = [
    verdict({ newProblems: [aProblem()] }),
    verdict({ conflicts: ['a'] }),
    verdict({ differing: ['a'] }),
    verdict({ touched: [anAttestation().target] }),
  ]
  it.each([
    ['one that renders', [breaks, meets], meets],
    ['one without conflicts', [meets, differs], differs],
    ['one that renders the same', [differs, touches], touches],
    ['one that touches nobody else', [touches, verdict({})], verdict({})],
    ['one with many faults rather than one that does not render', [breaks, others], others],
  ])('is nearest where it is %s', (_, verdicts, nearest) => {
    expect(nearestRestore(verdicts.map((each) => ({ verdict: each })))?.verdict).toEqual(nearest)
    expect(nearestRestore(verdicts.toReversed().map((each) => ({ verdict: each })))?.verdict).toEqual(nearest)
  })
})
