import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createForkServer } from '../../../src/adapters/system/fork-server.ts'
import { createChildProcesses } from '../../../src/adapters/system/system-child-processes.ts'

const forkServer = createForkServer()
const children = createChildProcesses(forkServer.launch)
afterAll(() => forkServer.close())
afterEach(() => vi.unstubAllEnvs())

const limits = { timeoutMs: 10_000, stdoutBytes: 1_000_000, stderrBytes: 1_000 }
const script = (text: string) => ({
  file: process.execPath,
  arguments: ['-e', text],
  environment: {},
  limits,
})

describe('a fork server', () => {
  it('starts many programs at once, each with its own pipes', async () => {
    const numbers = Array.from({ length: 20 }, (_, number) => String(number))
    const echo = { file: 'cat', arguments: [], environment: { PATH: process.env.PATH ?? '' }, limits }
    const results = await Promise.all(numbers.map((stdin) => children.run({ ...echo, stdin })))
    expect(results.map(({ stdout }) => Buffer.from(stdout).toString())).toEqual(numbers)
  })

  it('hands over what a program printed that ended while this process was busy', async () => {
    const running = children.run(script('process.stdout.write("done")'))
    // As long as it takes for the request to leave.
    await new Promise(setImmediate)
    const until = performance.now() + 500
    while (performance.now() < until);
    const { exitCode, stdout } = await running
    expect({ exitCode, stdout: Buffer.from(stdout).toString() }).toEqual({ exitCode: 0, stdout: 'done' })
  })

  it('says that a program was lost with it, and is started again', async () => {
    const fatal = children.run(script('process.kill(process.ppid, "SIGKILL"); setTimeout(() => {}, 300)'))
    await expect(fatal).rejects.toMatchObject({ name: 'AdapterError', retryable: true })
    expect(await children.run(script('process.exit(4)'))).toMatchObject({ exitCode: 4 })
  })

  it('says what it needs where there is no folder for temporary files, and tries again', async () => {
    const own = createForkServer()
    const { run } = createChildProcesses(own.launch)
    vi.stubEnv('TMPDIR', '/no/such/folder')
    await expect(run(script(''))).rejects.toThrow(/cannot be started \(ENOENT\); .* \(TMPDIR\)/)
    vi.unstubAllEnvs()
    expect(await run(script('process.exit(4)'))).toMatchObject({ exitCode: 4 })
    await own.close()
  })

  it('keeps no process alive that has nothing else to do', async () => {
    const folder = new URL('../../../src/adapters/system/', import.meta.url)
    const text = `
      const { createForkServer } = await import('${new URL('fork-server.ts', folder).href}')
      const { createChildProcesses } = await import('${new URL('system-child-processes.ts', folder).href}')
      const children = createChildProcesses(createForkServer().launch)
      const { exitCode } = await children.run({ file: process.execPath, arguments: ['-e', 'process.exit(5)'], environment: {} })
      process.exitCode = exitCode`
    const words = ['--input-type=module', '-e', text]
    const result = await children.run({ ...script(''), arguments: words })
    expect(result).toEqual({ exitCode: 5, stdout: Buffer.alloc(0), stderr: '' })
  })

  it('ends once nobody needs it', async () => {
    const own = createForkServer()
    const parent = await createChildProcesses(own.launch).run(
      script('process.stdout.write(`${process.ppid}`)'),
    )
    await own.close()
    expect(() => process.kill(Number(Buffer.from(parent.stdout)), 0)).toThrow('ESRCH')
  })
})
