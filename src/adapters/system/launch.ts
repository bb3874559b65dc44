import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Command } from '../../ports/child-process.ts'
import { AdapterError } from '../../ports/adapter-error.ts'

/** What of a command the start of it needs. */
export type Program = Pick<Command, 'file' | 'arguments' | 'cwd' | 'environment'>

/** A program that was started, the leader of its own process group. */
export interface Launched {
  stdin: Writable
  stdout: Readable
  stderr: Readable
  /** Ends the whole group. */
  kill(): void
  /** The exit code, once the pipes are closed too; 128 + 9 stands for a kill, as shells have it. */
  exited: Promise<number>
}

/** How a program is started: from this process, or from a smaller one. Rejects with AdapterError. */
export type Launch = (program: Program) => Promise<Launched>

export const optionsOf = ({ cwd, environment }: Program) => ({
  cwd,
  env: environment,
  shell: false,
  detached: true,
  windowsHide: true,
})

/** Starts it as a child of this process. */
export function launchHere(program: Program): Launched {
  const child = spawn(program.file, program.arguments, { ...optionsOf(program), stdio: 'pipe' })
  // A program may end without reading its input; its exit code tells what came of it.
  child.stdin.on('error', () => undefined)
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    kill: () => killGroup(child.pid),
    exited: exitOf(child, program.file),
  }
}

export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group is gone already.
  }
}

/** `cause` has the code of the system, `ENOENT`. */
export function notStarted(file: string, cause: { code?: string | undefined }): AdapterError {
  const message =
    cause.code === 'ENOENT'
      ? 'there is no such program here; install it or set its path'
      : `it could not be started (${cause.code ?? 'unknown cause'})`
  return startFault(file, { message, retryable: false, cause })
}

export function startFault(
  file: string,
  fault: { message: string; retryable: boolean; cause?: unknown },
): AdapterError {
  return new AdapterError({ system: systemOf(file), operation: 'start', target: file, ...fault })
}

function systemOf(file: string): 'git' | 'renderer' {
  return file === 'git' || file.endsWith('/git') ? 'git' : 'renderer'
}

function exitOf(child: ChildProcessWithoutNullStreams, file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => reject(notStarted(file, cause)))
    child.once('close', (code) => resolve(code ?? 137))
  })
}
