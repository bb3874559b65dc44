import type { ChildProcesses, Command, CommandResult, RunningProcess } from '../../ports/child-process.ts'
import { type Launch, launchHere } from './launch.ts'

/** For commands that name no limits: nothing of ours runs longer or prints more. */
const defaultLimits = { timeoutMs: 120_000, stdoutBytes: 256 * 1024 * 1024, stderrBytes: 64 * 1024 }

/** How long the exit of a killed process group may take before the pipes are closed on it. */
const killGraceMs = 2_000

/**
 * Runs programs of the machine; `launch` starts those that run to their end. Each is the leader of its own process group, and whatever ends it early ends the
 * whole group. What it prints to stderr beyond the limit is cut off; stdout beyond the limit ends it.
 */
export function createChildProcesses(
  launch: Launch = async (program) => launchHere(program),
): ChildProcesses {
  return { run: (command) => run(launch, command), start }
}

async function run(launch: Launch, command: Command): Promise<CommandResult> {
  const limits = command.limits ?? defaultLimits
  const { file, arguments: words, cwd, environment } = command
  const child = await launch({ file, arguments: words, cwd, environment })
  const stdout: Uint8Array[] = []
  const stderr: Uint8Array[] = []
  let stdoutBytes = 0
  let stderrBytes = 0
  let exceeded: CommandResult['exceeded']

  const stop = (reason?: CommandResult['exceeded']) => {
    exceeded ??= reason
    child.kill()
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
    const exitCode = await child.exited
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
  const child = launchHere(command)
  const stop = child.kill
  command.signal?.addEventListener('abort', stop, { once: true })
  if (command.signal?.aborted) stop()
  child.stderr.resume()
  // Who only reads `output` learns of the end there; an unread rejection must not end our own process.
  child.exited.catch(() => undefined).finally(() => command.signal?.removeEventListener('abort', stop))
  return {
    write: (data) => void child.stdin.write(data),
    output: child.stdout as AsyncIterable<Uint8Array>,
    stop,
    exited: child.exited,
  }
}
