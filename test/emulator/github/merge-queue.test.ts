import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Repository } from '../../../src/emulator/github/state.ts'
import { createWorld, type World } from './world.ts'

let world: World
let repository: Repository
const at = { owner: 'shop', repo: 'deploy' }

beforeAll(async () => {
  world = await createWorld()
  repository = world.repository
  world.github.protect(repository, 'main', {
    requiredChecks: { strict: false, checks: [{ context: 'drawbridge', appId: world.app.id }] },
  })
})
afterAll(() => world.close())

async function conclude(sha: string, conclusion: 'success' | 'failure') {
  const octokit = await world.asInstallation()
  await octokit.rest.checks.create({ ...at, name: 'drawbridge', head_sha: sha, conclusion })
  await world.github.settled()
}

async function aPull(name: string) {
  const ada = world.github.as('ada')
  await ada.push(repository, name, { [`${name}.txt`]: `${name}\n` }, name)
  return ada.openPull({ repository, head: name, title: name })
}

it('lets nobody in whose own required checks have not passed', async () => {
  const pull = await aPull('early')
  await expect(world.github.as('ada').enqueue(pull)).rejects.toThrow(
    'Required status check "drawbridge" is expected.',
  )
})

it('builds each place on the one before it, merges what passed and drops what failed', async () => {
  const { github } = world
  const ada = github.as('ada')
  const pulls = [await aPull('one'), await aPull('two'), await aPull('three')]
  for (const pull of pulls) await conclude(pull.headSha, 'success')
  const [first, second, third] = [
    await ada.enqueue(pulls[0]!),
    await ada.enqueue(pulls[1]!),
    await ada.enqueue(pulls[2]!),
  ]
  expect(second.baseSha).toBe(first.headSha)
  expect(third.baseSha).toBe(second.headSha)
  await conclude(second.headSha, 'failure')
  expect(repository.queue).toHaveLength(3)
  await conclude(first.headSha, 'success')
  expect(pulls.map((pull) => pull.merged?.sha)).toEqual([first.headSha, undefined, undefined])
  const [left] = repository.queue
  expect(repository.queue.map(({ pull }) => pull.title)).toEqual(['three'])
  expect(left?.baseSha).toBe(first.headSha)
  await conclude(left!.headSha, 'success')
  expect(pulls[2]?.merged?.sha).toBe(left?.headSha)
  const octokit = await world.asInstallation()
  const refs = await octokit.rest.git.listMatchingRefs({ ...at, ref: 'heads/gh-readonly-queue/' })
  expect(refs.data).toEqual([])
})
