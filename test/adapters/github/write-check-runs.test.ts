import { describe, expect, it } from 'vitest'
import type { CheckToPublish } from '../../../src/domain/action.ts'
import { takeBatch } from '../../../src/adapters/github/batch-check-writes.ts'
import { fakeGitHub, repository } from './fake-github.ts'

const check = (more: Partial<CheckToPublish> = {}): CheckToPublish => ({
  name: 'drawbridge',
  sha: 'abc',
  status: 'completed',
  conclusion: 'success',
  title: 'title',
  summary: 'summary',
  annotations: [],
  fingerprint: 'new',
  ...more,
})
const run = (more: object = {}) => ({
  id: 'CR_3',
  name: 'drawbridge',
  status: 'COMPLETED',
  conclusion: 'SUCCESS',
  startedAt: '2026-11-20T16:00:00Z',
  externalId: 'old',
  annotations: { totalCount: 0 },
  ...more,
})
const annotation = { path: 'a.yaml', line: 0, severity: 'error' as const, message: 'm', policy: 'p' }
const many = (count: number) => Array.from({ length: count }, () => annotation)

interface Deed {
  alias: string
  name: string
  input: Record<string, unknown>
}

/** A GitHub with these runs on every commit, that does what it is told unless `refuse` says why not. */
function aGitHub(
  existing: object[],
  refuse: (deed: Deed, among: number) => object | undefined = () => undefined,
) {
  const requests: Deed[][] = []
  const answer = ({ query, variables }: Record<string, unknown>) => {
    const [text, given] = [String(query), variables as Record<string, Record<string, unknown>>]
    if (!text.startsWith('mutation')) {
      const aliases = [...text.matchAll(/(\w+): object\(/g)].map(([, alias = '']) => alias)
      const commit = {
        checkSuites: { nodes: [{ checkRuns: { totalCount: existing.length, nodes: existing } }] },
      }
      return {
        json: {
          data: { repository: { id: 'R_1', ...Object.fromEntries(aliases.map((alias) => [alias, commit])) } },
        },
      }
    }
    const deeds = [...text.matchAll(/(\w+): (\w+)\(input: \$(\w+)\)/g)].map(
      ([, alias = '', name = '', variable = '']) => ({ alias, name, input: given[variable] ?? {} }),
    )
    requests.push(deeds)
    const errors = deeds.flatMap((deed) => {
      const error = refuse(deed, deeds.length)
      return error ? [{ path: [deed.alias], ...error }] : []
    })
    const refused = new Set(errors.map(({ path }) => path[0]))
    const data = deeds.map(({ alias, input }) => [
      alias,
      refused.has(alias)
        ? null
        : { checkRun: { id: input['checkRunId'] ?? `CR_${String(input['headSha'])}` } },
    ])
    return { json: { data: Object.fromEntries(data), ...(errors.length > 0 && { errors }) } }
  }
  const fake = fakeGitHub({ 'POST /graphql': [answer] })
  const publish = (...checks: CheckToPublish[]) =>
    fake.github.publishChecks(
      repository,
      checks.map((each) => ({ check: each, knownId: undefined })),
    )
  return { ...fake, requests, publish, names: () => requests.map((deeds) => deeds.map(({ name }) => name)) }
}

describe('one check', () => {
  const [create, update] = ['createCheckRun', 'updateCheckRun']

  it.each`
    case                                     | existing                                     | wanted                               | written
    ${'none there'}                          | ${[]}                                        | ${check()}                           | ${[[create]]}
    ${'the same is published'}               | ${[run({ externalId: 'new' })]}              | ${check()}                           | ${[]}
    ${'another one is published'}            | ${[run()]}                                   | ${check()}                           | ${[[update]]}
    ${'a completed one is to run again'}     | ${[run()]}                                   | ${check({ status: 'in_progress' })}  | ${[[create]]}
    ${'it has annotations, which only grow'} | ${[run({ annotations: { totalCount: 1 } })]} | ${check()}                           | ${[[create]]}
    ${'120 annotations'}                     | ${[]}                                        | ${check({ annotations: many(120) })} | ${[[create], [update], [update]]}
    ${'50 annotations'}                      | ${[]}                                        | ${check({ annotations: many(50) })}  | ${[[create]]}
  `('$case → $written', async ({ existing, wanted, written }) => {
    const { publish, names } = aGitHub(existing)
    expect(await publish(wanted)).toEqual([{ id: expect.stringMatching(/^CR_/) }])
    expect(names()).toEqual(written)
  })

  it('names its fingerprint only with the last part, so that half of it is never taken for the whole', async () => {
    const { publish, requests } = aGitHub([])
    await publish(check({ annotations: many(51) }))
    const inputs = requests.flat().map(({ input }) => input)
    expect(inputs.map(({ externalId }) => externalId)).toEqual(['', 'new'])
    expect(inputs[0]).toMatchObject({
      repositoryId: 'R_1',
      conclusion: 'SUCCESS',
      completedAt: expect.stringMatching(/^2026-11-20T16:30/),
      output: {
        annotations: expect.arrayContaining([
          {
            path: 'a.yaml',
            location: { startLine: 1, endLine: 1 },
            annotationLevel: 'FAILURE',
            message: 'm',
            title: 'p',
          },
        ]),
      },
    })
  })
})

describe('many checks', () => {
  const pulls = (count: number) =>
    Array.from({ length: count }, (_, index) => [
      check({ sha: `s${index}`, name: 'drawbridge' }),
      check({ sha: `s${index}`, name: 'drawbridge/window' }),
    ]).flat()

  it('are written 25 a request, a second apart, in the order in which they came', async () => {
    const { publish, requests, time } = aGitHub([])
    const start = time.now
    expect(await publish(...pulls(50))).toHaveLength(100)
    expect(requests.map((deeds) => deeds.length)).toEqual([25, 25, 25, 25])
    expect(requests.flat().map(({ input }) => input['headSha'])).toEqual(pulls(50).map(({ sha }) => sha))
    expect(time.now - start).toBe(3_000)
  })

  it('that GitHub refuses are tried once more alone, and keep no other back', async () => {
    const refuse = ({ input }: Deed) =>
      input['headSha'] === 's1'
        ? { type: 'UNPROCESSABLE', message: 'No commit found for SHA: s1' }
        : undefined
    const { publish, requests } = aGitHub([], refuse)
    const outcomes = await publish(...pulls(3))
    expect(outcomes.map((outcome) => 'id' in outcome)).toEqual([true, true, false, false, true, true])
    expect(outcomes[2]).toMatchObject({ fault: { status: 422, retryable: false } })
    expect(requests.map((deeds) => deeds.length)).toEqual([6, 1, 1])
  })

  it('of which one fails among others is done alone', async () => {
    const refuse = ({ input }: Deed, among: number) =>
      among > 1 && input['headSha'] === 's1' ? { message: 'Something went wrong' } : undefined
    const { publish } = aGitHub([], refuse)
    expect((await publish(...pulls(3))).every((outcome) => 'id' in outcome)).toBe(true)
  })

  it.each`
    case                        | reply                                                                   | waits
    ${'breaks off'}             | ${'broken'}                                                             | ${undefined}
    ${'is too much for GitHub'} | ${{ status: 502, text: 'Bad gateway' }}                                 | ${undefined}
    ${'is over a limit'}        | ${{ json: { errors: [{ type: 'RATE_LIMITED', message: 'no more' }] } }} | ${60_000}
  `('is tried again as a whole by who asked, where the request $case', async ({ reply, waits }) => {
    const data = { repository: { id: 'R_1', c0: null } }
    const { github, calls } = fakeGitHub({ 'POST /graphql': [{ json: { data } }, reply] })
    const [outcome] = await github.publishChecks(repository, [{ check: check(), knownId: undefined }])
    expect(outcome).toMatchObject({ fault: { retryable: true, retryAfterMs: waits } })
    expect(calls()).toHaveLength(2)
  })
})

/*
 * A request holds what fits: 3 writes, 5 annotations, 10 characters. Letters are commits.
 */
describe('takeBatch', () => {
  const limits = { writes: 3, annotations: 5, size: 10 }
  const write = (name: string, more: object = {}) => ({
    name,
    annotations: 0,
    size: 1,
    needsId: false,
    ...more,
  })

  it.each`
    case                         | lines                                                                                       | batches
    ${'nothing'}                 | ${[]}                                                                                       | ${[]}
    ${'one line'}                | ${[[write('a1'), write('a2')]]}                                                             | ${['a1 a2']}
    ${'more than fits'}          | ${[[write('a1'), write('a2')], [write('b1'), write('b2')]]}                                 | ${['a1 a2 b1', 'b2']}
    ${'annotations are counted'} | ${[[write('a1', { annotations: 5 }), write('a2', { annotations: 1 })], [write('b1')]]}      | ${['a1 b1', 'a2']}
    ${'too large goes alone'}    | ${[[write('a1', { size: 50 })], [write('b1')]]}                                             | ${['a1', 'b1']}
    ${'an answer is waited for'} | ${[[write('a1'), write('a2', { needsId: true }), write('a3')], [write('b1'), write('b2')]]} | ${['a1 b1 b2', 'a2 a3']}
  `('$case → $batches', ({ lines, batches }) => {
    const taken: string[] = []
    const answered = new Set<string>()
    for (;;) {
      const batch = takeBatch(
        lines as ReturnType<typeof write>[][],
        ({ name }) => answered.has(name[0] ?? ''),
        limits,
      )
      if (batch.length === 0) break
      taken.push(batch.map(({ name }) => name).join(' '))
      for (const { name } of batch) answered.add(name[0] ?? '')
    }
    expect(taken).toEqual(batches)
  })
})
