import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { createGit } from '../adapters/git/git.ts'
import { createLedger } from '../adapters/git/ledger.ts'
import { createCluster } from '../adapters/kubernetes/create-cluster.ts'
import { createLog } from '../adapters/log/pino-log.ts'
import { createChildProcesses } from '../adapters/system/system-child-processes.ts'
import { systemClock } from '../adapters/system/system-clock.ts'
import { systemRandom } from '../adapters/system/system-random.ts'
import { type AgentOptions, UsageError } from '../cli/subcommand.ts'
import type { RepositoryRef } from '../domain/refs.ts'
import { runAgent } from '../reconciler/run-agent.ts'
import { followSigners } from './follow-signers.ts'
import { stopSignal } from './stop-signal.ts'

const defaultIntervalSeconds = 30

/** The reconciler alone: git and a public key in, one cluster out. Answers the exit code. */
export async function agent(options: AgentOptions): Promise<number> {
  const url = required(options.repository, '--repo', 'the address of the repository, https://…')
  const repository: RepositoryRef = {
    id: required(
      options.repositoryId,
      '--repository-id',
      'the number that the GitHub API gives the repository',
    ),
    ...namesOf(url),
    installation: '',
  }
  const environment = required(
    options.environment,
    '--environment',
    'the environment, as .drawbridge.yaml names it',
  )
  const name = required(options.cluster, '--cluster', 'the cluster, as .drawbridge.yaml names it')
  const signers = required(
    options.allowedSigners,
    '--allowed-signers',
    'a file with the public keys that are believed',
  )
  const interval = Number(options.interval ?? defaultIntervalSeconds)
  if (!(interval > 0))
    throw new UsageError(`--interval "${options.interval}" is not a number of seconds; use for example 30`)

  const log = createLog({ level: 'info', clock: systemClock })
  const git = createGit({
    children: createChildProcesses(),
    folder: join(options.folder ?? '.drawbridge', 'git'),
  })
  const token = process.env.DRAWBRIDGE_GIT_TOKEN
  const cluster = createCluster({
    name,
    kubeconfig: readKubeconfig(options.kubeconfig),
    clock: systemClock,
    random: systemRandom,
    log,
  })
  const ledger = createLedger({
    repository: () =>
      git.open({
        kind: 'remote',
        key: repository.id,
        url,
        ...(token && { token: () => Promise.resolve(token) }),
      }),
    clock: systemClock,
    self: { name: 'drawbridge-agent', email: 'drawbridge-agent@invalid' },
    trustedKeys: followSigners(signers, log),
  })
  let failed = 0
  await runAgent({
    ports: { clock: systemClock, ledger, log },
    repository,
    environment,
    cluster,
    interval: interval * 1000,
    once: options.once,
    signal: stopSignal(),
    onReport({ target, phase, reason, revision }) {
      if (phase === 'refused' || phase === 'degraded' || phase === 'unreachable') failed += 1
      log.info({ target, phase, reason, revision }, 'release')
    },
  })
  await cluster.close()
  return options.once && failed > 0 ? 1 : 0
}

function required(value: string | undefined, option: string, meaning: string): string {
  if (!value) throw new UsageError(`${option} is missing: ${meaning}`)
  return value
}

function namesOf(url: string): { owner: string; name: string } {
  const [name = '', owner = ''] = url
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .toReversed()
  return { owner, name }
}

/** The file that was named; else the pod's service account; else ~/.kube/config. */
function readKubeconfig(file: string | undefined): KubeConfig | string {
  if (file) return readFileSync(file, 'utf8')
  if (existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token')) {
    const inCluster = new KubeConfig()
    inCluster.loadFromCluster()
    return inCluster
  }
  return readFileSync(join(homedir(), '.kube', 'config'), 'utf8')
}
