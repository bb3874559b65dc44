import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../world.ts'

const at = { owner: 'shop', repo: 'deploy' }
const hostile = `<script>alert(1)</script> <img src=x onerror=alert(1)> "quoted"`

describe('pages for people', () => {
  let world: World

  const get = async (path: string, login = 'ada') => {
    const response = await fetch(`${world.url}${path}`, { headers: { cookie: `act_as=${login}` } })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  const post = async (
    path: string,
    login: string,
    fields: Record<string, string>,
    headers: Record<string, string> = { origin: world.url },
  ) => {
    const body = new URLSearchParams(fields)
    const asked = { cookie: `act_as=${login}`, ...headers }
    const response = await fetch(`${world.url}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: asked,
      body,
    })
    return {
      status: response.status,
      text: await response.text(),
      location: response.headers.get('location'),
    }
  }
  const open = (branch: string, title = branch, body = '') => {
    const ada = world.github.as('ada')
    return ada
      .push(world.repository, branch, { [`${branch}.yaml`]: 'a: 1\n' }, `Add ${branch}`)
      .then(() => ada.openPull({ repository: world.repository, head: branch, title, body }))
  }

  beforeAll(async () => {
    world = await createWorld()
    world.github.protect(world.repository, 'main', {
      requiredReviews: { count: 1 },
      requiredChecks: { strict: false, checks: [{ context: 'drawbridge' }] },
      enforceAdmins: true,
    })
  })
  afterAll(() => world.close())

  it('answers every page, with nothing of a hostile text alive', async () => {
    const pull = await open('hostile', hostile, hostile)
    world.github.as('grace').comment(pull, `${hostile}\n\n[x](javascript:alert(1))`)
    world.github.as('grace').review(pull, 'REQUEST_CHANGES', hostile)
    const octokit = await world.asInstallation()
    const annotation = {
      path: hostile,
      start_line: 1,
      end_line: 1,
      annotation_level: 'failure',
      message: hostile,
    } as const
    const output = { title: hostile, summary: hostile, text: hostile, annotations: [annotation] }
    const run = await octokit.rest.checks.create({
      ...at,
      name: hostile,
      head_sha: pull.headSha,
      conclusion: 'failure',
      output,
    })
    await octokit.rest.repos.createCommitStatus({
      ...at,
      sha: pull.headSha,
      state: 'failure',
      context: hostile,
      description: hostile,
    })
    const branch = 'drawbridge/rendered/prod'
    await world.github.as('root').push(world.repository, branch, { 'x/<b>.yaml': `a: ${hostile}\n` }, hostile)
    const paths = [
      '/',
      '/shop/deploy',
      '/shop/deploy/pulls',
      '/shop/deploy/pulls?state=closed',
      '/shop/deploy/pull/1',
      '/shop/deploy/pull/1/commits',
      '/shop/deploy/pull/1/checks',
      '/shop/deploy/pull/1/files',
      `/shop/deploy/runs/${run.data.id}`,
      '/shop/deploy/commits',
      `/shop/deploy/commits/${branch}`,
      `/shop/deploy/commit/${pull.headSha}`,
      `/shop/deploy/compare/main...${branch}`,
      `/shop/deploy/tree/${branch}/x`,
      `/shop/deploy/blob/${branch}/x/%3Cb%3E.yaml`,
      `/shop/deploy/edit/${branch}/x/%3Cb%3E.yaml`,
    ]
    for (const path of paths) {
      const page = await get(path)
      expect([path, page.status]).toEqual([path, 200])
      expect(page.text).toContain('Emulated GitHub')
      expect(page.text).not.toMatch(/<script>alert|<img|href="javascript|<b>\.yaml/)
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    }
    const conversation = (await get('/shop/deploy/pull/1')).text
    expect(conversation).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(conversation).toContain('requested changes')
  })

  it('shows the files and commits of a branch whose name has slashes, and which are signed', async () => {
    const { folder } = world.repository
    const sha = await world.github
      .as('root')
      .push(world.repository, 'drawbridge/rendered/dev', { 'a.yaml': 'a: 1\n' }, 'Render')
    expect((await get('/shop/deploy/commits/drawbridge/rendered/dev')).text).not.toContain('badge signed')
    const git = (args: string[], input?: string) =>
      execFileSync('git', args, { cwd: folder, input }).toString()
    const signature = 'gpgsig -----BEGIN SSH SIGNATURE-----\n made up\n -----END SSH SIGNATURE-----\n'
    const text = git(['cat-file', 'commit', sha]).replace('\n\n', `\n${signature}\n`)
    const signed = git(['hash-object', '-t', 'commit', '-w', '--stdin'], text).trim()
    const octokit = await world.asInstallation()
    const ref = 'heads/drawbridge/rendered/dev'
    await octokit.rest.git.updateRef({ owner: 'shop', repo: 'deploy', ref, sha: signed, force: true })
    expect((await get('/shop/deploy/commits/drawbridge/rendered/dev')).text).toContain('badge signed')
    expect((await get(`/shop/deploy/commit/${signed}`)).text).toContain('badge signed')
    expect((await get('/shop/deploy/tree/drawbridge/rendered/dev')).text).toContain('a.yaml')
  })

  it('says what stands between a pull request and its merge, then merges it', async () => {
    const pull = await open('merge-me')
    const path = `/shop/deploy/pull/${pull.number}`
    await get(path)
    await world.github.settled()
    expect((await get(path)).text).toContain('At least 1 approving review is required')
    const early = await post(path, 'grace', { do: 'merge', method: 'squash', sha: pull.headSha })
    expect(early).toMatchObject({ status: 405, text: expect.stringContaining('role="alert"') as string })
    expect(pull.merged).toBeUndefined()
    await post(path, 'grace', { do: 'approve', body: '' })
    expect(pull.reviews).toMatchObject([{ state: 'APPROVED', author: { login: 'grace' } }])
    expect((await get(path)).text).toContain('Required status check &quot;drawbridge&quot; is expected')
    const octokit = await world.asInstallation()
    await octokit.rest.checks.create({
      ...at,
      name: 'drawbridge',
      head_sha: pull.headSha,
      conclusion: 'success',
    })
    expect((await get(path)).text).toContain('All checks have passed')
    const stale = await post(path, 'grace', { do: 'merge', method: 'squash', sha: '0'.repeat(40) })
    expect(stale.status).toBe(409)
    const merged = await post(path, 'grace', { do: 'merge', method: 'squash', sha: pull.headSha })
    expect(merged).toMatchObject({ status: 303, location: `${path}#merge` })
    expect(pull.merged).toMatchObject({ method: 'squash', by: { login: 'grace' } })
    expect((await get(path)).text).toContain('Pull request merged and closed')
  })

  it('takes comments and reviews, and closes and reopens', async () => {
    const pull = await open('talk')
    const path = `/shop/deploy/pull/${pull.number}`
    const said = await post(path, 'grace', { do: 'comment', body: '/promote prod\r\nnow' })
    expect(said.location).toBe(`${path}#issuecomment-${pull.comments[0]?.id}`)
    expect(pull.comments).toMatchObject([{ body: '/promote prod\nnow', author: { login: 'grace' } }])
    await post(path, 'grace', { do: 'refuse', body: 'no' })
    await post(path, 'grace', { do: 'review', body: 'hm' })
    expect(pull.reviews.map((review) => review.state)).toEqual(['CHANGES_REQUESTED', 'COMMENTED'])
    const own = await post(path, 'ada', { do: 'approve', body: 'typed <text>' })
    expect(own.status).toBe(422)
    expect(own.text).toContain('Can not approve your own pull request')
    expect(own.text).toContain('typed &lt;text&gt;</textarea>')
    expect((await post(path, 'linus', { do: 'close', body: '' })).status).toBe(303)
    expect(pull.state).toBe('closed')
    await post(path, 'ada', { do: 'reopen', body: '' })
    expect(pull.state).toBe('open')
    expect((await post(path, 'ada', { do: 'comment', body: ' ' })).status).toBe(422)
    expect((await post(path, 'ada', { do: 'nonsense' })).status).toBe(404)
  })

  it('gives a file as it is, for pictures in texts, and lets nothing run in it', async () => {
    for (const branch of ['main', 'refs/heads/main']) {
      const file = await get(`/shop/deploy/raw/${branch}/apps/cart/values.yaml`)
      expect(file).toMatchObject({ status: 200, text: 'image: cart:1\nreplicas: 2\n' })
    }
    expect((await get('/shop/deploy/raw/main/nothing.svg')).status).toBe(404)
  })

  it('opens a pull request by editing a file, or commits where that is allowed', async () => {
    const path = '/shop/deploy/edit/main/apps/cart/values.yaml'
    expect((await get(path)).text).toContain('>\nimage: cart:1\nreplicas: 2\n</textarea>')
    const fields = {
      content: 'image: cart:2\r\nreplicas: 2\r\n',
      message: 'Raise <cart>',
      description: 'Because.',
    }
    const proposed = await post(path, 'ada', { ...fields, do: 'propose' })
    const pull = [...world.repository.pulls.values()].at(-1)!
    expect(proposed.location).toBe(`/shop/deploy/pull/${pull.number}`)
    expect(pull).toMatchObject({
      title: 'Raise <cart>',
      body: 'Because.',
      headBranch: 'ada-patch-1',
      baseBranch: 'main',
    })
    expect((await get(`/shop/deploy/blob/ada-patch-1/apps/cart/values.yaml`)).text).toContain('cart:2')
    const direct = await post(path, 'ada', { ...fields, do: 'commit' })
    expect(direct).toMatchObject({
      status: 403,
      text: expect.stringContaining('through a pull request') as string,
    })
    const again = await post('/shop/deploy/edit/ada-patch-1/apps/cart/values.yaml', 'ada', {
      content: 'image: cart:3\r\n',
      do: 'commit',
    })
    expect(again.location).toBe('/shop/deploy/blob/ada-patch-1/apps/cart/values.yaml')
    const branches = '/shop/deploy/commits/ada-patch-1'
    expect((await get(branches)).text).toContain('Update apps/cart/values.yaml')
    expect((await post(path, 'ada', { ...fields, do: 'propose', branch: '../main' })).status).toBe(422)
    world.github.addUser('reader')
    world.github.setPermission(world.repository, 'reader', 'read')
    expect((await post(path, 'reader', { ...fields, do: 'propose' })).status).toBe(403)
    expect((await get(path, 'reader')).text).toContain('You may not write to this repository.')
  })

  it.each`
    case                        | headers
    ${'another site'}           | ${{ origin: 'https://evil.example' }}
    ${'another port'}           | ${{ origin: 'http://127.0.0.1:1' }}
    ${'a page without address'} | ${{ origin: 'null' }}
    ${'who does not say'}       | ${{}}
  `('refuses the form of $case', async ({ headers }: { headers: Record<string, string> }) => {
    const comments = () => [...world.repository.pulls.values()].flatMap((pull) => pull.comments).length
    const before = comments()
    expect((await post('/shop/deploy/pull/1', 'ada', { do: 'comment', body: 'x' }, headers)).status).toBe(403)
    expect((await post('/act-as', 'ada', { login: 'grace' }, headers)).status).toBe(403)
    expect(comments()).toBe(before)
  })

  it('shows nothing to those who may not read, and acts as whom one chooses', async () => {
    expect((await get('/shop/deploy/pull/1', 'mallory')).status).toBe(404)
    expect((await post('/shop/deploy/pull/1', 'mallory', { do: 'comment', body: 'x' })).status).toBe(404)
    expect(await post('/act-as', 'ada', { login: 'grace', back: '/shop/deploy' })).toMatchObject({
      location: '/shop/deploy',
    })
    for (const back of ['//evil.example', 'https://evil.example', '/\\evil.example']) {
      expect((await post('/act-as', 'ada', { login: 'grace', back })).location).toBe('/')
    }
  })

  it('tells a waiting page that something has changed, and only then', async () => {
    const pull = await open('version')
    const version = async () => (await get('/shop/deploy/version')).text.split('data: ')[1]!.trim()
    const first = await version()
    expect(await version()).toBe(first)
    world.github.as('grace').comment(pull, 'new')
    expect(await version()).not.toBe(first)
    expect((await get(`/shop/deploy/pull/${pull.number}`)).text).toContain(
      `data-version="${await version()}"`,
    )
  })
})
