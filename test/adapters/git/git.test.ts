import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GitLocation, GitRepository } from '../../../src/ports/git.ts'
import { gitSandbox } from './git-sandbox.ts'

let sandbox: ReturnType<typeof gitSandbox>
const opened: GitRepository[] = []

beforeEach(() => {
  sandbox = gitSandbox()
})

afterEach(async () => {
  for (const repository of opened.splice(0)) await repository.close()
  sandbox.remove()
})

async function open(location: GitLocation = sandbox.remote, git = sandbox.git()): Promise<GitRepository> {
  const repository = await git.open(location)
  opened.push(repository)
  await repository.fetch()
  return repository
}

async function textOf(repository: GitRepository, treeish: string, path: string): Promise<string | undefined> {
  const entry = (await repository.tree(treeish)).entries.find((entry) => entry.path === path)
  if (!entry) return undefined
  return Buffer.from((await repository.read([entry.id])).get(entry.id) ?? []).toString()
}

const author = { name: 'drawbridge[bot]', email: 'drawbridge@example.com' }

describe.each(['remote', 'local'] as const)('reading a %s repository', (kind) => {
  const openIt = () => open(sandbox[kind])

  it('lists every blob with mode and size, and reads them raw', async () => {
    const head = sandbox.commit({
      'a.txt': 'one\n',
      'b/ü "q".yaml': 'two',
      'b/empty': '',
      '.gitattributes': 'a.txt ident\n',
    })
    sandbox.push('main')
    const repository = await openIt()
    const tree = await repository.tree(head)
    expect(tree.id).toBe(sandbox.run(['rev-parse', 'HEAD^{tree}']))
    expect(tree.entries.map(({ path, mode, size }) => [path, mode, size])).toEqual([
      ['.gitattributes', '100644', 12],
      ['a.txt', '100644', 4],
      ['b/empty', '100644', 0],
      ['b/ü "q".yaml', '100644', 3],
    ])
    const contents = await repository.read(tree.entries.map((entry) => entry.id))
    expect([...contents.values()].map((bytes) => Buffer.from(bytes).toString())).toEqual([
      'a.txt ident\n',
      'one\n',
      '',
      'two',
    ])
  })

  it('reads a megabyte between small ones', async () => {
    const big = 'x'.repeat(1_000_000)
    const head = sandbox.commit({ a: 'small', b: big, c: 'after' })
    sandbox.push('main')
    const repository = await openIt()
    expect(await textOf(repository, head, 'b')).toBe(big)
    expect(await textOf(repository, head, 'c')).toBe('after')
  })

  it('resolves branches, tags, full names and shas, and nothing else', async () => {
    const first = sandbox.commit({ a: '1' })
    sandbox.run(['tag', '-a', 'v1', '-m', 'v1'])
    const second = sandbox.commit({ a: '2' })
    sandbox.run(['push', '-q', 'origin', 'main', 'v1', `${first}:refs/pull/7/head`])
    const repository = await openIt()
    const resolve = (revision: string) => repository.resolve(revision)
    expect(await resolve('main')).toBe(second)
    expect(await resolve('refs/heads/main')).toBe(second)
    expect(await resolve('v1')).toBe(first)
    expect(await resolve(first)).toBe(first)
    expect(await resolve('refs/pull/7/head')).toBe(kind === 'remote' ? first : undefined)
    for (const nothing of [
      'nope',
      '',
      '-x',
      'main\nmain',
      'main^{tree}',
      'a'.repeat(40),
      'main..main',
      '../../etc/passwd',
      '@{-1}',
    ])
      expect([nothing, await resolve(nothing)]).toEqual([nothing, undefined])
  })

  it('lists the branches below a folder, and no others', async () => {
    const head = sandbox.commit({ a: '1' })
    for (const name of ['a/x', 'a/y/z', 'a-b/x', 'b/a/x']) sandbox.run(['branch', name])
    sandbox.push('main', 'a/x', 'a/y/z', 'a-b/x', 'b/a/x', `${head}:refs/tags/a/t`)
    const repository = await openIt()
    expect((await repository.branches('a')).toSorted()).toEqual(['a/x', 'a/y/z'])
    expect(await repository.branches('c')).toEqual([])
  })

  it('tells history apart: logs, ancestors and merge bases', async () => {
    const base = sandbox.commit({ a: '1' }, 'base')
    sandbox.run(['checkout', '-q', '-b', 'side'])
    const side = sandbox.commit({ b: '1' }, 'side')
    sandbox.run(['checkout', '-q', 'main'])
    const main = sandbox.commit({ c: '1' }, 'main')
    sandbox.run(['merge', '-q', '--no-ff', '-m', 'merge', 'side'])
    const merge = sandbox.run(['rev-parse', 'HEAD'])
    sandbox.push('main', 'side')
    const repository = await openIt()
    const messages = async (log: Promise<{ message: string }[]>) =>
      (await log).map((commit) => commit.message.trim())
    expect(await messages(repository.firstParentLog(base, merge, 10))).toEqual(['main', 'merge'])
    expect(await messages(repository.firstParentLog(undefined, merge, 10))).toEqual(['base', 'main', 'merge'])
    expect(await messages(repository.firstParentLog(undefined, merge, 1))).toEqual(['merge'])
    sandbox.commit({ 'eu/a[*].json': '1' }, 'one')
    sandbox.commit({ 'eu/ab.json': '1' }, 'another')
    const both = sandbox.commit({ 'us/ab.json': '1', 'eu/a[*].json': '2' }, 'both')
    sandbox.push('main')
    await repository.fetch()
    const touching = (...paths: string[]) => messages(repository.firstParentLog(undefined, both, 10, paths))
    expect(await touching('eu/a[*].json')).toEqual(['one', 'both'])
    expect(await touching('eu/ab.json', 'us/ab.json')).toEqual(['another', 'both'])
    expect((await messages(repository.log(base, merge))).toSorted()).toEqual(['main', 'merge', 'side'])
    expect(await repository.isAncestor(base, merge)).toBe(true)
    expect(await repository.isAncestor(merge, base)).toBe(false)
    expect(await repository.mergeBase(side, main)).toBe(base)
    expect(await repository.commit(merge)).toMatchObject({
      parents: [main, side],
      author: { name: 'Ada', email: 'ada@example.com', at: 1795192200_000 },
    })
  })

  it('gives both paths of a rename', async () => {
    const before = sandbox.commit({ 'old.yaml': 'a\nb\nc\nd\n', gone: 'x', changed: '1' })
    const after = sandbox.commit({
      'old.yaml': null,
      'new.yaml': 'a\nb\nc\nd\n',
      gone: null,
      changed: '2',
      added: 'y\n',
    })
    sandbox.push('main')
    const repository = await openIt()
    expect(await repository.changedPaths(before, after)).toEqual([
      { status: 'added', path: 'added' },
      { status: 'modified', path: 'changed' },
      { status: 'removed', path: 'gone' },
      { status: 'renamed', previousPath: 'old.yaml', path: 'new.yaml' },
    ])
    expect(await repository.changedPaths(after, after)).toEqual([])
  })

  it('merges trees without touching a ref, and names the conflicts', async () => {
    sandbox.commit({ a: '1\n', b: '1\n' })
    sandbox.run(['checkout', '-q', '-b', 'clean'])
    const clean = sandbox.commit({ b: '2\n' })
    sandbox.run(['checkout', '-q', '-b', 'clash', 'main'])
    const clash = sandbox.commit({ a: '3\n' })
    sandbox.run(['checkout', '-q', 'main'])
    const main = sandbox.commit({ a: '2\n' })
    sandbox.push('--all')
    const repository = await openIt()
    const merged = await repository.mergeTree(main, clean)
    const tree = 'tree' in merged ? merged.tree : ''
    expect([await textOf(repository, tree, 'a'), await textOf(repository, tree, 'b')]).toEqual(['2\n', '2\n'])
    expect(await repository.mergeTree(main, clash)).toEqual({ conflicts: ['a'] })
  })

  it('writes trees and signed commits', async () => {
    sandbox.commit({ keep: 'k', 'dir/x': '1', 'dir/y': '2', gone: 'g', tool: '#!/bin/sh\n' })
    sandbox.run(['update-index', '--chmod=+x', 'tool'])
    sandbox.run(['commit', '-q', '--amend', '-m', 'executable'])
    const base = sandbox.run(['rev-parse', 'HEAD'])
    sandbox.push('main')
    const repository = await openIt()
    const tree = await repository.writeTree(base, {
      'dir/': null,
      'dir/z': 'ü',
      gone: null,
      'new/deep/file': '',
      tool: 'changed',
    })
    const { entries } = await repository.tree(tree)
    expect(entries.map(({ path, mode }) => [path, mode])).toEqual([
      ['dir/z', '100644'],
      ['keep', '100644'],
      ['new/deep/file', '100644'],
      ['tool', '100755'],
    ])
    expect(await textOf(repository, tree, 'dir/z')).toBe('ü')

    let signed = ''
    const sign = (payload: string) => {
      signed = payload
      return '-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n'
    }
    const commit = await repository.writeCommit({
      tree,
      parents: [base],
      message: 'a <b>\n\nbody',
      author,
      at: 1_795_192_200_999,
      sign,
    })
    expect(await repository.commit(commit)).toMatchObject({
      tree,
      parents: [base],
      message: 'a <b>\n\nbody\n',
      author: { ...author, at: 1_795_192_200_000 },
    })
    expect(await repository.signedPayload(commit)).toEqual({ payload: signed, signature: sign(signed) })
    expect(await repository.signedPayload(base)).toMatchObject({ signature: undefined })
  })

  it.each([['../up'], ['/abs'], ['a//b'], ['.git/config'], ['a/.GIT/hooks/x'], ['nul\0byte']])(
    'refuses to write %j',
    async (path) => {
      const repository = await openIt()
      await expect(repository.writeTree(undefined, { [path]: 'x' })).rejects.toThrow(
        'is not a path inside a repository',
      )
    },
  )
})

describe('a mirror', () => {
  it('follows the remote: new, forced and deleted branches', async () => {
    const first = sandbox.commit({ a: '1' })
    sandbox.push(
      'main',
      'main:other',
      'main:refs/heads/main/sub-is-not-possible'.replace('main/sub', 'x/sub'),
    )
    const repository = await open()
    expect(await repository.resolve('other')).toBe(first)
    sandbox.run(['checkout', '-q', '--orphan', 'fresh'])
    const second = sandbox.commit({ b: '1' })
    sandbox.push('fresh:main', ':other', ':x/sub-is-not-possible', 'fresh:x')
    await repository.fetch()
    expect(await repository.resolve('main')).toBe(second)
    expect(await repository.resolve('other')).toBeUndefined()
    expect(await repository.resolve('x')).toBe(second)
  })

  it('pushes as compare-and-swap', async () => {
    const first = sandbox.commit({ a: '1' })
    sandbox.push('main')
    const repository = await open()
    const { tree } = await repository.commit(first)
    const write = (message: string) =>
      repository.writeCommit({ tree, parents: [first], message, author, at: 0 })
    const [one, two] = [await write('one'), await write('two')]
    const branch = 'drawbridge/rendered/dev'
    expect(await repository.push(branch, one, undefined)).toBe('pushed')
    expect(await repository.resolve(branch)).toBe(one)
    expect(await repository.push(branch, one, undefined)).toBe('pushed')
    expect(await repository.push(branch, two, undefined)).toBe('moved')
    expect(await repository.push(branch, two, first)).toBe('moved')
    expect(await repository.resolve(branch)).toBe(one)
    expect(await repository.push(branch, two, one)).toBe('pushed')
    expect(sandbox.run(['rev-parse', branch], sandbox.origin)).toBe(two)
  })

  it('says what a refusing remote said', async () => {
    const first = sandbox.commit({ a: '1' })
    sandbox.push('main')
    writeFileSync(join(sandbox.origin, 'hooks/update'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const repository = await open()
    await expect(repository.push('x', first, undefined)).rejects.toThrow(
      'refused: [remote rejected] (hook declined)',
    )
  })

  it('shares a waiting fetch', async () => {
    sandbox.commit({ a: '1' })
    sandbox.push('main')
    const repository = await open()
    const second = sandbox.commit({ a: '2' })
    sandbox.push('main')
    await Promise.all([repository.fetch(), repository.fetch(), repository.fetch()])
    expect(await repository.resolve('main')).toBe(second)
  })

  it('is deleted and cloned again when it is damaged', async () => {
    const head = sandbox.commit({ a: 'text'.repeat(100) })
    sandbox.push('main')
    const repository = await open()
    const mirrors = join(sandbox.folder, 'mirrors')
    const objects = join(mirrors, readdirSync(mirrors)[0] ?? '', 'objects')
    for (const folder of readdirSync(objects)) rmSync(join(objects, folder), { recursive: true })
    await repository.tree(head).catch(() => undefined)
    await repository.fetch()
    expect(await textOf(repository, head, 'a')).toBe('text'.repeat(100))
  })

  it('goes on when the process that reads objects has died', async () => {
    const head = sandbox.commit({ a: 'text' })
    sandbox.push('main')
    const repository = await open()
    await repository.commit(head)
    await repository.close()
    expect(await textOf(repository, head, 'a')).toBe('text')
    await repository.close()
  })

  it.each([
    ['http://example.com/a.git'],
    ['ext::sh -c id'],
    ['ssh://git@example.com/a'],
    ['https://user:secret@example.com/a'],
    ['--upload-pack=id'],
  ])('never talks to %s', async (url) => {
    const repository = await sandbox.git().open({ ...sandbox.remote, url })
    opened.push(repository)
    await expect(repository.fetch()).rejects.toThrow('the address must be https')
  })

  it('names a remote that is not there, and can try again', async () => {
    const repository = await sandbox.git().open({ ...sandbox.remote, url: '/nonexistent/x.git' })
    opened.push(repository)
    await expect(repository.fetch()).rejects.toMatchObject({
      name: 'AdapterError',
      system: 'git',
      operation: 'fetch',
    })
  })
})

describe('a clone', () => {
  it('is not written to', async () => {
    const head = sandbox.commit({ a: '1' })
    const list = () => readdirSync(join(sandbox.work, '.git'), { recursive: true }).toSorted()
    const before = list()
    const repository = await open(sandbox.local)
    const tree = await repository.writeTree(head, { b: '2' })
    await repository.writeCommit({ tree, parents: [head], message: 'm', author, at: 0 })
    await repository.mergeTree(head, head)
    expect(list()).toEqual(before)
    await expect(repository.push('main', head, undefined)).rejects.toThrow('a local clone is only read')
  })

  it('may be a worktree, a folder below the root, or have branches only on its remote', async () => {
    const head = sandbox.commit({ 'sub/a': '1' })
    sandbox.push('main:only-remote')
    sandbox.run(['fetch', '-q', 'origin'])
    const tree = join(sandbox.folder, 'tree')
    sandbox.run(['worktree', 'add', '-q', '--detach', tree])
    for (const folder of [tree, join(sandbox.work, 'sub')]) {
      const repository = await open({ kind: 'local', folder })
      expect(await repository.resolve('HEAD')).toBe(head)
      expect(await repository.resolve('only-remote')).toBe(head)
    }
  })

  it('that is shallow refuses questions about history and says how to deepen it', async () => {
    const first = sandbox.commit({ a: '1' })
    const head = sandbox.commit({ a: '2' })
    sandbox.push('main')
    const shallow = join(sandbox.folder, 'shallow')
    sandbox.run(['clone', '-q', '--depth', '1', `file://${sandbox.origin}`, shallow], sandbox.folder)
    const repository = await open({ kind: 'local', folder: shallow })
    expect(await textOf(repository, head, 'a')).toBe('2')
    const questions = [
      () => repository.mergeBase(first, head),
      () => repository.isAncestor(first, head),
      () => repository.log(first, head),
      () => repository.firstParentLog(first, head, 5),
      () => repository.mergeTree(first, head),
    ]
    for (const ask of questions) await expect(ask()).rejects.toThrow('git fetch --unshallow')
  })

  it('has to be one', async () => {
    await expect(open({ kind: 'local', folder: '/' })).rejects.toThrow(
      'this folder is not in a git repository',
    )
  })
})

describe('the installed git', () => {
  it('has to be there', async () => {
    await expect(sandbox.git({ gitPath: '/nonexistent/git' }).open(sandbox.remote)).rejects.toThrow(
      'there is no such program here',
    )
  })

  it.each([
    ['git version 2.37.9', false],
    ['git version 2.38.0', true],
    ['git version 3.0.1 (Apple Git-1)', true],
    ['git version 1.99.0', false],
  ])('%s → usable %s', async (words, isUsable) => {
    const fake = join(sandbox.folder, 'fake-git')
    writeFileSync(fake, `#!/bin/sh\necho '${words}'\n`, { mode: 0o755 })
    const answer = await sandbox
      .git({ gitPath: fake })
      .open(sandbox.remote)
      .then(
        () => 'usable',
        (error: Error) => error.message,
      )
    expect(answer).toContain(isUsable ? 'usable' : 'git 2.38 or newer is needed')
  })

  it('sees nothing of a person’s configuration and never the token as an argument', async () => {
    const record = join(sandbox.folder, 'record')
    const fake = join(sandbox.folder, 'fake-git')
    writeFileSync(fake, `#!/bin/sh\n{ echo "$@"; env; } >> ${record}\nexec git "$@"\n`, { mode: 0o755 })
    const git = sandbox.git({ gitPath: fake })
    const repository = await git.open({
      ...sandbox.remote,
      url: 'http://127.0.0.1:1/x.git',
      token: async () => 'ghs_secret',
    })
    opened.push(repository)
    const error: Error = await repository.fetch().then(
      () => new Error('no error'),
      (error: Error) => error,
    )
    expect(error.message).toContain('git fetch http://127.0.0.1:1/x.git')
    const lines = readFileSync(record, 'utf8').split('\n')
    const basic = Buffer.from('x-access-token:ghs_secret').toString('base64')
    expect(lines.filter((line) => line.includes(basic) || line.includes('ghs_secret'))).toEqual([
      expect.stringMatching(/^GIT_CONFIG_VALUE_\d+=Authorization: Basic /),
    ])
    expect(lines).toContain('HOME=/nonexistent')
    expect(lines).toContain('GIT_CONFIG_GLOBAL=/dev/null')
    expect(error.message).not.toContain('secret')
  })
})
