import { readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refuseRepository } from '../../../src/features/discovery/repository-limits.ts'
import type { GitLocation, GitRepository } from '../../../src/ports/git.ts'
import { gitSandbox } from './git-sandbox.ts'

/* What hostile or broken repositories do to the git adapter. What rendering makes of the same entries is told in test/features/rendering. */

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

const modes = async (repository: GitRepository, head: string) =>
  new Map((await repository.tree(head)).entries.map(({ path, mode }) => [path, mode]))
const textAt = async (repository: GitRepository, head: string, path: string) => {
  const entry = (await repository.tree(head)).entries.find((each) => each.path === path)
  return entry && Buffer.from((await repository.read([entry.id])).get(entry.id) ?? []).toString()
}
const mirrorFolder = () => {
  const mirrors = join(sandbox.folder, 'mirrors')
  return join(mirrors, readdirSync(mirrors).find((name) => name.endsWith('.git')) ?? '')
}
/** Puts a tree on the branch that no honest git would commit; `rows` as `git mktree -z` reads them. */
const pushTree = (rows: string[]) => {
  const tree = sandbox.input(['mktree', '-z', '--missing'], rows.map((row) => `${row}\0`).join(''))
  const commit = sandbox.run(['commit-tree', tree, '-m', 'odd'])
  sandbox.push(`${commit}:refs/heads/odd`)
  return commit
}

describe('what is in a repository', () => {
  it('R1 links are listed as links and read as their text, wherever they point', async () => {
    sandbox.commit({ a: 'x' })
    for (const [name, target] of Object.entries({
      passwd: '/etc/passwd',
      up: '../..',
      loop: 'loop',
      chain: 'up/a',
    }))
      symlinkSync(target, join(sandbox.work, name))
    const head = sandbox.commit({ b: 'y' })
    sandbox.push('main')
    const repository = await open()
    const found = await modes(repository, head)
    expect(['passwd', 'up', 'loop', 'chain'].map((name) => found.get(name))).toEqual(Array(4).fill('120000'))
    expect(await textAt(repository, head, 'passwd')).toBe('/etc/passwd')
    expect(readdirSync(mirrorFolder())).not.toContain('passwd')
  })

  it.each([
    ['file://', '160000', '[submodule "m"]\n\tpath = m\n\turl = file:///etc\n'],
    ['ext::', '160000', '[submodule "m"]\n\tpath = m\n\turl = ext::sh -c touch% /tmp/owned\n'],
    ['--upload-pack', 'gitmodulesUrl', '[submodule "m"]\n\tpath = m\n\turl = --upload-pack=touch\n'],
    [
      'a path that ends in a carriage return',
      '160000',
      '[submodule "m"]\n\tpath = "m\r"\n\turl = https://x.example/m\n',
    ],
  ])('R2 a submodule with %s → %s, and nobody follows it', async (_, outcome, modules) => {
    const head = sandbox.commit({ '.gitmodules': modules, a: '1' })
    sandbox.run(['update-index', '--add', '--cacheinfo', `160000,${head},m`])
    sandbox.run(['commit', '-q', '-m', 'submodule'])
    const odd = sandbox.run(['rev-parse', 'HEAD'])
    sandbox.push('main')
    const answer = await open().then(
      async (repository) => (await modes(repository, odd)).get('m'),
      (fault: Error) => fault.message.match(/gitmodules\w+/)?.[0],
    )
    expect(answer).toBe(outcome)
    expect(readdirSync(mirrorFolder())).not.toContain('modules')
  })

  it('R3 attributes change no byte: what was committed is what is read', async () => {
    const raw = '$Id$ $Format:%H$\r\n'
    sandbox.commit({ keep: '' })
    sandbox.run(['config', 'core.autocrlf', 'false'])
    writeFileSync(join(sandbox.work, 'a.yaml'), raw)
    const id = sandbox.run(['hash-object', '-w', '--no-filters', 'a.yaml'])
    sandbox.run(['update-index', '--add', '--cacheinfo', `100644,${id},a.yaml`])
    writeFileSync(
      join(sandbox.work, '.gitattributes'),
      'a.yaml ident export-subst export-ignore filter=lfs text eol=lf working-tree-encoding=UTF-16\n',
    )
    sandbox.run(['add', '.gitattributes'])
    sandbox.run(['commit', '-q', '-m', 'attributes'])
    const head = sandbox.run(['rev-parse', 'HEAD'])
    sandbox.push('main')
    expect(await textAt(await open(), head, 'a.yaml')).toBe(raw)
  })

  it('R4 a pointer of LFS stays a pointer: nothing is asked of another server', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n'
    const head = sandbox.commit({ 'a.yaml': pointer, '.lfsconfig': '[lfs]\n\turl = https://x.example\n' })
    sandbox.push('main')
    expect(await textAt(await open(), head, 'a.yaml')).toBe(pointer)
  })

  it.each([['.git'], ['.GIT'], ['.git '], ['git~1'], ['.git::$INDEX_ALLOCATION'], ['.g\u200cit']])(
    'R5 a folder %j in a tree is refused with the fetch, and runs nothing',
    async (name) => {
      sandbox.commit({ hook: '#!/bin/sh\ntouch ../owned\n' })
      const hooks = sandbox.input(
        ['mktree'],
        `100755 blob ${sandbox.run(['rev-parse', 'HEAD:hook'])}\tpost-checkout\n`,
      )
      pushTree([`040000 tree ${hooks}\t${name}`])
      await expect(open()).rejects.toThrow(/hasDotgit|contains '\.git'/i)
    },
  )

  it('R6 odd names come out as they went in, and never over each other', async () => {
    sandbox.commit({ a: '1', b: '2' })
    const [one, two] = [sandbox.run(['rev-parse', 'HEAD:a']), sandbox.run(['rev-parse', 'HEAD:b'])]
    const names = ['A', 'a', 'CON', 'a\\b', 'line\nfeed', 'right\u202Eleft', 'n'.repeat(4_000)]
    const head = pushTree(names.toSorted().map((name) => `100644 blob ${name === 'A' ? two : one}\t${name}`))
    const repository = await open()
    expect((await repository.tree(head)).entries.map(({ path }) => path).toSorted()).toEqual(names.toSorted())
    expect([await textAt(repository, head, 'a'), await textAt(repository, head, 'A')]).toEqual(['1', '2'])
  })

  it.each([['..'], ['.']])('R6 a name %j is refused with the fetch', async (name) => {
    const id = sandbox.run(['rev-parse', `${sandbox.commit({ a: '1' })}:a`])
    const raw = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(id, 'hex')])
    const tree = sandbox.input(['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], raw)
    const commit = sandbox.run(['commit-tree', tree, '-m', 'odd'])
    sandbox.push(`${commit}:refs/heads/odd`)
    await expect(open()).rejects.toThrow(/hasDot|contains '\.\.?'/i)
  })

  it('R7 a huge file is listed with its size, and refused with figures before it is read', async () => {
    writeFileSync(join(sandbox.work, 'huge.yaml'), '')
    truncateSync(join(sandbox.work, 'huge.yaml'), 101 * 1024 * 1024)
    const head = sandbox.commit({ 'small.yaml': 'a: 1' })
    const repository = await open(sandbox.local)
    const huge = (await repository.tree(head)).entries.find(({ path }) => path === 'huge.yaml')
    expect(huge?.size).toBe(101 * 1024 * 1024)
    await expect(repository.read([huge?.id ?? ''])).rejects.toThrow('has 101 MB; at most 100 MB are read')
    expect(await textAt(repository, head, 'small.yaml')).toBe('a: 1')
  })

  it('R7 a tree of a thousand folders is listed, and refused with figures', async () => {
    const path = `${'d/'.repeat(1_000)}a.yaml`
    const commit = 'commit refs/heads/deep\ncommitter a <a@example.com> 0 +0000\ndata 0\n'
    sandbox.input(['fast-import', '--quiet'], `${commit}M 100644 inline ${path}\ndata 1\nx\n`)
    sandbox.push('deep')
    const repository = await open()
    const tree = await repository.tree((await repository.resolve('deep')) ?? '')
    expect(tree.entries.map((entry) => entry.path)).toEqual([path])
    expect(refuseRepository(tree)).toMatchObject({
      code: 'TOO_LARGE',
      message: 'the repository has a path of 1001 parts; at most 100 are looked at',
    })
  })
})

describe('what is missing', () => {
  it('R8 an empty repository has no commit, and is no error', async () => {
    const repository = await open()
    expect(await repository.resolve('main')).toBeUndefined()
    await repository.fetch()
  })

  it('R8 unrelated histories have no base, and are told apart from equal ones', async () => {
    const main = sandbox.commit({ a: '1' })
    sandbox.run(['checkout', '-q', '--orphan', 'orphan'])
    const orphan = sandbox.commit({ a: '2' })
    sandbox.push('main', 'orphan')
    const repository = await open()
    expect(await repository.mergeBase(main, orphan)).toBeUndefined()
    expect(await repository.isAncestor(main, orphan)).toBe(false)
    expect(await repository.mergeTree(main, orphan)).toEqual({ conflicts: ['a'] })
  })

  it('R8 a partial clone says which object it lacks, and fetches nothing by itself', async () => {
    const head = sandbox.commit({ a: 'text' })
    sandbox.push('main')
    sandbox.run(['config', 'uploadpack.allowFilter', 'true'], sandbox.origin)
    const partial = join(sandbox.folder, 'partial')
    const url = `file://${sandbox.origin}`
    sandbox.run(['clone', '-q', '--bare', '--filter=blob:none', url, partial], sandbox.folder)
    const repository = await open({ kind: 'local', folder: partial })
    await expect(textAt(repository, head, 'a')).rejects.toMatchObject({
      name: 'AdapterError',
      retryable: true,
    })
  })

  it('R8 a commit that is not there yet is an error that is tried again, never an empty answer', async () => {
    sandbox.commit({ a: '1' })
    sandbox.push('main')
    const repository = await open()
    const missing = 'a'.repeat(40)
    const questions = [
      () => repository.tree(missing),
      () => repository.commit(missing),
      () => repository.signedPayload(missing),
    ]
    for (const ask of questions)
      await expect(ask()).rejects.toMatchObject({ name: 'AdapterError', retryable: true })
  })

  it('R9 only whole ids are believed', async () => {
    const head = sandbox.commit({ a: '1' })
    sandbox.push('main')
    const repository = await open()
    expect(await repository.resolve(head.slice(0, 7))).toBeUndefined()
    for (const id of [head.slice(0, 7), `${head}0`, head.toUpperCase(), 'HEAD', ''])
      await expect(repository.commit(id)).rejects.toThrow('is not a full object id')
  })

  it('R9 a clone that names objects by SHA-256 is read and written by its own ids', async () => {
    rmSync(join(sandbox.work, '.git'), { recursive: true })
    sandbox.run(['init', '-q', '-b', 'main', '--object-format=sha256', '.'])
    const head = sandbox.commit({ a: '1' })
    const repository = await open(sandbox.local)
    expect(await repository.resolve('HEAD')).toBe(head)
    expect(await repository.writeTree(head, { b: '2' })).toMatch(/^[0-9a-f]{64}$/)
  })

  it('R9 a remote that names objects by SHA-256 is refused in words', async () => {
    const other = join(sandbox.folder, 'other.git')
    sandbox.run(['init', '-q', '--bare', '--object-format=sha256', '-b', 'main', other], sandbox.folder)
    rmSync(join(sandbox.work, '.git'), { recursive: true })
    sandbox.run(['init', '-q', '-b', 'main', '--object-format=sha256', '.'])
    sandbox.commit({ a: '1' })
    sandbox.run(['push', '-q', other, 'main'])
    await expect(open({ ...sandbox.remote, url: other })).rejects.toThrow(/mismatched algorithms|sha256/)
  })

  it('R10 no credential that git prints reaches an error', async () => {
    const fake = join(sandbox.folder, 'fake-git')
    const words = [
      "fatal: unable to access 'https://ada:hunter2@github.example/x.git/': Authorization: Basic aHVudGVyMg==",
      'ghs_abcdefghijklmnop github_pat_11ABCDEFG_xyz',
    ].join(' ')
    const script = `case "$*" in *fetch*) echo "${words}" >&2; exit 128;; esac`
    writeFileSync(fake, `#!/bin/sh\n${script}\nexec git "$@"\n`, { mode: 0o755 })
    const fault = await open(sandbox.remote, sandbox.git({ gitPath: fake })).catch((error: Error) => error)
    expect(String(fault)).toContain('unable to access')
    expect(String(fault)).not.toMatch(/hunter2|aHVudGVyMg|ghs_a|github_pat_1/)
  })
})

describe('what breaks', () => {
  it('F54 a base that was pushed over by force is followed, and no longer an ancestor', async () => {
    const first = sandbox.commit({ a: '1' })
    const before = sandbox.commit({ a: '2' })
    sandbox.push('main')
    const repository = await open()
    sandbox.run(['reset', '-q', '--hard', first])
    const after = sandbox.commit({ a: '3' })
    sandbox.push('main')
    await repository.fetch()
    expect(await repository.resolve('main')).toBe(after)
    expect(await repository.isAncestor(before, after)).toBe(false)
    expect((await repository.commit(before)).parents).toEqual([first])
  })

  it.each([
    ['emptied packs and objects', (folder: string) => emptyObjects(join(folder, 'objects'))],
    ['no objects at all', (folder: string) => rmSync(join(folder, 'objects'), { recursive: true })],
    ['a stale lock', (folder: string) => writeFileSync(join(folder, 'refs/remotes/origin/main.lock'), '')],
    ['a HEAD that says nothing', (folder: string) => writeFileSync(join(folder, 'HEAD'), '')],
  ])('F55 a mirror with %s never says that nothing changed, and is whole again', async (_, damage) => {
    sandbox.commit({ a: 'text'.repeat(100) })
    sandbox.push('main')
    const repository = await open()
    damage(mirrorFolder())
    const second = sandbox.commit({ b: '1' })
    sandbox.push('main')
    await repository.fetch().catch(() => undefined)
    await repository.fetch()
    expect(await repository.resolve('main')).toBe(second)
    expect(await textAt(repository, second, 'a')).toBe('text'.repeat(100))
  })

  it('F55 what cannot be stored is an error with its cause', async () => {
    const head = sandbox.commit({ a: '1' })
    sandbox.push('main')
    const repository = await open()
    const objects = join(mirrorFolder(), 'objects')
    for (let byte = 0; byte < 256; byte += 1) {
      const folder = join(objects, byte.toString(16).padStart(2, '0'))
      rmSync(folder, { recursive: true, force: true })
      writeFileSync(folder, 'in the way')
    }
    await expect(repository.writeTree(head, { b: 'new' })).rejects.toMatchObject({ name: 'AdapterError' })
  })

  it('F56 a branch that was made again elsewhere is where it is now', async () => {
    sandbox.commit({ a: '1' })
    sandbox.push('main', 'main:topic')
    const repository = await open()
    sandbox.push(':topic')
    await repository.fetch()
    expect(await repository.resolve('topic')).toBeUndefined()
    const second = sandbox.commit({ a: '2' })
    sandbox.push('main:topic')
    await repository.fetch()
    expect(await repository.resolve('topic')).toBe(second)
  })

  it('F57 a remote that never answers ends in an error', async () => {
    const server = createServer(() => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`
    const git = sandbox.git({ patience: { answerMs: 50, transferMs: 300 } })
    await expect(open({ ...sandbox.remote, url }, git)).rejects.toMatchObject({
      name: 'AdapterError',
      retryable: true,
      message: expect.stringContaining('exceeded its limit of time'),
    })
    server.closeAllConnections()
    server.close()
  })
})

function emptyObjects(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    rmSync(path)
    writeFileSync(path, '')
  }
}
