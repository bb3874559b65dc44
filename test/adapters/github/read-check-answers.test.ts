import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sha } from '../../../src/domain/refs.ts'
import { createWorld, type World } from '../../emulator/github/world.ts'
import { openAdapter } from './open-adapter.ts'

let world: World
let sha: Sha
const at = { owner: 'shop', repo: 'deploy' }
beforeAll(async () => {
  world = await createWorld()
  const octokit = await world.asInstallation()
  sha = (await octokit.rest.repos.getBranch({ ...at, branch: 'main' })).data.commit.sha
})
afterAll(() => world.close())

function read(names: string[], commit = sha) {
  const { github, repository } = openAdapter(world)
  return github.checkAnswers(repository, commit, names)
}

it('are the newest word of each run and of each account, with who said it', async () => {
  expect(await read(['e2e'])).toEqual([])
  const octokit = await world.asInstallation()
  const run = (name: string, conclusion?: 'failure' | 'success' | 'skipped') =>
    octokit.rest.checks.create({ ...at, head_sha: sha, name, ...(conclusion && { conclusion }) })
  await run('e2e', 'failure')
  await run('e2e', 'success')
  await run('load')
  await run('scan', 'skipped')
  const status = (by: typeof octokit, state: 'failure' | 'success' | 'pending', context = 'e2e') =>
    by.rest.repos.createCommitStatus({ ...at, sha, state, context })
  await status(octokit, 'pending')
  await status(octokit, 'failure')
  await status(octokit, 'success', 'another')
  await status(world.asPerson('grace'), 'success')
  expect(await read(['e2e', 'load', 'scan', 'none'])).toEqual([
    { name: 'e2e', kind: 'run', by: 'drawbridge[bot]', says: 'success' },
    { name: 'load', kind: 'run', by: 'drawbridge[bot]', says: 'queued' },
    { name: 'scan', kind: 'run', by: 'drawbridge[bot]', says: 'skipped' },
    { name: 'e2e', kind: 'status', by: 'grace', says: 'success' },
    { name: 'e2e', kind: 'status', by: 'drawbridge[bot]', says: 'failure' },
  ])
})

it('are not known of a commit that GitHub does not have, nor where statuses may not be read', async () => {
  expect(await read(['e2e'], 'f'.repeat(40))).toBeUndefined()
  const { statuses: _, ...others } = world.installation.permissions
  world.installation.permissions = others
  expect(await read(['e2e'])).toBeUndefined()
})
