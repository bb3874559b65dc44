import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGit } from '../../../src/adapters/git/git.ts'
import { programs } from '../../programs.ts'
import type { ChildProcesses } from '../../../src/ports/child-process.ts'
import type { GitRepository } from '../../../src/ports/git.ts'
import { createWorld, type World } from '../../emulator/github/world.ts'

let world: World
let mirror: GitRepository
/** What git was started for since the last look. */
let commands: string[]

/** The machine's processes, taken down by what they are for. */
function recording(): ChildProcesses {
  const children = programs
  return {
    ...children,
    run(command) {
      const isOurs = command.arguments[0]?.startsWith('--git-dir=')
      if (isOurs) commands.push(command.arguments[1] ?? '')
      return children.run(command)
    },
  }
}

const push = (branch: string, text: string, options = {}) =>
  world.github.as('root').push(world.repository, branch, { 'a.txt': text }, text, options)

const look = async () => {
  commands = []
  await mirror.fetch()
  return commands
}

beforeEach(async () => {
  commands = []
  world = await createWorld()
  const git = createGit({ children: recording(), folder: join(world.folder, 'mirrors') })
  mirror = await git.open({
    kind: 'remote',
    key: '1',
    url: `${world.url}/shop/deploy.git`,
    token: () => world.tokenFor(),
  })
  await mirror.fetch()
})

afterEach(async () => {
  await mirror.close()
  await world.close()
})

describe('following a remote', () => {
  it('starts no process where there is nothing new', async () => {
    await look()
    expect(await look()).toEqual([])
    expect(await look()).toEqual([])
  })

  it('brings what is new, changed by force, or gone, and nothing else', async () => {
    const first = await push('topic', 'one')
    const pull = await world.github
      .as('ada')
      .openPull({ repository: world.repository, head: 'topic', title: 'Topic' })
    await look()
    expect(await mirror.resolve('topic')).toBe(first)
    expect(await mirror.resolve(`refs/pull/${pull.number}/head`)).toBe(first)

    const base = await mirror.resolve('main')
    const second = await push('topic', 'two', { parent: base, force: true })
    expect(await look()).toEqual(['fetch'])
    expect(await mirror.resolve('topic')).toBe(second)
    expect(await mirror.resolve(`refs/pull/${pull.number}/head`)).toBe(second)

    await world.github.as('root').deleteBranch(world.repository, 'topic')
    expect(await look()).toEqual(['update-ref'])
    expect(await mirror.resolve('topic')).toBeUndefined()
    expect(await look()).toEqual([])
  })

  it('sees a branch that was deleted and made again at another commit', async () => {
    const first = await push('topic', 'one')
    await look()
    await world.github.as('root').deleteBranch(world.repository, 'topic')
    const second = await push('topic', 'two')
    await look()
    expect(second).not.toBe(first)
    expect(await mirror.resolve('topic')).toBe(second)
  })

  it('takes a branch in the place of a folder of branches', async () => {
    await push('x/y', 'one')
    await look()
    await world.github.as('root').deleteBranch(world.repository, 'x/y')
    const sha = await push('x', 'two')
    await look()
    expect(await mirror.resolve('x')).toBe(sha)
    expect(await mirror.resolve('x/y')).toBeUndefined()
  })

  it('knows its own push, and the winner of a lost race', async () => {
    await look()
    const main = (await mirror.resolve('main')) ?? ''
    const commit = async (message: string) =>
      mirror.writeCommit({
        tree: (await mirror.commit(main)).tree,
        parents: [main],
        message,
        author: { name: 'Drawbridge', email: 'drawbridge@example.com' },
        at: 0,
      })
    const [ours, late] = [await commit('ours'), await commit('late')]
    expect(await mirror.push('rendered', ours, undefined)).toBe('pushed')
    expect(await look()).toEqual([])
    const winner = await push('rendered', 'winner')
    expect(await mirror.push('rendered', late, ours)).toBe('moved')
    expect(await mirror.resolve('rendered')).toBe(winner)
    expect(await look()).toEqual([])
  })

  it('fetches everything where what was listed is gone when it is fetched', async () => {
    await look()
    const sha = await push('topic', 'one')
    const { folder } = world.repository
    const object = join(folder, 'objects', sha.slice(0, 2), sha.slice(2))
    // As if the branch had moved on, and its former commit had been cleaned up.
    execFileSync('git', ['update-ref', 'refs/heads/topic', 'refs/heads/main'], { cwd: folder })
    rmSync(object)
    expect(await look()).toEqual(['fetch', 'fetch'])
    expect(await mirror.resolve('topic')).toBe(await mirror.resolve('main'))
  })

  it('leaves the fault’s words to git where the remote refuses', async () => {
    const repository = await createGit({ children: recording(), folder: join(world.folder, 'other') }).open({
      kind: 'remote',
      key: '2',
      url: `${world.url}/shop/deploy.git`,
      token: async () => 'ghs_wrong',
    })
    await expect(repository.fetch()).rejects.toThrow(/git fetch .*could not read Username/)
    await repository.close()
  })
})
