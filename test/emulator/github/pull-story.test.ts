import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Pull } from '../../../src/emulator/github/state.ts'
import { appId, createWorld, webhookSecret, type World } from './world.ts'

const at = { owner: 'shop', repo: 'deploy' }

describe('a pull request from branch to merge', () => {
  let world: World
  let pull: Pull

  beforeAll(async () => {
    world = await createWorld()
    world.github.protect(world.repository, 'main', {
      requiredChecks: { strict: false, checks: [{ context: 'drawbridge', appId }] },
      requiredReviews: { count: 1, dismissStale: true },
      enforceAdmins: true,
    })
  })
  afterAll(() => world.close())

  it('opens with a signed webhook', async () => {
    const ada = world.github.as('ada')
    await ada.push(
      world.repository,
      'raise',
      { 'apps/cart/values.yaml': 'image: cart:2\nreplicas: 2\n' },
      'raise cart',
    )
    pull = await ada.openPull({ repository: world.repository, head: 'raise', title: 'Raise cart to 2' })
    await world.github.settled()
    const opened = world.received.find((each) => each.event === 'pull_request')
    expect(opened?.body.action).toBe('opened')
    expect(opened?.signature).toBe(
      `sha256=${createHmac('sha256', webhookSecret)
        .update(opened?.raw ?? '')
        .digest('hex')}`,
    )
    expect(world.received.map((each) => each.event)).toContain('push')
    expect(world.received.map((each) => each.event)).toContain('check_suite')
  })

  it('computes mergeability late, and is blocked then', async () => {
    const octokit = await world.asInstallation()
    const first = await octokit.rest.pulls.get({ ...at, pull_number: pull.number })
    expect(first.data).toMatchObject({
      mergeable: null,
      mergeable_state: 'unknown',
      changed_files: 1,
      commits: 1,
    })
    await world.github.settled()
    const second = await octokit.rest.pulls.get({ ...at, pull_number: pull.number })
    expect(second.data).toMatchObject({ mergeable: true, mergeable_state: 'blocked' })
  })

  it('shows files with their patch', async () => {
    const octokit = await world.asInstallation()
    const { data } = await octokit.rest.pulls.listFiles({ ...at, pull_number: pull.number })
    expect(data).toMatchObject([
      { filename: 'apps/cart/values.yaml', status: 'modified', additions: 1, deletions: 1 },
    ])
    expect(data[0]!.patch).toContain('-image: cart:1\n+image: cart:2')
  })

  it('is not merged without review and check, with GitHub’s words', async () => {
    const octokit = await world.asInstallation()
    const merge = () =>
      octokit.rest.pulls.merge({ ...at, pull_number: pull.number, merge_method: 'squash', sha: pull.headSha })
    await expect(merge()).rejects.toMatchObject({
      status: 405,
      message: expect.stringContaining(
        'At least 1 approving review is required by reviewers with write access.',
      ) as string,
    })
    expect(() => world.github.as('ada').approve(pull)).toThrow(
      expect.objectContaining({ status: 422 }) as Error,
    )
    world.github.as('grace').approve(pull, 'Good')
    await expect(merge()).rejects.toMatchObject({
      status: 405,
      message: expect.stringContaining('Required status check "drawbridge" is expected.') as string,
    })
    const check = await octokit.rest.checks.create({
      ...at,
      name: 'drawbridge',
      head_sha: pull.headSha,
      status: 'in_progress',
    })
    await expect(merge()).rejects.toThrow('Required status check "drawbridge" is pending.')
    await octokit.rest.checks.update({
      ...at,
      check_run_id: check.data.id,
      conclusion: 'success',
      output: { title: 'ok', summary: 'ok' },
    })
    await expect(
      octokit.rest.pulls.merge({ ...at, pull_number: pull.number, sha: '0'.repeat(40) }),
    ).rejects.toMatchObject({ status: 409 })
  })

  it('squashes with the author’s name and GitHub as committer, and pushes', async () => {
    const octokit = await world.asInstallation()
    world.received.length = 0
    const { data } = await octokit.rest.pulls.merge({
      ...at,
      pull_number: pull.number,
      merge_method: 'squash',
      sha: pull.headSha,
    })
    expect(data.merged).toBe(true)
    const commit = await octokit.rest.repos.getCommit({ ...at, ref: 'main' })
    expect(commit.data).toMatchObject({
      sha: data.sha,
      author: { login: 'ada' },
      commit: {
        message: `raise cart (#${pull.number})`,
        committer: { name: 'GitHub', date: '2026-11-20T16:30:00Z' },
      },
    })
    expect(commit.data.parents).toHaveLength(1)
    const pulls = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
      ...at,
      commit_sha: data.sha,
    })
    expect(pulls.data.map((each) => each.number)).toEqual([pull.number])
    await world.github.settled()
    const told = world.received.map((each) => `${each.event} ${each.body.action ?? each.body.ref}`)
    expect(told).toEqual(['pull_request closed', 'push refs/heads/main', 'check_suite requested'])
  })

  it('refuses a direct push and a second merge', async () => {
    await expect(
      world.github.as('root').push(world.repository, 'main', { x: '1' }, 'direct'),
    ).rejects.toMatchObject({ status: 403 })
    await expect(world.github.as('grace').merge(pull)).rejects.toMatchObject({ status: 405 })
  })
})
