// The small process that starts programs for a large one; src/adapters/system/fork-server.ts is the other side.
import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { killGroup, optionsOf } from './launch.ts'
import type { ForkAnswer, ForkRequest } from './fork-server.ts'

const address = process.argv[2] ?? ''
const running = new Map<number, number | undefined>()

process.on('disconnect', () => process.exit())
process.on('message', (request: ForkRequest) => {
  if ('kill' in request) killGroup(running.get(request.kill))
  else
    start(request).catch((error: NodeJS.ErrnoException) =>
      answer({ id: request.id, failed: error.code ?? 'unknown' }),
    )
})

/** The pipes of the program are connections to the large process: what it prints never passes through here. */
async function start({ id, program }: Extract<ForkRequest, { program: unknown }>): Promise<void> {
  const pipes = await Promise.all([0, 1, 2].map((descriptor) => openPipe(id, descriptor)))
  const child = spawn(program.file, program.arguments, {
    ...optionsOf({ ...program, environment: program.environment }),
    stdio: pipes as [Socket, Socket, Socket],
  })
  running.set(id, child.pid)
  child.once('error', ({ code }: NodeJS.ErrnoException) => answer({ id, failed: code ?? 'unknown' }))
  child.once('exit', (code) => {
    running.delete(id)
    answer({ id, exitCode: code ?? 137 })
  })
  // Only the program holds them from here on: they end when it ends.
  for (const pipe of pipes) pipe.destroy()
}

function openPipe(id: number, descriptor: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const pipe = connect({ path: address }, () => {
      const header = Buffer.alloc(5)
      header.writeUInt32LE(id, 0)
      header.writeUInt8(descriptor, 4)
      pipe.write(header, () => resolve(pipe))
    })
    pipe.pause()
    pipe.once('error', reject)
  })
}

function answer(message: ForkAnswer): void {
  if (process.connected) process.send?.(message)
}
