import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { ChildProcesses, Command, CommandResult, RunningProcess } from '../../ports/child-process.ts'

/** For commands that name no limits: nothing of ours runs longer or prints more. */
const defaultLimits = { timeoutMs: 120_000, stdoutBytes: 256 * 1024 * 1024, stderrBytes: 64 * 1024 }

/** How long the exit of a killed process group may take before the pipes are closed on it. */
const killGraceMs = 2_000

/**
 * Runs programs of the machine. Each is the leader of its own process group, and whatever ends it early ends the
 * whole group. What it prints to stderr beyond the limit is cut off; stdout beyond the limit ends it.
 */
export function createChildProcesses(): ChildProcesses {
  return { run, start }
}

async function run(command: Command): Promise<CommandResult> {
  const limits = command.limits ?? defaultLimits
  const child = launch(command)
  const stdout: Uint8Array[] = []
  const stderr: Uint8Array[] = []
  let stdoutBytes = 0
  let stderrBytes = 0
  let exceeded: CommandResult['exceeded']

  const stop = (reason?: CommandResult['exceeded']) => {
    exceeded ??= reason
    killGroup(child)
    setTimeout(() => [child.stdout, child.stderr].forEach((pipe) => pipe.destroy()), killGraceMs).unref()
  }
  const timer = setTimeout(() => stop('time'), limits.timeoutMs)
  const onAbort = () => stop()
  command.signal?.addEventListener('abort', onAbort, { once: true })
  if (command.signal?.aborted) stop()

  child.stdout.on('data', (chunk: Uint8Array) => {
    stdoutBytes += chunk.length
    if (stdoutBytes > limits.stdoutBytes) stop('output')
    else stdout.push(chunk)
  })
  child.stderr.on('data', (chunk: Uint8Array) => {
    if (stderrBytes < limits.stderrBytes) stderr.push(chunk.subarray(0, limits.stderrBytes - stderrBytes))
    stderrBytes += chunk.length
  })
  child.stdin.end(command.stdin ?? '')

  try {
    const exitCode = await exitOf(child, command.file)
    const output = Buffer.concat(stdout)
    return {
      exitCode,
      stdout: output,
      stderr: Buffer.concat(stderr).toString('utf8'),
      ...(exceeded && { exceeded }),
    }
  } finally {
    clearTimeout(timer)
    command.signal?.removeEventListener('abort', onAbort)
  }
}

function start(command: Omit<Command, 'stdin' | 'limits'>): RunningProcess {
  const child = launch(command)
  const stop = () => killGroup(child)
  command.signal?.addEventListener('abort', stop, { once: true })
  if (command.signal?.aborted) stop()
  child.stderr.resume()
  const exited = exitOf(child, command.file)
  // Who only reads `output` learns of the end there; an unread rejection must not end our own process.
  exited.catch(() => undefined).finally(() => command.signal?.removeEventListener('abort', stop))
  return {
    write: (data) => void child.stdin.write(data),
    output: child.stdout as AsyncIterable<Uint8Array>,
    stop,
    exited,
  }
}

function launch(command: Omit<Command, 'stdin' | 'limits'>): ChildProcessWithoutNullStreams {
  const child = spawn(command.file, command.arguments, {
    cwd: command.cwd,
    env: command.environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    shell: false,
    detached: true,
    windowsHide: true,
  })
  // A program may end without reading its input; its exit code tells what came of it.
  child.stdin.on('error', () => undefined)
  return child
}

/** The exit code, once the pipes are closed too; 128 + 9 stands for a kill, as shells have it. */
function exitOf(child: ChildProcessWithoutNullStreams, file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const message =
        cause.code === 'ENOENT'
          ? 'there is no such program here; install it or set its path'
          : `it could not be started (${cause.code ?? 'unknown cause'})`
      reject(
        new AdapterError({
          system: systemOf(file),
          operation: 'start',
          target: file,
          retryable: false,
          message,
          cause,
        }),
      )
    })
    child.once('close', (code) => resolve(code ?? 137))
  })
}

function systemOf(file: string): 'git' | 'renderer' {
  return file === 'git' || file.endsWith('/git') ? 'git' : 'renderer'
}

function killGroup(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group is gone already.
  }
}
