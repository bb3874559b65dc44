import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One program of a control plane. Killed and started again it goes on where it was: same files, same port. */
export interface Service {
  name: string
  logFile: string
  start(): Promise<void>
  /** Ends it as a lost machine would. A polite stop of kube-apiserver waits a minute for its watches. */
  kill(): Promise<void>
  isRunning(): boolean
}

export interface ServiceOptions {
  name: string
  file: string
  arguments: string[]
  /** Its log and the number of its process are written here. */
  folder: string
  /** Goes on when this process ends. */
  isLasting: boolean
}

/** Those that end with this process. */
const ended = new Set<ReturnType<typeof spawn>>()
process.once('exit', () => ended.forEach((child) => child.kill('SIGKILL')))

export function createService(options: ServiceOptions): Service {
  const { name, folder } = options
  const logFile = join(folder, `${name}.log`)
  let child: ReturnType<typeof spawn> | undefined
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null
  return {
    name,
    logFile,
    isRunning,
    async start() {
      if (isRunning()) return
      const log = openSync(logFile, 'a')
      child = spawn(options.file, options.arguments, {
        cwd: folder,
        env: { HOME: folder },
        stdio: ['ignore', log, log],
        detached: options.isLasting,
      })
      closeSync(log)
      // What cannot be started is told by whoever waits for it.
      child.once('error', () => undefined)
      if (options.isLasting) child.unref()
      else ended.add(child)
      await writeFile(join(folder, `${name}.pid`), `${child.pid ?? ''}\n`)
    },
    async kill() {
      if (child === undefined || !isRunning()) return
      ended.delete(child)
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
