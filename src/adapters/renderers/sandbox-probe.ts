import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import type { CommandResult } from '../../ports/child-process.ts'
import type { Sandbox } from './sandbox.ts'

export interface SandboxProbe {
  /** kubectl: an official tool that can be asked to read, to connect and to run a program. */
  kubectl: string
  /** An empty folder of this machine. */
  folder: string
}

/**
 * Tries what a sandbox has to prevent, all at once: reading a file of the machine, connecting to it, running a program
 * of it. Undefined when each was tried and none worked; otherwise why the sandbox cannot be relied on.
 */
export async function whyNotClosed(
  sandbox: Sandbox,
  { kubectl, folder }: SandboxProbe,
): Promise<string | undefined> {
  const job = join(folder, 'job')
  const canary = join(folder, 'canary')
  await mkdir(join(job, 'files'), { recursive: true })
  await writeFile(canary, 'canary')
  const listener = await listen()
  await writeFile(join(job, 'files/runs'), configurationThatRuns(process.execPath))
  const ask = (...arguments_: string[]) =>
    sandbox.run({ binary: kubectl, arguments: arguments_, folder: job })
  try {
    const [reading, connecting, running] = await Promise.all([
      ask('create', 'configmap', 'a', `--from-file=${canary}`, '--dry-run=client', '-o', 'yaml'),
      ask('get', '--raw=/', `--server=http://127.0.0.1:${listener.port}`, '--request-timeout=1s'),
      ask('get', '--raw=/', '--kubeconfig=runs', '--request-timeout=1s'),
    ])
    if (!isRefusal(reading, `error reading ${canary}`))
      return whatHappened(reading, 'read a file of the machine')
    if (listener.connections() > 0) return 'a program in bubblewrap could connect to the machine'
    if (!isRefusal(connecting, '127.0.0.1')) return whatHappened(connecting, 'connect to the machine')
    if (!isRefusal(running, 'no such file or directory'))
      return whatHappened(running, 'run a program of the machine')
    return undefined
  } finally {
    listener.close()
  }
}

function isRefusal({ exitCode, stderr }: CommandResult, said: string): boolean {
  return exitCode !== 0 && stderr.includes(said)
}

function whatHappened({ exitCode, stderr }: CommandResult, did: string): string {
  if (exitCode === 0) return `a program in bubblewrap could ${did}`
  if (stderr.includes('bwrap:')) return 'bubblewrap may not make namespaces here'
  return `it could not be seen whether a program in bubblewrap can ${did}`
}

/** A kubeconfig whose credentials come from a program. */
function configurationThatRuns(program: string): string {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: program, interactiveMode: 'Never' }
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:9' } }],
    users: [{ name: 'a', user: { exec } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    'current-context': 'a',
  })
}

interface Listener {
  port: number
  connections(): number
  close(): void
}

function listen(): Promise<Listener> {
  let count = 0
  const server: Server = createServer((socket) => {
    count += 1
    socket.destroy()
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      resolve({ port, connections: () => count, close: () => server.close() })
    })
  })
}
