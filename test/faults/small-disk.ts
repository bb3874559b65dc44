import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A process whose folder is a disk of its own, of so many bytes, that can be filled up. */
export interface OnSmallDisk {
  child: ChildProcess
  /** Writes until nothing more fits; answers how many bytes that were. */
  fill(): Promise<number>
  /** Takes away what `fill` wrote. */
  free(): Promise<void>
  stop(): Promise<void>
}

const probe = spawnSync('bwrap', ['--bind', '/', '/', '--size', '1048576', '--tmpfs', tmpdir(), 'true'])

/** Without bubblewrap, or where it may not mount, there is no such disk. */
export const hasSmallDisks = probe.status === 0

/** For the name of what needs one. */
export const whereThere = hasSmallDisks ? '' : ' (did not run: bwrap is missing or may not mount)'

/** Node on a script; what is in the folder is gone when the process ends. */
export function startOnSmallDisk(script: string, args: string[], folder: string, bytes: number): OnSmallDisk {
  const mounts = [
    '--bind',
    '/',
    '/',
    '--dev-bind',
    '/dev',
    '/dev',
    '--size',
    String(bytes),
    '--tmpfs',
    folder,
  ]
  const child = spawn('bwrap', [...mounts, '--die-with-parent', process.execPath, script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const filler = async () => {
    const inside = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim()
    return join('/proc', inside.split(' ')[0]!, 'root', folder, 'filler')
  }
  return {
    child,
    async fill() {
      const file = await open(await filler(), 'a')
      let written = 0
      try {
        for (const size of [64 * 1024, 4096])
          for (;;) {
            const { bytesWritten } = await file.write(Buffer.alloc(size))
            written += bytesWritten
            if (bytesWritten < size) break
          }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        await file.close()
      }
      return written
    },
    free: async () => rm(await filler(), { force: true }),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}
