import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGit } from '../../src/adapters/git/git.ts'
import { createLedger } from '../../src/adapters/git/ledger.ts'
import { createCluster } from '../../src/adapters/kubernetes/create-cluster.ts'
import { programs } from '../programs.ts'
import { systemRandom } from '../../src/adapters/system/system-random.ts'
import type { Release } from '../../src/domain/release.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Log } from '../../src/ports/log.ts'
import { runAgent } from '../../src/reconciler/run-agent.ts'
import { machineClock, silentLog } from '../emulator/cluster/start-cluster.ts'
import type { SignedBranch } from './signed-branch.ts'

export interface AgentHereOptions {
  branch: SignedBranch
  cluster: string
  kubeconfig: string
  /** How many times faster its time runs than the machine's; default 1. */
  haste?: number
}

/** An agent in this process, made of the product's parts. */
export interface AgentHere {
  /** The newest word on an application. */
  release(application: string): Release | undefined
  /** All words on all applications, oldest first. */
  reports: Release[]
  warnings: string[]
  stop(): Promise<void>
}

/** Milliseconds of its own time between two looks at git. */
const intervalMs = 500

export async function startAgentHere(options: AgentHereOptions): Promise<AgentHere> {
  const { branch, cluster: name, kubeconfig, haste = 1 } = options
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-agent-'))
  const clock = hasty(haste)
  const stop = new AbortController()
  const reports: Release[] = []
  const warnings: string[] = []
  const log: Log = {
    ...silentLog,
    child: () => log,
    warn: (fields, message) => void warnings.push(`${message}: ${String(fields['reason'] ?? '')}`),
  }
  const git = createGit({ children: programs, folder: join(folder, 'git') })
  const cluster = createCluster({ name, kubeconfig, clock, random: systemRandom, log })
  const ledger = createLedger({
    repository: () => git.open({ kind: 'remote', key: branch.repository.id, url: branch.url }),
    clock,
    self: { name: 'agent', email: 'agent@invalid' },
    trustedKeys: () => [branch.trustedKey],
  })
  const ended = runAgent({
    ports: { clock, ledger, log },
    repository: branch.repository,
    environment: branch.environment,
    cluster,
    interval: intervalMs * haste,
    signal: stop.signal,
    onReport: (release) => void reports.push(release),
  })
  ended.catch(() => undefined)
  return {
    reports,
    warnings,
    release: (application) => reports.findLast(({ target }) => target.application === application),
    async stop() {
      stop.abort()
      await cluster.close()
      await ended
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

/** Patience is long: with this clock a minute passes in seconds. */
function hasty(haste: number): Clock {
  const begun = machineClock.now()
  return {
    now: () => begun + (machineClock.now() - begun) * haste,
    sleep: (ms, signal) => machineClock.sleep(ms / haste, signal),
  }
}
