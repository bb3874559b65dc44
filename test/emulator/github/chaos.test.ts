import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type World } from './world.ts'

const at = { owner: 'shop', repo: 'deploy' }

describe('faults on demand', () => {
  let world: World
  beforeEach(async () => {
    world = await createWorld()
    await world.github.settled()
    world.received.length = 0
  })
  afterEach(() => world.close())

  const withPull = async () => {
    const ada = world.github.as('ada')
    await ada.push(world.repository, 'topic', { 'a.txt': 'a\n' }, 'topic')
    return ada.openPull({ repository: world.repository, head: 'topic', title: 'Topic' })
  }
  const told = () =>
    world.received.map((each) => `${each.event} ${String(each.body.action ?? each.body.ref)}`)

  it('fails before the effect, as often as asked', async () => {
    const octokit = await world.asInstallation()
    const pull = await withPull()
    world.github.chaos.fail('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      status: 502,
      times: 2,
    })
    const comment = () => octokit.rest.issues.createComment({ ...at, issue_number: 1, body: 'x' })
    await expect(comment()).rejects.toMatchObject({ status: 502 })
    await expect(comment()).rejects.toMatchObject({ status: 502 })
    expect(pull.comments).toHaveLength(0)
    await comment()
    expect(pull.comments).toHaveLength(1)
  })

  it('loses the answer after the effect', async () => {
    const octokit = await world.asInstallation()
    await world.github.as('ada').push(world.repository, 'topic', { 'a.txt': 'a\n' }, 'topic')
    world.github.chaos.fail('POST /repos/{owner}/{repo}/pulls', {
      status: 502,
      afterEffect: true,
      hangsUp: true,
    })
    const open = () => octokit.rest.pulls.create({ ...at, head: 'topic', base: 'main', title: 'Topic' })
    await expect(open()).rejects.toThrow('other side closed')
    await expect(open()).rejects.toMatchObject({ status: 422 })
    expect(world.repository.pulls.size).toBe(1)
    const writes = world.github.requests.filter((each) => each.route === '/repos/{owner}/{repo}/pulls')
    expect(writes.map((each) => each.status)).toEqual([502, 422])
  })

  it('answers HTML where JSON is expected', async () => {
    const octokit = await world.asInstallation()
    const rawBody = '<html>Unicorn!</html>'
    world.github.chaos.fail('GET /repos/{owner}/{repo}', {
      status: 200,
      rawBody,
      headers: { 'content-type': 'text/html' },
    })
    expect((await octokit.rest.repos.get(at)).data).toBe(rawBody)
  })

  it('answers late, on the clock', async () => {
    const octokit = await world.asInstallation()
    world.github.chaos.lag('GET /repos/{owner}/{repo}', 5_000)
    let isAnswered = false
    const answer = octokit.rest.repos.get(at).then(() => (isAnswered = true))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(isAnswered).toBe(false)
    await world.clock.advance(5_000)
    await answer
  })

  it('loses, doubles and reorders webhooks', async () => {
    world.github.chaos.webhook('push', { kind: 'lose', times: 9 })
    world.github.chaos.webhook('check_suite', { kind: 'lose', times: 9 })
    world.github.chaos.webhook('pull_request', { kind: 'hold' })
    const pull = await withPull()
    await world.github.as('ada').push(world.repository, 'topic', { 'a.txt': 'b\n' }, 'more')
    world.github.chaos.webhook('issue_comment', { kind: 'duplicate' })
    world.github.as('grace').comment(pull, 'hello')
    await world.github.settled()
    expect(told()).toEqual([
      'pull_request synchronize',
      'pull_request opened',
      'issue_comment created',
      'issue_comment created',
    ])
    expect(world.received[2]!.delivery).toBe(world.received[3]!.delivery)
  })

  it('never delivers again by itself; a redelivery keeps its name', async () => {
    world.github.setWebhookUrl(world.app, 'http://127.0.0.1:1/')
    const pull = await withPull()
    await world.github.settled()
    expect(world.received).toHaveLength(0)
    const failed = world.github.deliveries().findLast((each) => each.event === 'pull_request')!
    expect(failed).toMatchObject({ statusCode: 0, status: 'failed to connect to host' })
    world.github.setWebhookUrl(world.app, world.webhookUrl)
    await world.asApp.rest.apps.redeliverWebhookDelivery({ delivery_id: failed.id })
    await world.github.settled()
    expect(world.received).toMatchObject([
      { delivery: failed.guid, body: { action: 'opened', number: pull.number } },
    ])
  })

  it('keeps new pull requests out of lists for a while', async () => {
    const octokit = await world.asInstallation()
    world.github.chaos.listLagMs = 30_000
    await withPull()
    const count = async () => (await octokit.rest.pulls.list({ ...at, head: 'shop:topic' })).data.length
    expect(await count()).toBe(0)
    await world.clock.advance(30_000)
    expect(await count()).toBe(1)
  })

  it('re-binds a review when a rebase changes nothing', async () => {
    const pull = await withPull()
    const ada = world.github.as('ada')
    const approved = pull.headSha
    const review = world.github.as('grace').approve(pull)
    world.github.chaos.rebindsReviews = true
    const base = await ada.push(world.repository, 'main', { 'b.txt': 'b\n' }, 'meanwhile')
    await ada.push(world.repository, 'topic', { 'a.txt': 'a\n' }, 'topic again', {
      parent: base,
      force: true,
    })
    expect(pull.headSha).not.toBe(approved)
    expect(review.sha).toBe(pull.headSha)
  })

  it('counts content creation, and says how long to wait', async () => {
    const octokit = await world.asInstallation()
    await withPull()
    world.github.setLimits({ secondary: 'on', contentPerMinute: 3 })
    const comment = () => octokit.rest.issues.createComment({ ...at, issue_number: 1, body: 'x' })
    for (let count = 0; count < 3; count += 1) await comment()
    await expect(comment()).rejects.toMatchObject({
      status: 403,
      response: { headers: { 'retry-after': '60' } },
    })
    await world.clock.advance(60_000)
    await expect(comment()).resolves.toMatchObject({ status: 201 })
  })

  it('ends the hour’s budget with the time of its renewal', async () => {
    const octokit = await world.asInstallation()
    world.github.setLimits({ primary: 2 })
    await octokit.rest.repos.get(at)
    await octokit.rest.repos.get(at)
    const reset = String(Math.ceil((world.clock.now() + 3_600_000) / 1000))
    await expect(octokit.rest.repos.get(at)).rejects.toMatchObject({
      status: 403,
      response: { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } },
    })
  })
})
