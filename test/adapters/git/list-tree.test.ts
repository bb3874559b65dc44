import { chmodSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKnownTrees } from '../../../src/adapters/git/known-trees.ts'
import type { GitEntry, GitTree } from '../../../src/domain/repository-files.ts'
import { gitSandbox } from './git-sandbox.ts'

let sandbox: ReturnType<typeof gitSandbox>

beforeEach(() => {
  sandbox = gitSandbox()
})

afterEach(() => sandbox.remove())

/** Names that sort differently by bytes, by UTF-16 units and with a slash behind them. */
const start = {
  'a/x.yaml': '1',
  'a-b/x.yaml': '2',
  'a.b': '3',
  'ü/é.yaml': '4',
  '\uFF5E.yaml': '5',
  '\u{1F600}.yaml': '6',
  'keep/one.yaml': '7',
  'keep/two.yaml': '7',
}

describe('a listing made from what differs to one that is known', () => {
  const steps: [string, () => void][] = [
    ['a file changes', () => sandbox.commit({ 'a/x.yaml': 'changed' })],
    ['files come between others', () => sandbox.commit({ a0: '', 'a/0': '', 'ü/a': '', '\uFF5Ea': 'x' })],
    ['files go', () => sandbox.commit({ 'a-b/x.yaml': null, '\u{1F600}.yaml': null })],
    ['a file becomes a folder', () => sandbox.commit({ 'a.b': null, 'a.b/deep/er.yaml': 'x' })],
    ['a folder becomes a file', () => rmSync(join(sandbox.work, 'a'), { recursive: true })],
    ['a mode changes', () => chmodSync(join(sandbox.work, 'keep/one.yaml'), 0o755)],
    ['a link comes', () => symlinkSync('keep', join(sandbox.work, 'link'))],
    [
      'a submodule comes',
      () => sandbox.run(['update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`]),
    ],
  ]

  it.each(steps)('is the whole listing where %s', async (_, edit) => {
    const before = sandbox.commit(start)
    edit()
    if (sandbox.run(['ls-files', 'module']) === '') sandbox.run(['add', '-A'])
    sandbox.run(['commit', '-q', '--allow-empty', '-m', 'after'])
    const after = sandbox.run(['rev-parse', 'HEAD'])

    const [known, fresh] = await Promise.all([open(), open()])
    const base = await known.tree(before)
    const made = await known.tree(after)
    expect(made).toEqual(await fresh.tree(after))
    expect(made).not.toEqual({ ...base, id: made.id })
    const kept = made.entries.find(({ path }) => path === 'keep/two.yaml')
    expect(kept).toBe(base.entries.find(({ path }) => path === 'keep/two.yaml'))
    await Promise.all([known.close(), fresh.close()])
  })

  it('is whole where the known one is gone from the repository', async () => {
    const before = sandbox.commit(start)
    const repository = await open()
    await repository.tree(before)
    sandbox.run(['checkout', '-q', '--orphan', 'other'])
    const after = sandbox.commit({ 'keep/one.yaml': 'new' })
    sandbox.run(['branch', '-q', '-D', 'main'])
    sandbox.run(['reflog', 'expire', '--expire=now', '--all'])
    sandbox.run(['gc', '-q', '--prune=now'])
    const fresh = await open()
    expect(await repository.tree(after)).toEqual(await fresh.tree(after))
    await Promise.all([repository.close(), fresh.close()])
  })

  const open = () => sandbox.git().open(sandbox.local)
})

describe('the listings that are kept', () => {
  const entry = (path: string, size = 700): GitEntry => ({ path, mode: '100644', id: path, size })
  const tree = (id: string, entries: GitEntry[]): GitTree => ({ id, entries })

  it('are those used last, as far as the limit goes, and always the newest', () => {
    const known = createKnownTrees(2_500)
    const add = (id: string, own: GitEntry[]) =>
      known.put('r', { tree: tree(id, own), rootNames: ['a'], own })
    add('one', [entry('a')])
    add('two', [entry('b')])
    known.get('one')
    add('three', [entry('c')])
    expect(['one', 'two', 'three'].map((id) => known.get(id)?.id)).toEqual(['one', undefined, 'three'])
    add('huge', [entry('a', 900_000)])
    expect(['one', 'three', 'huge'].map((id) => known.get(id)?.id)).toEqual([undefined, undefined, 'huge'])
  })

  it('are compared with only where they are of the same repository and look alike', () => {
    const known = createKnownTrees()
    const add = (repository: string, id: string, rootNames: string[]) =>
      known.put(repository, { tree: tree(id, []), rootNames, own: [] })
    add('r', 'main', ['apps', 'charts', 'README.md'])
    add('r', 'ledger', ['cluster', 'seen.json'])
    add('s', 'other', ['apps', 'charts', 'docs'])
    expect(known.nearest('r', ['apps', 'charts', 'docs'])?.id).toBe('main')
    expect(known.nearest('r', ['cluster', 'controls.json'])?.id).toBe('ledger')
    expect(known.nearest('r', ['docs', 'src', 'apps'])).toBeUndefined()
    expect(known.nearest('t', ['apps'])).toBeUndefined()
  })
})
