import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { etcdAddressFile } from './start-etcd.ts'

/** An API server that runs already, and that tests may write to. */
export interface GivenApiServer {
  kubeconfig: string
  /** The address of its etcd; undefined where nobody says. */
  etcd: string | undefined
}

/**
 * The API server of `KUBECONFIG_TEST`, whichever it is; else that of `KUBECONFIG`, where `npm run cluster` started it and it
 * still runs: any other may be one that matters.
 */
export async function givenApiServer(environment: NodeJS.ProcessEnv): Promise<GivenApiServer | undefined> {
  const { KUBECONFIG_TEST: meant, KUBECONFIG: usual = '', ETCD_TEST: etcd } = environment
  if (meant) return { kubeconfig: meant, etcd }
  const folder = dirname(usual)
  if (usual === '' || processesIn(folder).length === 0) return undefined
  const address = await readFile(join(folder, etcdAddressFile), 'utf8').catch(() => undefined)
  return address === undefined ? undefined : { kubeconfig: usual, etcd: address }
}

/** Numbers of the processes of a control plane that were started in a folder and still run. */
export function processesIn(folder: string): number[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((name) => name.endsWith('.pid'))
  const numbers = files.map((name) => ({ name, pid: Number(readFileSync(join(folder, name), 'utf8')) }))
  return numbers
    .filter(({ name, pid }) => pid > 1 && isOurs(name.replace('.pid', ''), pid))
    .map(({ pid }) => pid)
}

/** A number may long be another process's: it counts only where the program's name fits. */
function isOurs(program: string, pid: number): boolean {
  try {
    process.kill(pid, 0)
    const commandLine = `/proc/${pid}/cmdline`
    return (
      !existsSync(commandLine) || readFileSync(commandLine, 'utf8').split('\0')[0]!.endsWith(`/${program}`)
    )
  } catch {
    return false
  }
}
