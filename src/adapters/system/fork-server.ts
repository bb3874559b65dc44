import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { AdapterError } from '../../ports/adapter-error.ts'
import { type Launch, type Launched, notStarted, type Program, startFault } from './launch.ts'

/**
 * Starts programs from a small process of its own.
 *
 * To start a program, the kernel first copies the page tables of who starts it, and that one stands still meanwhile:
 * 10 ms and more for every 200 MB, on a virtual machine. Git alone is asked a hundred times for one review.
 */
export interface ForkServer {
  launch: Launch
  /** Ends the small process; what it started goes on. */
  close(): Promise<void>
}

export type ForkRequest = { id: number; program: Program } | { kill: number }
export type ForkAnswer = { id: number; exitCode: number } | { id: number; failed: string }

/** A program between the request for it and its exit. */
interface Order {
  file: string
  /** By descriptor: stdin, stdout, stderr. */
  pipes: Socket[]
  onStarted(): void
  onExit(exitCode: number): void
  onFailure(error: AdapterError): void
}

interface Running {
  child: ChildProcess
  server: Server
  orders: Map<number, Order>
}

/** Begins with the first program, and anew after its end; keeps nobody's process alive. */
export function createForkServer(): ForkServer {
  let running: Promise<Running> | undefined
  let orders = 0

  function begin(program: Program): Promise<Running> {
    const forget = () => {
      if (running === started) running = undefined
    }
    const started = start(forget).catch((cause: NodeJS.ErrnoException) => {
      forget()
      throw unavailable(program.file, cause)
    })
    return started
  }

  return {
    async launch(program) {
      running ??= begin(program)
      const server = await running
      orders += 1
      return order(server, orders, program)
    },
    async close() {
      const ending = await running?.catch(() => undefined)
      running = undefined
      if (!ending?.child.connected) return
      ending.child.ref()
      ending.child.disconnect()
      await once(ending.child, 'exit')
    },
  }
}

async function start(onEnd: () => void): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-fork-'))
  const address = join(folder, 'pipes')
  const orders = new Map<number, Order>()
  const server = createServer({ pauseOnConnect: true }, (pipe) => receive(pipe, orders))
  server.listen(address)
  await once(server, 'listening')
  const file = new URL(`./fork-server-process${extname(import.meta.url)}`, import.meta.url)
  const child = fork(file, [address], { execArgv: ['--max-semi-space-size=1'], env: {}, stdio: 'ignore' })
  server.unref()
  child.unref()
  child.channel?.unref()

  child.on('message', (answer: ForkAnswer) => settle(orders, answer))
  const end = () => {
    onEnd()
    if (child.connected) child.disconnect()
    server.close()
    rmSync(folder, { recursive: true, force: true })
    for (const { file: program, onFailure } of orders.values()) onFailure(lost(program))
    orders.clear()
  }
  // One that could not be started, or be told something, does not always exit as well.
  child.on('error', end)
  child.once('exit', end)
  return { child, server, orders }
}

function order({ child, orders }: Running, id: number, program: Program): Promise<Launched> {
  const started = Promise.withResolvers<Launched>()
  const exit = Promise.withResolvers<number>()
  const pipes: Socket[] = []
  child.channel?.ref()
  orders.set(id, {
    file: program.file,
    pipes,
    onStarted: () => started.resolve(launched(pipes, exit.promise, () => child.send({ kill: id }))),
    onExit: exit.resolve,
    onFailure(error) {
      for (const pipe of pipes) pipe?.destroy()
      started.reject(error)
      exit.reject(error)
    },
  })
  // A short program has often ended before its pipes are here: they come another way than its exit code.
  Promise.all([started.promise, exit.promise])
    .catch(() => undefined)
    .finally(() => {
      orders.delete(id)
      if (orders.size === 0) child.channel?.unref()
    })
  const request: ForkRequest = { id, program }
  child.send(request, (error) => error && orders.get(id)?.onFailure(lost(program.file)))
  return started.promise
}

function launched(pipes: Socket[], exit: Promise<number>, kill: () => void): Launched {
  const [stdin, stdout, stderr] = pipes as [Socket, Socket, Socket]
  // A program may end without reading its input; its exit code tells what came of it.
  stdin.on('error', () => undefined).resume()
  const closed = [stdout, stderr].map((pipe) => finished(pipe).catch(() => undefined))
  const exited = Promise.all([exit, ...closed]).then(([exitCode]) => exitCode)
  return { stdin, stdout, stderr, kill, exited }
}

/** Each connection says first which program and which descriptor it is: 4 bytes, little-endian, and 1. */
function receive(pipe: Socket, orders: Map<number, Order>): void {
  pipe.on('error', () => pipe.destroy())
  const onReadable = () => {
    const header = pipe.read(5) as Buffer | null
    if (!header) return
    pipe.off('readable', onReadable)
    const order = orders.get(header.readUInt32LE(0))
    if (!order) return void pipe.destroy()
    order.pipes[header.readUInt8(4)] = pipe
    if (order.pipes.filter(Boolean).length === 3) order.onStarted()
  }
  pipe.on('readable', onReadable)
}

function settle(orders: Map<number, Order>, answer: ForkAnswer): void {
  const order = orders.get(answer.id)
  if (!order) return
  if ('failed' in answer) order.onFailure(notStarted(order.file, { code: answer.failed }))
  else order.onExit(answer.exitCode)
}

function unavailable(file: string, cause: NodeJS.ErrnoException): AdapterError {
  const message = `the process that starts programs cannot be started (${cause.code ?? cause.message}); it needs a folder for temporary files that it may write to (TMPDIR)`
  return startFault(file, { message, retryable: true, cause })
}

function lost(file: string): AdapterError {
  const message = 'the process that starts programs has ended; it is started again'
  return startFault(file, { message, retryable: true })
}
