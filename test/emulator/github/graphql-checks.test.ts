import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGitHub } from '../../../src/adapters/github/github.ts'
import type { CheckToPublish } from '../../../src/domain/action.ts'
import type { RepositoryRef } from '../../../src/domain/refs.ts'
import { silentLog } from '../cluster/start-cluster.ts'
import { appId, countingRandom, createWorld, privateKey, type World } from './world.ts'

let world: World
let sha: string
let repository: RepositoryRef
let github: ReturnType<typeof createGitHub>
beforeAll(async () => {
  world = await createWorld()
  github = createGitHub({
    appId: String(appId),
    privateKey,
    baseUrl: `${world.url}/api/v3`,
    clock: { now: () => world.clock.now(), sleep: async (ms) => world.clock.jumpTo(world.clock.now() + ms) },
    random: countingRandom(),
    log: silentLog,
    fetch,
  })
  const [first] = await github.repositories()
  if (!first) throw new Error('the app sees no repository')
  repository = first
  sha = await world.github.as('ada').push(world.repository, 'change', { 'a.yaml': 'a' }, 'change')
  await world.github.as('ada').openPull({ repository: world.repository, head: 'change', title: 'Change' })
})
afterAll(() => world.close())

const aCheck = (more: Partial<CheckToPublish> = {}): CheckToPublish => ({
  name: 'drawbridge/policy',
  sha,
  status: 'completed',
  conclusion: 'failure',
  title: 'title',
  summary: 'summary',
  annotations: [],
  fingerprint: 'f1',
  ...more,
})
const publish = (...checks: CheckToPublish[]) =>
  github.publishChecks(
    repository,
    checks.map((check) => ({ check, knownId: undefined })),
  )

describe('check runs on the emulated GitHub', () => {
  it('carry 120 findings on their lines, in three requests', async () => {
    const annotations = Array.from({ length: 120 }, (_, index) => ({
      path: `apps/a-${index % 7}.yaml`,
      line: index + 1,
      severity: index % 2 === 0 ? ('error' as const) : ('warning' as const),
      message: `finding ${index}`,
      policy: 'a rule',
    }))
    const before = world.github.requests.length
    await publish(aCheck({ annotations }))
    const writes = world.github.requests.slice(before).filter(({ path }) => path.includes('#'))
    expect(writes).toHaveLength(3)
    const [run] = world.github.checks(world.repository, sha)
    const shown = run?.annotations.map(({ path, start_line, end_line, message, annotation_level }) => ({
      path,
      start_line,
      end_line,
      message,
      annotation_level,
    }))
    expect(shown).toEqual(
      annotations.map(({ path, line, message, severity }) => ({
        path,
        start_line: line,
        end_line: line,
        message,
        annotation_level: severity === 'error' ? 'failure' : 'warning',
      })),
    )
  })

  it('are read back as they were written, and not written again', async () => {
    const check = aCheck({ name: 'drawbridge', conclusion: 'action_required', fingerprint: 'f2' })
    const [outcome] = await publish(check)
    const found = (await github.checks(repository, sha)).find(({ name }) => name === 'drawbridge')
    expect(found).toMatchObject({
      ...outcome,
      status: 'completed',
      conclusion: 'action_required',
      fingerprint: 'f2',
    })
    const before = world.github.requests.length
    expect(await publish(check)).toEqual([outcome])
    expect(world.github.requests.slice(before).filter(({ path }) => path.includes('#'))).toEqual([])
  })

  it('that GitHub refuses keep no other back', async () => {
    const [good, bad] = await publish(
      aCheck({ name: 'drawbridge/render' }),
      aCheck({ name: 'drawbridge/window', summary: 'x'.repeat(70_000) }),
    )
    expect(good).toMatchObject({ id: expect.any(String) })
    expect(bad).toMatchObject({ fault: { status: 422, retryable: false } })
  })
})

/*
 * As GitHub's schema has it: what does not fit an input refuses the whole request, before anything is done.
 */
describe('an input', () => {
  const create = 'mutation ($m0: CreateCheckRunInput!) { m0: createCheckRun(input: $m0) { checkRun { id } } }'
  const valid = { repositoryId: 'x', headSha: 'y', name: 'z' }

  it.each`
    case                           | input                                                                               | fault
    ${'a field that is not there'} | ${{ ...valid, head_sha: 'y' }}                                                      | ${/head_sha .Field is not defined/}
    ${'a field that is missing'}   | ${{ repositoryId: 'x', name: 'z' }}                                                 | ${/headSha .Expected value to not be null/}
    ${'a value in lower case'}     | ${{ ...valid, status: 'completed' }}                                                | ${/status .Expected "completed"/}
    ${'an output without a title'} | ${{ ...valid, output: { summary: 's' } }}                                           | ${/output\.title/}
    ${'an annotation by REST'}     | ${{ ...valid, output: { title: 't', summary: 's', annotations: [{ path: 'p' }] } }} | ${/annotationLevel/}
  `('with $case is refused', async ({ input, fault }) => {
    const response = await fetch(`${world.url}/api/graphql`, {
      method: 'POST',
      headers: { authorization: `token ${await world.tokenFor()}` },
      body: JSON.stringify({ query: create, variables: { m0: input } }),
    })
    const answer = (await response.json()) as { data?: unknown; errors: { message: string }[] }
    expect(answer.errors[0]?.message).toMatch(fault)
    expect(answer.data).toBeUndefined()
  })
})
