import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rendererPlaces } from '../../../src/adapters/renderers/renderer-places.ts'
import { openSandbox, type Sandbox } from '../../../src/adapters/renderers/sandbox.ts'
import { seccompFilter } from '../../../src/adapters/renderers/seccomp-filter.ts'
import { findTools } from '../../../src/adapters/renderers/tools.ts'
import { programs } from '../../programs.ts'
import { hasPinnedTools } from './open-renderer.ts'

describe('the filter of system calls', () => {
  it.each(['x64', 'arm64'])('is a program whose jumps stay inside: %s', (machine) => {
    const filter = seccompFilter(machine) ?? new Uint8Array()
    const steps = Array.from({ length: filter.length / 8 }, (_, index) => {
      const [code = 0, , ifTrue = 0, ifFalse = 0] = filter.subarray(index * 8, index * 8 + 8)
      return { code, ifTrue, ifFalse }
    })
    expect(filter.length % 8).toBe(0)
    expect(steps.at(-1)?.code).toBe(0x06)
    for (const [index, { ifTrue, ifFalse }] of steps.entries()) {
      expect(index + 1 + Math.max(ifTrue, ifFalse)).toBeLessThan(
        steps.length + (steps[index]?.code === 0x06 ? 1 : 0),
      )
    }
  })

  it('is not made for machines whose numbers are not known', () => {
    expect(seccompFilter('riscv64')).toBeUndefined()
  })
})

const go = spawnSync('go', ['version'], { encoding: 'utf8' })
const bwrap = spawnSync('bwrap', ['--version'], { encoding: 'utf8' })
const missing = [...(go.status === 0 ? [] : ['go']), ...(bwrap.status === 0 ? [] : ['bwrap'])]
const why = missing.length === 0 ? '' : ` (did not run: ${missing.join(' and ')} not on PATH)`

describe.runIf(hasPinnedTools && missing.length === 0)(`a hostile tool in the sandbox${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-sandbox-test-'))
  const job = join(folder, 'job')
  const canary = join(folder, 'canary', 'secret')
  const binary = join(folder, 'probe')
  let sandbox: Sandbox
  let server: Server
  let connections = 0

  beforeAll(async () => {
    for (const each of [join(job, 'files'), join(job, 'tmp'), join(folder, 'canary')]) {
      mkdirSync(each, { recursive: true })
    }
    writeFileSync(canary, 'CANARY')
    const built = spawnSync('go', ['build', '-o', binary, '.'], {
      cwd: join(import.meta.dirname, 'probe'),
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' },
      encoding: 'utf8',
    })
    if (built.status !== 0) throw new Error(built.stderr)
    const { platform, arch } = process
    const places = rendererPlaces(process.env, { platform, arch, temporaryFolder: tmpdir() })
    const children = programs
    const { kubectl } = await findTools({ children, ...places, suffix: String(process.pid) })
    sandbox = await openSandbox(children, places.searchPath, {
      kubectl,
      folder: mkdtempSync(join(folder, 'start-')),
    })
    server = createServer(() => (connections += 1)).listen(0, '127.0.0.1')
  }, 120_000)
  afterAll(() => {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const run = (...arguments_: string[]) => sandbox.run({ binary, arguments: arguments_, folder: job })
  const alive = (marker: string) =>
    readdirSync('/proc')
      .filter((name) => /^[0-9]+$/.test(name))
      .filter((id) => {
        try {
          return readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(marker)
        } catch {
          return false
        }
      })

  it('was found closed when it was opened', () => {
    expect(sandbox.description).toMatchObject({ kind: 'bubblewrap' })
  })

  it('is denied network, files, programs and the calls that lead out', async () => {
    process.env.DRAWBRIDGE_TEST_CANARY = 'CANARY'
    const address = server.address()
    const port = typeof address === 'object' && address ? String(address.port) : ''
    const { exitCode, stdout, stderr } = await run('tries', port, canary)
    const tries = new TextDecoder().decode(stdout).trim().split('\n')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(tries.length).toBeGreaterThan(35)
    expect(tries.filter((line) => !line.endsWith(': denied'))).toEqual([])
    expect(connections).toBe(0)
  })

  it('leaves no process behind', async () => {
    const marker = `drawbridge-linger-${process.pid}`
    const { stdout } = await run('daemon', marker)
    expect(new TextDecoder().decode(stdout)).toBe('daemon: ALLOWED\n')
    // The kernel ends what is left in the namespace after its first process; it may take a moment.
    await expect.poll(() => alive(marker)).toEqual([])
  })

  it('is ended when it takes all memory, or prints without end', async () => {
    const before = process.memoryUsage().rss
    expect((await run('memory')).exitCode).not.toBe(0)
    expect(await run('output')).toMatchObject({ exceeded: 'output' })
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024)
  }, 60_000)
})
