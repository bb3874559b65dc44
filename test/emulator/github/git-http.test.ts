import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld, type World } from './world.ts'

const path = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin'

describe('git over HTTP', () => {
  let world: World
  let folder: string

  const git = async (...args: string[]) => {
    const child = spawn('git', args, {
      cwd: folder,
      env: {
        PATH: path,
        HOME: world.folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        GIT_AUTHOR_NAME: 'Ada',
        GIT_AUTHOR_EMAIL: 'ada@example.org',
        GIT_COMMITTER_NAME: 'Ada',
        GIT_COMMITTER_EMAIL: 'ada@example.org',
      },
    })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const code = await new Promise<number>((resolve) => child.on('close', (exit) => resolve(exit ?? 1)))
    return { code, text: text.trim() }
  }
  const address = (user: string, token: string) =>
    `${world.url.replace('http://', `http://${user}:${token}@`)}/shop/deploy.git`
  const commit = async (name: string, content: string) => {
    await writeFile(join(folder, name), content)
    await git('add', '-A')
    await git('commit', '-qm', `write ${name}`)
  }

  beforeAll(async () => {
    world = await createWorld()
    folder = join(world.folder, 'work')
    await mkdir(folder)
    await git('clone', '-q', address('x-access-token', await world.tokenFor()), '.')
  })
  afterAll(() => world.close())

  it('clones with an installation token, by protocol version 2', async () => {
    expect(await git('log', '--format=%s')).toEqual({ code: 0, text: 'Initial commit' })
    const refs = await git('-c', 'protocol.version=2', 'ls-remote', 'origin')
    expect(refs.text).toContain('refs/heads/main')
  })

  it('lists refs below a prefix, the same that git lists', async () => {
    const token = Buffer.from(`x-access-token:${await world.tokenFor()}`).toString('base64')
    const answer = await fetch(`${world.url}/shop/deploy.git/git-upload-pack`, {
      method: 'POST',
      headers: { 'git-protocol': 'version=2', authorization: `Basic ${token}` },
      body: '0014command=ls-refs\n0001001bref-prefix refs/heads/\n0000',
    })
    const listed = (await git('ls-remote', '--heads', 'origin')).text.replace('\t', ' ')
    expect(await answer.text()).toBe(`003d${listed}\n0000`)
  })

  it('asks for a password, and hides private repositories from strangers', async () => {
    expect((await git('ls-remote', `${world.url}/shop/deploy.git`)).code).not.toBe(0)
    const mallory = world.github.account('mallory').token
    expect((await git('ls-remote', address('mallory', mallory))).text).toContain('not found')
  })

  it('takes a person’s push to a branch, tells the app, and moves an open pull request', async () => {
    const ada = world.github.as('ada')
    await git('checkout', '-qb', 'topic')
    await commit('a.txt', 'one\n')
    expect((await git('push', '-q', address('ada', ada.token), 'topic')).code).toBe(0)
    const pull = await ada.openPull({ repository: world.repository, head: 'topic', title: 'A' })
    world.github.as('grace').approve(pull)
    world.github.protect(world.repository, 'main', { requiredReviews: { count: 1, dismissStale: true } })
    await commit('b.txt', 'two\n')
    const before = pull.headSha
    expect((await git('push', '-q', address('ada', ada.token), 'topic')).code).toBe(0)
    const head = (await git('rev-parse', 'HEAD')).text
    expect(pull.headSha).toBe(head)
    expect(pull.reviews.map((review) => review.state)).toEqual(['DISMISSED'])
    const refs = await git('ls-remote', 'origin', `refs/pull/${pull.number}/head`)
    expect(refs.text.startsWith(head)).toBe(true)
    await world.github.settled()
    const told = world.received.filter((each) => each.body.action === 'synchronize')
    expect(told).toMatchObject([{ body: { before, after: head } }])
  })

  it('refuses pushes to a protected branch, in GitHub’s words', async () => {
    const token = world.github.account('ada').token
    await git('checkout', '-q', 'main')
    await commit('c.txt', 'three\n')
    const answer = await git('push', address('ada', token), 'main')
    expect(answer.code).not.toBe(0)
    expect(answer.text).toContain('GH006: Protected branch update failed for refs/heads/main')
  })

  it('lets an administrator past a protection that does not bind them', async () => {
    expect((await git('push', '-q', address('root', world.github.account('root').token), 'main')).code).toBe(
      0,
    )
  })

  it('needs contents:write to push, and a repository inside the token', async () => {
    const readOnly = await world.tokenFor({ permissions: { contents: 'read' } })
    await git('checkout', '-q', 'topic')
    const answer = await git('push', address('x-access-token', readOnly), 'topic:other')
    expect(answer.text).toContain('403')
  })

  it('refuses to write the server’s own refs', async () => {
    const token = world.github.account('ada').token
    expect((await git('push', address('ada', token), 'topic:refs/pull/9/head')).code).not.toBe(0)
  })

  it('deletes a branch and closes its pull request', async () => {
    const token = world.github.account('ada').token
    expect((await git('push', '-q', address('ada', token), '--delete', 'topic')).code).toBe(0)
    expect(world.github.pull(world.repository, 1).state).toBe('closed')
  })
})
