import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mostPlots, plotsToRemove } from '../../src/features/rollback/plots-to-remove.ts'
import type { Ports } from '../../src/journeys/ports.ts'
import { writePlot } from '../../src/journeys/perform/write-plot.ts'
import type { GitRepository } from '../../src/ports/git.ts'
import { gitSandbox } from '../adapters/git/git-sandbox.ts'
import { aPull, drawbridge, shop } from '../builders.ts'

// | there are                | of them go                                |
// | as many as there may be  | none                                      |
// | more                     | the oldest                                |
// | more, of open reverts    | those stay, and do not count              |
describe('plotsToRemove', () => {
  it.each`
    case                     | paths                                   | open     | removed
    ${'none'}                | ${[]}                                   | ${[]}    | ${[]}
    ${'at the limit'}        | ${['c.svg', 'b.svg']}                   | ${[]}    | ${[]}
    ${'one too many'}        | ${['c.svg', 'b.svg', 'a.svg']}          | ${[]}    | ${['a.svg']}
    ${'the oldest is open'}  | ${['c.svg', 'b.svg', 'a.svg']}          | ${['a']} | ${[]}
    ${'a newer one is open'} | ${['d.svg', 'c.svg', 'b.svg', 'a.svg']} | ${['c']} | ${['a.svg']}
  `('$case', ({ paths, open, removed }) => {
    expect(plotsToRemove(paths, new Set(open), 2)).toEqual(removed)
  })
})

describe('the branch of pictures', () => {
  const sandbox = gitSandbox()
  let git: GitRepository
  let ports: Ports
  beforeAll(async () => {
    sandbox.commit({ 'README.md': 'shop\n' })
    sandbox.push('main')
    // As it was written before pictures went: without a list.
    const old = Object.fromEntries(
      Array.from({ length: mostPlots + 1 }, (_, index) => [
        `prod/old-${String(index).padStart(3, '0')}.svg`,
        '<svg/>',
      ]),
    )
    sandbox.run(['checkout', '-q', '--orphan', 'plots'])
    sandbox.run(['rm', '-rfq', '.'])
    sandbox.commit(old)
    sandbox.push('plots:drawbridge/plots')
    git = await sandbox.git().open(sandbox.remote)
    await git.fetch()
    const open = aPull({ headBranch: 'drawbridge/revert/prod/old-100' })
    ports = {
      repository: async () => git,
      github: { openPulls: async () => [open] },
      clock: { now: () => 0 },
      self: { actor: drawbridge, sign: () => '-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n' },
    } as unknown as Ports
  })
  afterAll(async () => {
    await git.close()
    sandbox.remove()
  })

  const show = (path: string, svg = '<svg>1</svg>') =>
    writePlot(ports, { kind: 'keep-plot', repository: shop, path, svg })
  const shown = async (commit: string) => (await git.tree(commit)).entries.map(({ path }) => path)

  it('keeps the newest and those of open reverts', async () => {
    const { commit: first } = await show('prod/new-1.svg')
    const { commit: second } = await show('prod/new-2.svg')
    const paths = await shown(second)
    expect(paths).toHaveLength(mostPlots + 1)
    expect(paths).toEqual(expect.arrayContaining(['prod/new-1.svg', 'prod/new-2.svg', 'prod/old-100.svg']))
    expect(paths).not.toContain('prod/old-099.svg')
    expect((await git.commit(second)).parents).toEqual([first])
    expect(await git.resolve('refs/heads/drawbridge/plots')).toBe(second)
    expect((await git.commit(second)).message).toMatch(
      /^show prod\/new-2\.svg\n\nprod\/new-2\.svg\nprod\/new-1\.svg\nprod\/old-000/,
    )
  })

  it('writes the same picture once, and another of the same release in its place', async () => {
    const { commit } = await show('prod/new-2.svg')
    expect(await show('prod/new-2.svg')).toEqual({ commit })
    const { commit: other } = await show('prod/new-2.svg', '<svg>2</svg>')
    expect(other).not.toBe(commit)
    expect(await shown(other)).toHaveLength(mostPlots + 1)
  })
})
