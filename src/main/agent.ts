import { hostname } from 'node:os'
import { join } from 'node:path'
import { createAppLink } from '../adapters/app/app-link.ts'
import { createGit } from '../adapters/git/git.ts'
import { createLedger } from '../adapters/git/ledger.ts'
import { createCluster } from '../adapters/kubernetes/create-cluster.ts'
import { createLog } from '../adapters/log/pino-log.ts'
import { createAgeDecryptor } from '../adapters/secrets/age-decryptor.ts'
import { createForkServer } from '../adapters/system/fork-server.ts'
import { createChildProcesses } from '../adapters/system/system-child-processes.ts'
import { steadyClock, systemClock } from '../adapters/system/system-clock.ts'
import { systemRandom } from '../adapters/system/system-random.ts'
import { type AgentOptions, exitCodes } from '../cli/subcommand.ts'
import type { Clock } from '../ports/clock.ts'
import type { GitRepository } from '../ports/git.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import { createIdentityGuard } from '../reconciler/guard-identity.ts'
import { createLeaseHold } from '../reconciler/hold-lease.ts'
import { servePlace } from '../reconciler/serve-place.ts'
import { type AgentSettings, readAgentSettings } from './agent-settings.ts'
import { followSigners } from './follow-signers.ts'
import { identityFile } from './identity-file.ts'
import { kubeconfigSource } from './kubeconfig-source.ts'
import { readAgeIdentities } from './read-age-identities.ts'
import { saveMemory } from './save-memory.ts'
import { stopSignal } from './stop-signal.ts'

/** The reconciler alone: git and a public key in, one cluster out. Answers the exit code. */
export async function agent(options: AgentOptions): Promise<number> {
  saveMemory()
  return runAgentProcess(options, steadyClock, stopSignal(), systemClock)
}

/** The same with clocks and an end of somebody's choosing. */
export async function runAgentProcess(
  options: AgentOptions,
  clock: Clock,
  signal: AbortSignal,
  wall: Clock = clock,
): Promise<number> {
  const settings = readAgentSettings(options)
  const { repository, place, folder, app } = settings
  const log = createLog({ level: 'info', clock: wall })
  const kubeconfig = kubeconfigSource(options.kubeconfig)
  const cluster = createCluster({ name: place.cluster, kubeconfig, clock, random: systemRandom, log })
  const accepted = options.acceptIdentity === undefined ? [] : [options.acceptIdentity]
  const memory = identityFile(join(folder, 'clusters', place.cluster))
  const holder = `${hostname()}_${systemRandom.uuid().slice(0, 8)}`
  const { ledger, close } = openLedger(settings, clock, log)
  let failed = 0
  const hold = createLeaseHold({ cluster, place, holder, clock, wall, log })
  const isServed = await servePlace({
    ports: {
      clock,
      log,
      ledger,
      decryptor: createAgeDecryptor(readAgeIdentities),
    },
    repository,
    place,
    cluster,
    hold,
    guard: createIdentityGuard(cluster, memory, clock, accepted),
    random: systemRandom,
    wall,
    interval: settings.intervalMs,
    once: options.once,
    signal,
    ...(app && {
      app: {
        link: createAppLink({ ...app, repository: repository.id, place, clock: wall, fetch }),
        isIdentityAccepted: (identity) => accepted.includes(identity),
      },
    }),
    onReport({ target, phase, reason, revision }) {
      if (phase === 'refused' || phase === 'degraded' || phase === 'unreachable') failed += 1
      log.info({ target, phase, reason, revision }, 'release')
    },
  })
  if (!isServed) log.error({ holder: hold.heldBy() }, 'another agent holds the lease, or the cluster is away')
  await cluster.close()
  await close()
  if (!isServed) return exitCodes.outside
  return options.once && failed > 0 ? exitCodes.problems : exitCodes.ok
}

/** `close` ends the processes of git that wait for questions: with them this one would not end. */
function openLedger(
  { url, repository, folder, signers }: AgentSettings,
  clock: Clock,
  log: Log,
): { ledger: Ledger; close(): Promise<void> } {
  const forkServer = createForkServer()
  const git = createGit({ children: createChildProcesses(forkServer.launch), folder: join(folder, 'git') })
  const token = process.env.DRAWBRIDGE_GIT_TOKEN
  const location = {
    kind: 'remote' as const,
    key: repository.id,
    url,
    ...(token && { token: () => Promise.resolve(token) }),
  }
  let opened: Promise<GitRepository> | undefined
  const ledger = createLedger({
    repository: () => (opened = git.open(location)),
    clock,
    self: { name: 'drawbridge-agent', email: 'drawbridge-agent@invalid' },
    trustedKeys: followSigners(signers, log),
    isReadInTurn: true,
  })
  const close = async () => {
    await opened?.then((mirror) => mirror.close()).catch(() => undefined)
    await forkServer.close()
  }
  return { ledger, close }
}
