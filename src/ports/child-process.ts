/** Child processes are handed in, so that a simulation can stand in their place. Never a shell. */
export interface ChildProcesses {
  /** Runs to the end. A non-zero exit code is a value, not an error; a program that is not there throws AdapterError. */
  run(command: Command): Promise<CommandResult>
  /** Starts a program that stays, for request and answer over its pipes. */
  start(command: Omit<Command, 'stdin' | 'limits'>): RunningProcess
}

export interface Command {
  file: string
  arguments: string[]
  cwd?: string
  /** The whole environment: nothing is inherited. */
  environment: Record<string, string>
  stdin?: Uint8Array | string
  limits?: { timeoutMs: number; stdoutBytes: number; stderrBytes: number }
  signal?: AbortSignal
}

export interface CommandResult {
  exitCode: number
  stdout: Uint8Array
  stderr: string
  /** Set when a limit ended it. */
  exceeded?: 'time' | 'output'
}

export interface RunningProcess {
  write(data: Uint8Array | string): void
  /** Raw output in order of arrival. */
  output: AsyncIterable<Uint8Array>
  stop(): void
  exited: Promise<number>
}
