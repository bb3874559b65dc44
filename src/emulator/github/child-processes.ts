import { spawn } from 'node:child_process'
import type { ChildProcesses, Command, CommandResult } from '../../ports/child-process.ts'

/** Runs git for an emulator that was handed no child processes. */
export function createOwnChildProcesses(): ChildProcesses {
  return {
    run: (command) =>
      new Promise<CommandResult>((resolve, reject) => {
        const child = start(command)
        const stdout: Buffer[] = []
        const stderr: Buffer[] = []
        child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
        child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
        child.on('error', reject)
        child.on('close', (code) =>
          resolve({
            exitCode: code ?? 128,
            stdout: Buffer.concat(stdout),
            stderr: Buffer.concat(stderr).toString(),
          }),
        )
        // A program that ends before it has read everything closes the pipe; its exit code tells.
        child.stdin.on('error', () => undefined)
        child.stdin.end(command.stdin)
      }),
    start(command) {
      const child = start(command)
      return {
        write: (data) => void child.stdin.write(data),
        output: child.stdout,
        stop: () => void child.kill(),
        exited: new Promise((resolve) => child.on('close', (code) => resolve(code ?? 128))),
      }
    },
  }
}

function start(command: Command) {
  return spawn(command.file, command.arguments, {
    cwd: command.cwd,
    env: command.environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: command.signal,
  })
}
