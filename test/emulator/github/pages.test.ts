import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { markdown } from '../../../src/emulator/github/pages/markdown.ts'
import type { Pull } from '../../../src/emulator/github/state.ts'
import { createWorld, type World } from './world.ts'

describe('Markdown of untrusted people', () => {
  it.each`
    case                           | source                                            | never
    ${'a script'}                  | ${'<script>alert(1)</script>'}                    | ${'<script'}
    ${'a script in capitals'}      | ${'<SCRIPT>alert(1)</SCRIPT>'}                    | ${'<SCRIPT'}
    ${'an event handler'}          | ${'<img src="/x" onerror="alert(1)">'}            | ${'onerror'}
    ${'a handler after a slash'}   | ${'<img/src="/x"/onerror=alert(1)>'}              | ${'<img'}
    ${'a javascript address'}      | ${'[x](javascript:alert(1))'}                     | ${'href="javascript'}
    ${'an address with entities'}  | ${'<a href="java&#115;cript:alert(1)">x</a>'}     | ${'href="java'}
    ${'an address with newlines'}  | ${'<a href="java\nscript:alert(1)">x</a>'}        | ${'href="java'}
    ${'a data address'}            | ${'<a href="data:text/html,x">x</a>'}             | ${'href="data'}
    ${'a frame'}                   | ${'<iframe src="https://example.org"></iframe>'}  | ${'<iframe'}
    ${'a form'}                    | ${'<form action="/x"><button>go</button></form>'} | ${'<form'}
    ${'a style'}                   | ${'<p style="position:fixed">x</p>'}              | ${'style='}
    ${'a foreign class'}           | ${'<p class="refused">x</p>'}                     | ${'class="refused"'}
    ${'a tag that never ends'}     | ${'<img src="/x" onerror=alert(1) '}              | ${'<img'}
    ${'a drawing'}                 | ${'<svg onload=alert(1)>'}                        | ${'<svg'}
    ${'a comment hiding a script'} | ${'<!-- <script>alert(1)</script> -->'}           | ${'<script'}
    ${'an end of the page'}        | ${'</div></main></body>text'}                     | ${'</main>'}
  `('$case does nothing', ({ source, never }: { source: string; never: string }) => {
    expect(markdown(source).html).not.toContain(never)
  })

  it('closes what was left open inside itself', () => {
    expect(markdown('<details><summary>a').html).toBe(
      '<div class="markdown"><details><summary>a</summary></details></div>',
    )
  })

  it('keeps folded parts, tables and coloured diffs', () => {
    const text =
      '<details open><summary>More</summary>\n\n| a |\n|---|\n| b |\n\n```diff\n-old\n+<new>\n```\n\n</details>'
    const shown = markdown(text).html
    expect(shown).toContain('<details open="">')
    expect(shown).toContain('<td>b</td>')
    expect(shown).toContain('<span class="del">-old</span><span class="add">+&lt;new&gt;</span>')
  })

  it('shows alerts', () => {
    expect(markdown('> [!WARNING]\n> Look here').html).toContain(
      '<p class="alert-title">Warning</p><p>Look here</p>',
    )
  })
})

describe('pages for people', () => {
  let world: World
  let pull: Pull
  const at = { owner: 'shop', repo: 'deploy' }

  const get = async (path: string, person = 'ada') => {
    const response = await fetch(`${world.url}${path}`, { headers: { cookie: `person=${person}` } })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  const post = (
    path: string,
    person: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ) =>
    fetch(`${world.url}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: `person=${person}`, ...headers },
      body: new URLSearchParams(fields),
    })

  beforeAll(async () => {
    world = await createWorld()
    world.github.protect(world.repository, 'main', {
      requiredChecks: { strict: false, checks: [{ context: 'drawbridge' }] },
      enforceAdmins: true,
    })
  })
  afterAll(() => world.close())

  it('opens a pull request by editing a file', async () => {
    expect((await get('/shop/deploy/tree/main')).text).toContain('README.md')
    expect((await get('/shop/deploy/blob/main/README.md')).text).toContain('Shop')
    expect((await get('/shop/deploy/edit/main/README.md')).text).toContain('Open a pull request')
    const answer = await post('/shop/deploy/edit/main/README.md', 'ada', {
      content: 'A shop\r\n',
      message: 'Say <what> it is',
      description: 'Because.',
      branch: 'ada/readme',
      how: 'propose',
    })
    expect(answer.headers.get('location')).toBe('/shop/deploy/pull/1')
    pull = world.github.pull(world.repository, 1)
    expect(pull).toMatchObject({
      title: 'Say <what> it is',
      headBranch: 'ada/readme',
      author: { login: 'ada' },
    })
    expect((await get('/shop/deploy/pull/1/files')).text).toContain('<span class="add">+A shop</span>')
  })

  it('shows conversation, checks and what blocks the merge', async () => {
    const octokit = await world.asInstallation()
    const output = { title: 'One danger', summary: '**Look** here' }
    await octokit.rest.checks.create({
      ...at,
      name: 'drawbridge',
      head_sha: pull.headSha,
      conclusion: 'failure',
      output,
    })
    await octokit.rest.issues.createComment({ ...at, issue_number: 1, body: '### Review\n\n- `cart`' })
    const { text } = await get('/shop/deploy/pull/1')
    expect(text).toContain('Say &lt;what&gt; it is')
    expect(text).toContain('emulated GitHub')
    expect(text).toContain('<h3>Review</h3>')
    expect(text).toContain('Merging is blocked')
    expect(text).toContain('One danger')
    expect((await get('/shop/deploy/pull/1/checks')).text).toContain('<strong>Look</strong>')
    expect((await get('/shop/deploy/pulls')).text).toContain('Say &lt;what&gt; it is')
    expect((await get('/shop/deploy/commits/ada/readme')).text).toContain('Say &lt;what&gt; it is')
  })

  it('comments, reviews and merges as the chosen person', async () => {
    await post('/shop/deploy/pull/1/comment', 'grace', { event: 'comment', body: '/promote prod' })
    await post('/shop/deploy/pull/1/comment', 'grace', { event: 'APPROVE', body: '' })
    expect(pull.comments.at(-1)).toMatchObject({ body: '/promote prod', author: { login: 'grace' } })
    expect(pull.reviews).toMatchObject([{ state: 'APPROVED', author: { login: 'grace' } }])
    const own = await post('/shop/deploy/pull/1/comment', 'ada', { event: 'APPROVE', body: '' })
    expect(own.status).toBe(422)
    expect(await own.text()).toContain('Can not approve your own pull request')
    const early = await post('/shop/deploy/pull/1/merge', 'grace', { method: 'squash', sha: pull.headSha })
    expect(early.status).toBe(405)
    const octokit = await world.asInstallation()
    await octokit.rest.checks.create({
      ...at,
      name: 'drawbridge',
      head_sha: pull.headSha,
      conclusion: 'success',
    })
    await post('/shop/deploy/pull/1/merge', 'grace', { method: 'squash', sha: pull.headSha })
    expect(pull.merged?.by.login).toBe('grace')
    expect((await get('/shop/deploy/pull/1')).text).toContain('Merged and closed')
  })

  it('lets nobody act who may not', async () => {
    expect((await get('/shop/deploy/pull/1', 'mallory')).status).toBe(404)
    const foreign = await post(
      '/shop/deploy/pull/1/comment',
      'ada',
      { body: 'x' },
      { origin: 'http://evil.example' },
    )
    expect(foreign.status).toBe(403)
    const away = await post('/emulator/act-as', 'ada', { person: 'grace', back: '//evil.example' })
    expect(away.headers.get('location')).toBe('/')
    expect(away.headers.get('set-cookie')).toContain('person=grace')
  })
})
