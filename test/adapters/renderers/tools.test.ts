import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pinnedTools } from '../../../src/adapters/renderers/pinned-tools.ts'
import { findTools, type ToolOptions } from '../../../src/adapters/renderers/tools.ts'
import { programs } from '../../programs.ts'

describe('findTools', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-tools-test-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const options = (more: Partial<ToolOptions>): ToolOptions => ({
    children: programs,
    platform: 'linux-x64',
    cacheFolders: ['/dev/null/never-a-folder', join(folder, 'cache')],
    searchPath: [],
    suffix: 'one',
    ...more,
  })

  it('unpacks what is missing or changed, also when two processes do so at once', async () => {
    const target = join(folder, 'cache', pinnedTools.archiveDigest.slice(0, 16))
    await mkdir(target, { recursive: true })
    await writeFile(join(target, 'helm'), 'tampered with')
    const [first, second] = await Promise.all([findTools(options({})), findTools(options({ suffix: 'two' }))])
    expect(first).toEqual(second)
    expect(first.helm).toBe(join(target, 'helm'))
    const helm = createHash('sha256')
      .update(await readFile(first.helm))
      .digest('hex')
    expect(helm).toBe(pinnedTools.binaries.helm.digest)
    expect((await stat(first.helm)).mode & 0o777).toBe(0o755)
    expect((await readdir(target)).toSorted()).toEqual(['helm', 'kubectl'])
  }, 60_000)

  it('says so where no folder can be written', async () => {
    await expect(findTools(options({ cacheFolders: ['/dev/null/never-a-folder'] }))).rejects.toThrow(
      /XDG_CACHE_HOME/,
    )
  })

  it('takes the tools on PATH on other platforms, when they are new enough', async () => {
    await program('kubectl', `echo '{"clientVersion":{"gitVersion":"v1.36.0"},"kustomizeVersion":"v5.8.1"}'`)
    const elsewhere = options({ platform: 'darwin-arm64', searchPath: [folder] })
    await expect(findTools(elsewhere)).rejects.toThrow(/helm is not on PATH; install helm v4/)
    await program('helm', 'echo v3.2.0')
    await expect(findTools(elsewhere)).rejects.toThrow(/helm v3.2.0 is too old/)
    await program('helm', 'echo v3.18.0')
    expect((await findTools(elsewhere)).versions).toEqual({
      kubectl: 'v1.36.0',
      kustomize: 'v5.8.1',
      helm: 'v3.18.0',
    })
  })

  async function program(name: string, line: string): Promise<void> {
    await writeFile(join(folder, name), `#!/bin/sh\n${line}\n`)
    await chmod(join(folder, name), 0o755)
  }
})
