import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GitRepository } from '../../../src/ports/git.ts'
import { gitSandbox } from './git-sandbox.ts'

const files = { a: '1', 'a.b': '2', 'a-b': '3', 'c/x': '4', 'c-': '5', c0: '6', 'ü/ß': '7', 'd/e/f/g': '8' }

describe.each(['sha1', 'sha256'] as const)('objects written without git (%s)', (format) => {
  let sandbox: ReturnType<typeof gitSandbox>
  let repository: GitRepository
  const gitTree = () => {
    sandbox.run(['add', '-A'])
    return sandbox.run(['write-tree'])
  }

  beforeAll(async () => {
    sandbox = gitSandbox()
    if (format === 'sha256') {
      rmSync(join(sandbox.work, '.git'), { recursive: true })
      sandbox.run(['init', '-q', '-b', 'main', '--object-format=sha256', '.'])
    }
    sandbox.commit({ first: '' })
    repository = await sandbox.git().open(sandbox.local)
  })
  afterAll(async () => {
    await repository.close()
    sandbox.remove()
  })

  it('have git’s own ids: blobs, commits, and trees in git’s order', async () => {
    const empty = await repository.writeTree(undefined, {})
    expect(empty).toBe(sandbox.run(['hash-object', '-t', 'tree', '/dev/null']))
    sandbox.commit({ ...files, first: null })
    expect(await repository.writeTree(undefined, files)).toBe(gitTree())
  })

  it('replace files by folders and folders by files, and leave no folder empty', async () => {
    const base = sandbox.commit(files)
    for (const path of ['a', 'c', 'd']) rmSync(join(sandbox.work, path), { recursive: true })
    const written = sandbox.commit({ 'a/b': 'x', c: 'y' })
    const tree = await repository.writeTree(base, { a: null, 'a/b': 'x', c: 'y', 'd/e/f/g': null })
    expect(tree).toBe(sandbox.run(['rev-parse', `${written}^{tree}`]))
  })

  it('put in what the repository has already, with its mode', async () => {
    const base = await repository.writeTree(undefined, files)
    const entry = { id: sandbox.run(['hash-object', '-w', '--stdin']), mode: '100755' }
    const tree = await repository.writeTree(base, { 'd/run': entry, a: entry, 'c/x': null })
    const rows = (await repository.tree(tree)).entries.filter(({ id }) => id === entry.id)
    expect(rows.map(({ path, mode }) => `${mode} ${path}`)).toEqual(['100755 a', '100755 d/run'])
  })

  it('leave alone what is not there, and folders that are deleted like files', async () => {
    const tree = await repository.writeTree(undefined, files)
    const nothing = { nothing: null, 'no/where': null, 'none/': null, c: null }
    expect(await repository.writeTree(tree, nothing)).toBe(tree)
    expect(await repository.writeTree(tree, { 'd/e/': null })).toBe(
      await repository.writeTree(tree, { 'd/': null }),
    )
  })

  it('keep names that are no UTF-8, symlinks and submodules as they are', async () => {
    const head = sandbox.run(['rev-parse', 'HEAD'])
    const text = (name: string) => sandbox.run(['rev-parse', `HEAD:${name}`])
    const stage = (mode: string, id: string, path: string) =>
      sandbox.run(['update-index', '--add', '--cacheinfo', `${mode},${id},${path}`])
    writeFileSync(Buffer.concat([Buffer.from(`${sandbox.work}/f`), Buffer.from([0xff, 0x67])]), 'raw')
    sandbox.run(['add', '-A'])
    stage('160000', head, 'module')
    stage('120000', text('a-b'), 'link')
    stage('100755', text('a.b'), 'tool')
    const before = sandbox.run(['write-tree'])
    stage('100755', text('a-b'), 'tool')
    stage('100644', text('a-b'), 'deep/new')
    const expected = sandbox.run(['write-tree'])
    expect(await repository.writeTree(before, { tool: '3', 'deep/new': '3' })).toBe(expected)
  })
})
