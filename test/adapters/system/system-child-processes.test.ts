import { afterAll, describe, expect, it } from 'vitest'
import { createForkServer } from '../../../src/adapters/system/fork-server.ts'
import { createChildProcesses } from '../../../src/adapters/system/system-child-processes.ts'

const forkServer = createForkServer()
afterAll(() => forkServer.close())
const node = process.execPath
const limits = { timeoutMs: 5_000, stdoutBytes: 1_000_000, stderrBytes: 20 }

function script(text: string, more: object = {}) {
  return { file: node, arguments: ['-e', text], environment: {}, limits, ...more }
}

describe.each([
  { from: 'this process', children: createChildProcesses() },
  { from: 'a fork server', children: createChildProcesses(forkServer.launch) },
])('run, started from $from', ({ children }) => {
  it('gives the exit code as a value, the output and the input', async () => {
    const result = await children.run(
      script('process.stdin.on("data", (d) => process.stdout.write(d)).on("end", () => process.exit(3))', {
        stdin: 'hello',
      }),
    )
    expect({ ...result, stdout: Buffer.from(result.stdout).toString() }).toEqual({
      exitCode: 3,
      stdout: 'hello',
      stderr: '',
    })
  })

  it('inherits nothing of our environment', async () => {
    const result = await children.run(script('console.log(process.env.HOME, process.env.GIVEN)'))
    expect(Buffer.from(result.stdout).toString()).toBe('undefined undefined\n')
  })

  it('never takes an argument for a shell', async () => {
    const result = await children.run({
      ...script('console.log(process.argv.at(-1))'),
      arguments: ['-e', 'console.log(process.argv.at(-1))', '$(id); `id`'],
    })
    expect(Buffer.from(result.stdout).toString()).toBe('$(id); `id`\n')
  })

  it('cuts stderr at its limit and goes on', async () => {
    const result = await children.run(script('process.stderr.write("x".repeat(100000))'))
    expect(result).toMatchObject({ exitCode: 0, stderr: 'x'.repeat(20) })
  })

  it('ends a program that prints too much', async () => {
    const result = await children.run(
      script('for (;;) process.stdout.write("x".repeat(65536))', {
        limits: { ...limits, stdoutBytes: 100_000 },
      }),
    )
    expect(result.exceeded).toBe('output')
    expect(result.stdout.length).toBeLessThanOrEqual(100_000)
  })

  it('ends the whole group when the time is over, also a grandchild that holds the pipe', async () => {
    const grandchild = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })`
    const result = await children.run(
      script(`${grandchild}; setInterval(() => {}, 1000)`, { limits: { ...limits, timeoutMs: 300 } }),
    )
    expect(result).toMatchObject({ exitCode: 137, exceeded: 'time' })
  })

  it('ends when the signal aborts', async () => {
    const controller = new AbortController()
    const running = children.run(script('setInterval(() => {}, 1000)', { signal: controller.signal }))
    controller.abort()
    expect(await running).toMatchObject({ exitCode: 137 })
  })

  it('says which program is missing', async () => {
    await expect(children.run({ ...script(''), file: 'no-such-program' })).rejects.toMatchObject({
      name: 'AdapterError',
      retryable: false,
      message: expect.stringContaining('no-such-program: there is no such program here'),
    })
  })

  it('survives a program that does not read its input', async () => {
    const result = await children.run(script('process.exit(0)', { stdin: new Uint8Array(10_000_000) }))
    expect(result.exitCode).toBe(0)
  })
})

describe('start', () => {
  const children = createChildProcesses()

  it('answers request after request and can be stopped', async () => {
    const running = children.start(script('process.stdin.pipe(process.stdout)'))
    const output = running.output[Symbol.asyncIterator]()
    for (const word of ['one', 'two']) {
      running.write(word)
      const { value } = await output.next()
      expect(Buffer.from(value ?? []).toString()).toBe(word)
    }
    running.stop()
    expect(await running.exited).toBe(137)
  })
})
