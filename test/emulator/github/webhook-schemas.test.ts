import { createRequire } from 'node:module'
import addFormats from 'ajv-formats'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld, type World } from './world.ts'

interface Definitions {
  definitions: Record<string, object>
}

const schema = createRequire(import.meta.url)('@octokit/webhooks-schemas') as Definitions
const at = { owner: 'shop', repo: 'deploy' }

describe('webhooks have the shape GitHub publishes', () => {
  let world: World
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    inlineRefs: false,
    schemas: [{ ...schema, $id: 'webhooks' }],
  })
  addFormats.default(ajv)

  const problems = (event: string, body: Record<string, unknown>) => {
    const own = `${event}$${String(body.action)}`
    const name = own in schema.definitions ? own : `${event}$event`
    const validate = ajv.getSchema(`webhooks#/definitions/${name}`)
    if (!validate) return [`there is no schema for ${own}`]
    return validate(body)
      ? []
      : (validate.errors ?? []).map(
          (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
        )
  }

  beforeAll(async () => {
    world = await createWorld()
    const { github, repository, app, installation } = world
    const ada = github.as('ada')
    const grace = github.as('grace')
    github.ping(app)
    await ada.push(repository, 'one', { 'one.txt': '1\n', 'README.md': null }, 'one')
    const pull = await ada.openPull({ repository, head: 'one', title: 'One', body: 'First', isDraft: true })
    ada.setDraft(pull, false)
    ada.setDraft(pull, true)
    ada.setDraft(pull, false)
    await ada.editPull(pull, { title: 'The one' })
    const octokit = await world.asInstallation()
    await octokit.rest.pulls.requestReviewers({
      ...at,
      pull_number: pull.number,
      reviewers: ['grace'],
      team_reviewers: ['checkout'],
    })
    await octokit.rest.pulls.removeRequestedReviewers({
      ...at,
      pull_number: pull.number,
      reviewers: ['grace'],
      team_reviewers: [],
    })
    await octokit.rest.issues.addLabels({ ...at, issue_number: pull.number, labels: ['shop'] })
    await octokit.rest.issues.removeLabel({ ...at, issue_number: pull.number, name: 'shop' })
    const comment = ada.comment(pull, '/promote prod')
    ada.editComment(comment, '/promote staging')
    ada.deleteComment(comment)
    await octokit.rest.issues.createComment({ ...at, issue_number: pull.number, body: 'From the app' })
    await ada.push(repository, 'one', { 'one.txt': '2\n' }, 'two')
    github.protect(repository, 'main', { requiredReviews: { count: 1, dismissStale: true } })
    grace.approve(pull, 'Good')
    grace.review(pull, 'COMMENT', 'A thought')
    await ada.push(repository, 'one', { 'one.txt': '3\n' }, 'three')
    const check = await octokit.rest.checks.create({
      ...at,
      name: 'drawbridge',
      head_sha: pull.headSha,
      conclusion: 'failure',
    })
    const run = github.checks(repository, pull.headSha).find((each) => each.id === check.data.id)!
    ada.rerequest(run)
    ada.pressButton(run, 'again')
    await octokit.rest.checks.rerequestSuite({ ...at, check_suite_id: run.suite.id })
    await ada.closePull(pull)
    await ada.editPull(pull, { state: 'open' })
    grace.approve(pull, 'Good')
    await grace.merge(pull)
    await ada.deleteBranch(repository, 'one')
    github.protect(repository, 'main', {
      requiredChecks: { strict: false, checks: [{ context: 'drawbridge' }] },
    })
    for (const [name, conclusion] of [
      ['queued', 'success'],
      ['dropped', 'failure'],
    ] as const) {
      await ada.push(repository, name, { [`${name}.txt`]: '1\n' }, name)
      const waiting = await ada.openPull({ repository, head: name, title: name })
      const status = (sha: string, outcome: 'success' | 'failure') =>
        octokit.rest.checks.create({ ...at, name: 'drawbridge', head_sha: sha, conclusion: outcome })
      await status(waiting.headSha, 'success')
      await status((await ada.enqueue(waiting)).headSha, conclusion)
      await github.settled()
    }
    const second = await github.addRepository({ owner: 'shop', name: 'second' })
    github.changeInstallation(installation, { add: [second], by: 'root' })
    github.changeInstallation(installation, { remove: [second], by: 'root' })
    github.suspend(installation, true, 'root')
    github.suspend(installation, false, 'root')
    github.uninstall(installation, 'root')
    await github.settled()
  })
  afterAll(() => world.close())

  it('covers the events that are promised', () => {
    const told = new Set(
      world.received.map(({ event, body }) => (body.action ? `${event} ${String(body.action)}` : event)),
    )
    expect([...told].toSorted()).toEqual([
      'check_run completed',
      'check_run created',
      'check_run requested_action',
      'check_run rerequested',
      'check_suite completed',
      'check_suite requested',
      'check_suite rerequested',
      'installation created',
      'installation deleted',
      'installation suspend',
      'installation unsuspend',
      'installation_repositories added',
      'installation_repositories removed',
      'issue_comment created',
      'issue_comment deleted',
      'issue_comment edited',
      'merge_group checks_requested',
      'merge_group destroyed',
      'ping',
      'pull_request closed',
      'pull_request converted_to_draft',
      'pull_request dequeued',
      'pull_request edited',
      'pull_request enqueued',
      'pull_request labeled',
      'pull_request opened',
      'pull_request ready_for_review',
      'pull_request reopened',
      'pull_request review_request_removed',
      'pull_request review_requested',
      'pull_request synchronize',
      'pull_request unlabeled',
      'pull_request_review dismissed',
      'pull_request_review submitted',
      'push',
    ])
  })

  it('each one validates', () => {
    const wrong = world.received.flatMap(({ event, body }) =>
      problems(event, body).map((problem) => `${event} ${String(body.action)}: ${problem}`),
    )
    // The published schema of a ping is older than merge queues.
    expect([...new Set(wrong)].filter((each) => !each.startsWith('ping undefined: /hook/events'))).toEqual([])
  })
})
