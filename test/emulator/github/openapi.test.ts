import { readFileSync } from 'node:fs'
import addFormats from 'ajv-formats'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Octokit } from '@octokit/rest'
import { routes } from '../../../src/emulator/github/router.ts'
import { createWorld, type World } from './world.ts'

interface Description {
  answers: Record<string, Record<string, object | null>>
  components: { schemas: Record<string, object> }
}

const fixture = new URL('../../fixtures/github/openapi.json', import.meta.url)
const description = JSON.parse(readFileSync(fixture, 'utf8')) as Description
const at = { owner: 'shop', repo: 'deploy' }

/** Every endpoint is called once; what it answers must be what GitHub describes. */
describe('REST answers have the shape GitHub describes', () => {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    inlineRefs: false,
    schemas: [{ ...description, $id: 'api' }],
  })
  addFormats.default(ajv)
  const driven = new Set<string>()
  let problems: string[] = []
  let world: World

  const validate = (route: string, status: number, body: unknown): string[] => {
    const answers = description.answers[route]
    if (!answers) return ['GitHub describes no such endpoint']
    const schema = answers[String(status)]
    if (schema === undefined) return [`GitHub describes no answer ${status}`]
    if (schema === null) return []
    const check = ajv.compile({ $ref: `api#/answers/${encodeURIComponent(escaped(route))}/${status}` })
    if (check(body)) return []
    return (check.errors ?? []).map(
      (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    )
  }
  const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')

  const drive = async (client: Octokit, route: string, parameters: Record<string, unknown> = {}) => {
    const answer = await client.request(route, parameters)
    driven.add(route)
    problems.push(...validate(route, answer.status, answer.data).map((problem) => `${route}: ${problem}`))
    return answer.data as { id: number; [key: string]: unknown }
  }

  beforeAll(async () => {
    world = await createWorld()
  })
  afterAll(() => world.close())
  beforeEach(() => {
    problems = []
  })

  it('the app', async () => {
    const { asApp: app, installation, github } = world
    await github.settled()
    const inst = { installation_id: installation.id }
    await drive(app, 'GET /app')
    await drive(app, 'GET /app/installations')
    await drive(app, 'GET /app/installations/{installation_id}', inst)
    await drive(app, 'POST /app/installations/{installation_id}/access_tokens', inst)
    const narrowed = { ...inst, repository_ids: [world.repository.id], permissions: { contents: 'read' } }
    await drive(app, 'POST /app/installations/{installation_id}/access_tokens', narrowed)
    await drive(app, 'GET /repos/{owner}/{repo}/installation', at)
    await drive(app, 'GET /orgs/{org}/installation', { org: 'shop' })
    await drive(app, 'GET /app/hook/deliveries')
    const delivery = { delivery_id: github.deliveries()[0]!.id }
    await drive(app, 'GET /app/hook/deliveries/{delivery_id}', delivery)
    await drive(app, 'POST /app/hook/deliveries/{delivery_id}/attempts', delivery)
    const octokit = await world.asInstallation()
    await drive(octokit, 'GET /installation/repositories')
    await drive(octokit, 'GET /meta')
    await drive(octokit, 'GET /rate_limit')
    await drive(octokit, 'DELETE /installation/token')
    expect(problems).toEqual([])
  })

  it('organisations and users', async () => {
    const octokit = await world.asInstallation()
    const team = { org: 'shop', team_slug: 'checkout' }
    await drive(octokit, 'GET /orgs/{org}/teams', { org: 'shop' })
    await drive(octokit, 'GET /orgs/{org}/teams/{team_slug}', team)
    await drive(octokit, 'GET /orgs/{org}/teams/{team_slug}/members', team)
    await drive(octokit, 'GET /orgs/{org}/teams/{team_slug}/teams', team)
    await drive(octokit, 'GET /orgs/{org}/teams/{team_slug}/memberships/{username}', {
      ...team,
      username: 'linus',
    })
    await drive(octokit, 'GET /orgs/{org}/members', { org: 'shop' })
    await drive(octokit, 'GET /users/{username}', { username: 'ada' })
    await drive(octokit, 'GET /user/{account_id}', { account_id: world.github.account('ada').id })
    await drive(world.asPerson('ada'), 'GET /user')
    expect(problems).toEqual([])
  })

  it('repositories, refs and commits', async () => {
    const octokit = await world.asInstallation()
    world.github.protect(world.repository, 'main', {
      requiredChecks: { strict: true, checks: [{ context: 'drawbridge', appId: 7 }] },
      requiredReviews: { count: 1 },
      restrictions: { users: ['root'], teams: ['release'], apps: ['drawbridge'] },
    })
    await drive(octokit, 'GET /repos/{owner}/{repo}', at)
    await drive(octokit, 'GET /repos/{owner}/{repo}/branches', at)
    await drive(octokit, 'GET /repos/{owner}/{repo}/branches/{branch}', { ...at, branch: 'main' })
    await drive(octokit, 'GET /repos/{owner}/{repo}/branches/{branch}/protection', { ...at, branch: 'main' })
    world.github.protect(world.repository, 'main', undefined)
    const main = await world.github
      .as('ada')
      .push(world.repository, 'main', { 'new.txt': 'new\n' }, 'add new')
    await drive(octokit, 'GET /repos/{owner}/{repo}/git/ref/{ref}', { ...at, ref: 'heads/main' })
    await drive(octokit, 'GET /repos/{owner}/{repo}/git/matching-refs/{ref}', { ...at, ref: 'heads/' })
    world.repository.rules.push(
      { rulesetId: 3, branch: 'main', type: 'non_fast_forward' },
      {
        rulesetId: 3,
        branch: 'main',
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: true,
          required_status_checks: [{ context: 'drawbridge', integration_id: 7 }],
        },
      },
    )
    await drive(octokit, 'GET /repos/{owner}/{repo}/rules/branches/{branch}', { ...at, branch: 'main' })
    await drive(octokit, 'POST /repos/{owner}/{repo}/git/refs', { ...at, ref: 'refs/heads/side', sha: main })
    await drive(octokit, 'PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
      ...at,
      ref: 'heads/side',
      sha: main,
    })
    await drive(octokit, 'DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ...at, ref: 'heads/side' })
    await drive(octokit, 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}', { ...at, commit_sha: main })
    await drive(octokit, 'GET /repos/{owner}/{repo}/commits', at)
    await drive(octokit, 'GET /repos/{owner}/{repo}/commits/{ref}', { ...at, ref: main })
    await drive(octokit, 'GET /repos/{owner}/{repo}/contents/{path}', { ...at, path: 'README.md' })
    await drive(octokit, 'GET /repos/{owner}/{repo}/collaborators', at)
    await drive(octokit, 'GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
      ...at,
      username: 'ada',
    })
    expect(problems).toEqual([])
  })

  it('pull requests, reviews, comments and the merge', async () => {
    const octokit = await world.asInstallation()
    const { github, repository } = world
    await github.as('ada').push(repository, 'topic', { 'a.txt': 'a\n' }, 'topic')
    const wanted = { ...at, title: 'Topic', head: 'topic', base: 'main', body: 'Body' }
    const opened = await drive(world.asPerson('ada'), 'POST /repos/{owner}/{repo}/pulls', wanted)
    const pull = { ...at, pull_number: opened.number }
    await drive(octokit, 'GET /repos/{owner}/{repo}/pulls', at)
    await drive(octokit, 'GET /repos/{owner}/{repo}/pulls/{pull_number}', pull)
    await github.settled()
    await drive(octokit, 'GET /repos/{owner}/{repo}/pulls/{pull_number}', pull)
    await drive(octokit, 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}', { ...pull, title: 'The topic' })
    await drive(octokit, 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files', pull)
    await drive(octokit, 'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits', pull)
    const requested = { ...pull, reviewers: ['grace'], team_reviewers: ['checkout'] }
    await drive(octokit, 'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', requested)
    await drive(octokit, 'GET /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', pull)
    await drive(octokit, 'DELETE /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', requested)
    const approval = { ...pull, event: 'APPROVE', body: 'Good' }
    const review = await drive(
      world.asPerson('grace'),
      'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
      approval,
    )
    const one = { ...pull, review_id: review.id }
    await drive(octokit, 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', pull)
    await drive(octokit, 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', one)
    await drive(octokit, 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', {
      ...one,
      body: 'Fine',
    })
    await drive(octokit, 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals', {
      ...one,
      message: 'No',
    })

    const plain = await drive(octokit, 'POST /repos/{owner}/{repo}/issues', { ...at, title: 'Talk about it' })
    const talk = { ...at, issue_number: plain.number }
    await drive(octokit, 'GET /repos/{owner}/{repo}/issues/{issue_number}', talk)
    await drive(octokit, 'GET /repos/{owner}/{repo}/issues', { ...at, state: 'all' })

    const issue = { ...at, issue_number: opened.number }
    await drive(octokit, 'GET /repos/{owner}/{repo}/issues/{issue_number}', issue)
    const said = await drive(octokit, 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...issue,
      body: 'Hello',
    })
    const comment = { ...at, comment_id: said.id }
    await drive(octokit, 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments', issue)
    await drive(octokit, 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}', comment)
    await drive(octokit, 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      ...comment,
      body: 'Bye',
    })
    const reaction = await drive(
      octokit,
      'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
      { ...comment, content: 'eyes' },
    )
    await drive(octokit, 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', comment)
    await drive(
      octokit,
      'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}',
      { ...comment, reaction_id: reaction.id },
    )
    await drive(octokit, 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', comment)
    await drive(octokit, 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
      ...issue,
      labels: ['shop'],
    })
    await drive(octokit, 'GET /repos/{owner}/{repo}/issues/{issue_number}/labels', issue)
    await drive(octokit, 'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', {
      ...issue,
      name: 'shop',
    })

    await drive(octokit, 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
      ...pull,
      merge_method: 'merge',
    })
    await drive(octokit, 'GET /repos/{owner}/{repo}/pulls/{pull_number}/merge', pull)
    const head = github.pull(repository, Number(opened.number)).headSha
    await drive(octokit, 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', { ...at, commit_sha: head })
    expect(problems).toEqual([])
  })

  it('checks, statuses and deployments', async () => {
    const octokit = await world.asInstallation()
    const sha = await world.github.as('ada').push(world.repository, 'checked', { 'b.txt': 'b\n' }, 'checked')
    const annotations = [
      { path: 'b.txt', start_line: 1, end_line: 1, annotation_level: 'warning', message: 'hm' },
    ]
    const output = { title: 'Title', summary: 'Summary', annotations }
    const run = await drive(octokit, 'POST /repos/{owner}/{repo}/check-runs', {
      ...at,
      name: 'drawbridge',
      head_sha: sha,
      output,
    })
    const one = { ...at, check_run_id: run.id }
    const suite = { ...at, check_suite_id: (run.check_suite as { id: number }).id }
    await drive(octokit, 'GET /repos/{owner}/{repo}/check-runs/{check_run_id}', one)
    await drive(octokit, 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
      ...one,
      conclusion: 'success',
    })
    await drive(octokit, 'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', one)
    await drive(octokit, 'POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest', one)
    await drive(octokit, 'GET /repos/{owner}/{repo}/check-suites/{check_suite_id}', suite)
    await drive(octokit, 'GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs', suite)
    await drive(octokit, 'POST /repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest', suite)
    await drive(octokit, 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs', { ...at, ref: sha })
    await drive(octokit, 'GET /repos/{owner}/{repo}/commits/{ref}/check-suites', { ...at, ref: sha })
    await drive(octokit, 'POST /repos/{owner}/{repo}/statuses/{sha}', {
      ...at,
      sha,
      state: 'success',
      context: 'ci',
    })
    await drive(octokit, 'GET /repos/{owner}/{repo}/commits/{ref}/statuses', { ...at, ref: sha })
    await drive(octokit, 'GET /repos/{owner}/{repo}/commits/{ref}/status', { ...at, ref: sha })
    const wanted = { ...at, ref: 'main', environment: 'staging', required_contexts: [] }
    const made = await drive(octokit, 'POST /repos/{owner}/{repo}/deployments', wanted)
    const deployment = { ...at, deployment_id: made.id }
    await drive(octokit, 'GET /repos/{owner}/{repo}/deployments', at)
    await drive(octokit, 'GET /repos/{owner}/{repo}/deployments/{deployment_id}', deployment)
    await drive(octokit, 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
      ...deployment,
      state: 'success',
    })
    await drive(octokit, 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', deployment)
    expect(problems).toEqual([])
  })

  it('no endpoint was left out', () => {
    const all = routes.map((route) => `${route.method} ${route.path.replaceAll('{+', '{')}`)
    expect(all.filter((route) => !driven.has(route))).toEqual([])
  })
})
