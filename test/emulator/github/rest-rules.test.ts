import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Octokit } from '@octokit/rest'
import type { Pull } from '../../../src/emulator/github/state.ts'
import { appId, createWorld, type World } from './world.ts'

const at = { owner: 'shop', repo: 'deploy' }
const hour = 3_600_000

const refusal = (status: number, message: string) => ({
  status,
  message: expect.stringContaining(message) as string,
})

describe('GitHub’s rules', () => {
  let world: World
  let octokit: Octokit
  let pull: Pull

  beforeAll(async () => {
    world = await createWorld()
    const ada = world.github.as('ada')
    await ada.push(world.repository, 'topic', { 'a.txt': 'a\n' }, 'topic')
    pull = await ada.openPull({ repository: world.repository, head: 'topic', title: 'Topic' })
    octokit = await world.asInstallation()
  })
  afterAll(() => world.close())

  describe('tokens', () => {
    it('end after an hour', async () => {
      const token = await world.tokenFor()
      await world.clock.advance(hour - 1)
      await expect(world.clientFor(token).rest.repos.get(at)).resolves.toMatchObject({ status: 200 })
      await world.clock.advance(1)
      await expect(world.clientFor(token).rest.repos.get(at)).rejects.toMatchObject(
        refusal(401, 'Bad credentials'),
      )
      octokit = await world.asInstallation()
    })

    it('may be narrowed, never widened', async () => {
      const reader = await world.asInstallation({ permissions: { contents: 'read' } })
      const comment = reader.rest.issues.createComment({ ...at, issue_number: 1, body: 'x' })
      await expect(comment).rejects.toMatchObject(refusal(403, 'Resource not accessible by integration'))
      await expect(world.tokenFor({ permissions: { administration: 'write' } })).rejects.toMatchObject({
        status: 422,
      })
      await expect(world.tokenFor({ repository_ids: [1] })).rejects.toMatchObject({ status: 422 })
      const elsewhere = await world.github.addRepository({
        owner: 'shop',
        name: 'elsewhere',
        files: { a: 'a' },
      })
      await expect(octokit.rest.repos.get({ ...at, repo: elsewhere.name })).rejects.toMatchObject({
        status: 404,
      })
    })

    it('of a suspended installation are refused', async () => {
      world.github.suspend(world.installation, true, 'root')
      await expect(octokit.rest.repos.get(at)).rejects.toMatchObject({ status: 401 })
      await expect(world.tokenFor()).rejects.toMatchObject({ status: 403 })
      world.github.suspend(world.installation, false, 'root')
    })
  })

  describe('reading', () => {
    it('answers 304 for a known entity tag, for free', async () => {
      const first = await octokit.rest.pulls.list(at)
      const headers = { 'if-none-match': first.headers.etag! }
      await expect(octokit.rest.pulls.list({ ...at, headers })).rejects.toMatchObject({ status: 304 })
      const after = await octokit.rest.pulls.list(at)
      const used = (answer: typeof first) => Number(answer.headers['x-ratelimit-used'])
      expect(used(after) - used(first)).toBe(1)
    })

    it('pages lists with links', async () => {
      for (let count = 0; count < 5; count += 1) world.github.as('ada').comment(pull, `comment ${count}`)
      const all = await octokit.paginate(octokit.rest.issues.listComments, {
        ...at,
        issue_number: 1,
        per_page: 2,
      })
      expect(all.map((each) => each.body)).toEqual([0, 1, 2, 3, 4].map((count) => `comment ${count}`))
      const page = await octokit.rest.issues.listComments({ ...at, issue_number: 1, per_page: 2, page: 2 })
      expect(page.headers.link).toContain('rel="next"')
      expect(page.headers.link).toContain('rel="prev"')
    })

    it('finds a repository by its number', async () => {
      const answer = await octokit.request('GET /repositories/{id}/pulls', { id: world.repository.id })
      expect(answer.data).toHaveLength(1)
    })

    it('inherits teams downwards: linus is in a team below checkout', async () => {
      const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username: 'linus' })
      expect(data).toMatchObject({ permission: 'write', role_name: 'write' })
      const members = await octokit.rest.teams.listMembersInOrg({ org: 'shop', team_slug: 'checkout' })
      expect(members.data.map((each) => each.login)).toEqual(['grace', 'linus'])
    })
  })

  describe('writing', () => {
    it.each`
      case            | length    | status
      ${'at the cap'} | ${65_536} | ${201}
      ${'above it'}   | ${65_537} | ${422}
    `('a comment $case → $status', async ({ length, status }: { length: number; status: number }) => {
      const body = '🧭'.repeat(length)
      const answer = octokit.rest.issues
        .createComment({ ...at, issue_number: 1, body })
        .catch((error: unknown) => error)
      expect(await answer).toMatchObject({ status })
    })

    it('lets an app edit its own comments only', async () => {
      const foreign = world.github.as('ada').comment(pull, 'mine')
      const edit = octokit.rest.issues.updateComment({ ...at, comment_id: foreign.id, body: 'yours' })
      await expect(edit).rejects.toMatchObject({ status: 403 })
    })

    it('names a second pull request of the same branch, and one without commits', async () => {
      const open = (head: string, title = 'again') =>
        octokit.rest.pulls.create({ ...at, head, base: 'main', title })
      await expect(open('topic')).rejects.toMatchObject(
        refusal(422, 'A pull request already exists for shop:topic'),
      )
      await expect(open('main')).rejects.toMatchObject(refusal(422, 'No commits between main and main'))
      await expect(open('nowhere')).rejects.toMatchObject({ status: 422 })
      await world.github.as('ada').push(world.repository, 'long', { 'l.txt': 'l\n' }, 'long')
      await expect(open('long', 'x'.repeat(257))).rejects.toMatchObject(refusal(422, 'title is too long'))
    })

    it('refuses broken JSON and fields of a wrong type', async () => {
      const headers = { authorization: `Bearer ${await world.tokenFor()}` }
      const post = (body: string) =>
        fetch(`${world.url}/api/v3/repos/shop/deploy/pulls`, { method: 'POST', headers, body })
      expect((await post('{')).status).toBe(400)
      expect((await post('{"title": 7}')).status).toBe(422)
    })
  })

  describe('check runs', () => {
    const output = { title: 'Title', summary: 'Summary' }
    const annotation = {
      path: 'a.txt',
      start_line: 1,
      end_line: 1,
      annotation_level: 'notice' as const,
      message: 'look',
    }

    it.each`
      case                       | fields
      ${'a summary too long'}    | ${{ output: { title: 't', summary: 'x'.repeat(65_536) } }}
      ${'51 annotations'}        | ${{ output: { ...output, annotations: Array.from({ length: 51 }, () => annotation) } }}
      ${'four actions'}          | ${{ actions: Array.from({ length: 4 }, () => ({ label: 'l', description: 'd', identifier: 'i' })) }}
      ${'a long label'}          | ${{ actions: [{ label: 'x'.repeat(21), description: 'd', identifier: 'i' }] }}
      ${'an empty details_url'}  | ${{ details_url: '' }}
      ${'a foreign scheme'}      | ${{ details_url: 'javascript:alert(1)' }}
      ${'an unknown conclusion'} | ${{ conclusion: 'great' }}
    `('refuses $case', async ({ fields }: { fields: object }) => {
      const create = octokit.rest.checks.create({ ...at, name: 'x', head_sha: pull.headSha, ...fields })
      await expect(create).rejects.toMatchObject({ status: 422 })
    })

    it('adds annotations to the earlier ones', async () => {
      const base = { ...at, name: 'annotated', head_sha: pull.headSha }
      const run = await octokit.rest.checks.create({
        ...base,
        output: { ...output, annotations: [annotation] },
      })
      const update = { ...at, check_run_id: run.data.id, output: { ...output, annotations: [annotation] } }
      expect((await octokit.rest.checks.update(update)).data.output.annotations_count).toBe(2)
    })

    it('keeps a completed run completed; the newest of a name is the latest', async () => {
      const base = { ...at, name: 'again', head_sha: pull.headSha }
      const first = await octokit.rest.checks.create({ ...base, conclusion: 'failure' })
      const update = await octokit.rest.checks.update({
        ...at,
        check_run_id: first.data.id,
        status: 'in_progress',
      })
      expect(update.data.status).toBe('completed')
      const second = await octokit.rest.checks.create({ ...base, conclusion: 'success' })
      const list = (filter: 'all' | 'latest') =>
        octokit.rest.checks.listForRef({ ...at, ref: 'topic', check_name: 'again', filter })
      expect((await list('latest')).data.check_runs.map((each) => each.id)).toEqual([second.data.id])
      expect((await list('all')).data.total_count).toBe(2)
    })

    it('are for apps only', async () => {
      const create = world.asPerson('root').rest.checks.create({ ...at, name: 'x', head_sha: pull.headSha })
      await expect(create).rejects.toMatchObject(refusal(403, 'You must authenticate via a GitHub App.'))
    })
  })

  describe('merging', () => {
    it('takes neither a status nor another app’s check for a pinned one', async () => {
      const checks = [{ context: 'drawbridge', appId }]
      world.github.protect(world.repository, 'main', {
        requiredChecks: { strict: false, checks },
        enforceAdmins: true,
      })
      const status = { ...at, sha: pull.headSha, state: 'success' as const, context: 'drawbridge' }
      await world.asPerson('ada').rest.repos.createCommitStatus(status)
      const merge = octokit.rest.pulls.merge({ ...at, pull_number: 1 })
      await expect(merge).rejects.toMatchObject(
        refusal(405, 'Required status check "drawbridge" is expected.'),
      )
      world.github.protect(world.repository, 'main', undefined)
    })

    it('refuses conflicts', async () => {
      const ada = world.github.as('ada')
      const parent = await ada.push(world.repository, 'left', { 'same.txt': 'left\n' }, 'left')
      expect(parent).toHaveLength(40)
      await ada.push(world.repository, 'right', { 'same.txt': 'right\n' }, 'right')
      const left = await ada.openPull({ repository: world.repository, head: 'left', title: 'Left' })
      const right = await ada.openPull({ repository: world.repository, head: 'right', title: 'Right' })
      await ada.merge(left, 'merge')
      const merge = octokit.rest.pulls.merge({ ...at, pull_number: right.number })
      await expect(merge).rejects.toMatchObject(refusal(405, 'Pull Request is not mergeable'))
    })

    it('rebases commit by commit, and counts a contained head as merged', async () => {
      const ada = world.github.as('ada')
      await ada.push(world.repository, 'steps', { 'one.txt': '1\n' }, 'one')
      await ada.push(world.repository, 'steps', { 'two.txt': '2\n' }, 'two')
      const steps = await ada.openPull({ repository: world.repository, head: 'steps', title: 'Steps' })
      await ada.merge(steps, 'rebase')
      const { data } = await octokit.rest.repos.listCommits({ ...at, per_page: 2 })
      expect(data.map((each) => each.commit.message)).toEqual(['two', 'one'])

      const head = await ada.push(world.repository, 'direct', { 'three.txt': '3\n' }, 'three')
      const direct = await ada.openPull({ repository: world.repository, head: 'direct', title: 'Direct' })
      await octokit.rest.git.updateRef({ ...at, ref: 'heads/main', sha: head })
      expect(direct.merged?.sha).toBe(head)
    })

    it('refuses methods that are turned off', async () => {
      world.repository.mergeMethods.rebase = false
      const merge = octokit.rest.pulls.merge({ ...at, pull_number: 1, merge_method: 'rebase' })
      await expect(merge).rejects.toMatchObject(
        refusal(405, 'Rebase merges are not allowed on this repository.'),
      )
    })

    it('keeps the approval of an earlier review away from a dismissed one', async () => {
      world.github.protect(world.repository, 'main', { requiredReviews: { count: 1 }, enforceAdmins: true })
      const grace = world.github.as('grace')
      grace.approve(pull)
      grace.dismiss(grace.review(pull, 'REQUEST_CHANGES', 'wait'), 'settled')
      const merge = octokit.rest.pulls.merge({ ...at, pull_number: 1 })
      await expect(merge).rejects.toMatchObject(refusal(405, 'At least 1 approving review is required'))
    })
  })
})
