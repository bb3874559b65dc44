// One agent in a process of its own, made of the product's parts; counts what it sends. Started by bench/reconciler.ts.
import { join } from 'node:path'
import { Pool } from 'undici'
import { createGit } from '../../src/adapters/git/git.ts'
import { createLedger } from '../../src/adapters/git/ledger.ts'
import { createCluster } from '../../src/adapters/kubernetes/create-cluster.ts'
import { createLog } from '../../src/adapters/log/pino-log.ts'
import { createForkServer } from '../../src/adapters/system/fork-server.ts'
import { createChildProcesses } from '../../src/adapters/system/system-child-processes.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { systemRandom } from '../../src/adapters/system/system-random.ts'
import { targetKey } from '../../src/domain/refs.ts'
import type { Release } from '../../src/domain/release.ts'
import { saveMemory } from '../../src/main/save-memory.ts'
import { runAgent } from '../../src/reconciler/run-agent.ts'
import type { AgentSettings, AgentState, AgentSummary } from './start-agent.ts'

saveMemory()
const settings = JSON.parse(process.argv[2] ?? '') as AgentSettings
const { repository, environment } = settings
const requests: Record<string, number> = {}
const releases = new Map<string, Release>()
const versions: AgentState['versions'] = {}
const stop = new AbortController()
const log = createLog({ level: 'warn', clock: systemClock })
const forkServer = createForkServer()
const git = createGit({
  children: createChildProcesses(forkServer.launch),
  folder: join(settings.folder, 'git'),
})
const cluster = createCluster({
  name: settings.cluster,
  kubeconfig: settings.kubeconfig,
  clock: systemClock,
  random: systemRandom,
  log,
  openPool(origin, tls) {
    const pool = new Pool(origin, { connections: 20, allowH2: false, connect: tls, bodyTimeout: 0 })
    const { dispatch } = pool
    pool.dispatch = (options, handler) => {
      const verb = options.path.includes('watch=true') ? 'WATCH' : options.method
      requests[verb] = (requests[verb] ?? 0) + 1
      return dispatch.call(pool, options, handler)
    }
    return pool
  },
})
const ledger = createLedger({
  repository: () => git.open({ kind: 'remote', key: repository.id, url: settings.url }),
  clock: systemClock,
  self: { name: 'agent', email: 'agent@invalid' },
  trustedKeys: () => [settings.trustedKey],
  isReadInTurn: true,
})

let lookNow = () => undefined as void
process.on('message', (message) => {
  if (message === 'hint') lookNow()
  else process.send?.(message === 'summary' ? summary() : state())
})
process.on('disconnect', () => stop.abort())

await runAgent({
  ports: { clock: systemClock, ledger, log },
  repository,
  environment,
  cluster,
  interval: settings.intervalMs,
  signal: stop.signal,
  news: (look) => (lookNow = look),
  onReport: take,
})
await cluster.close()
process.exit(0)

function take(release: Release): void {
  const key = targetKey(release.target)
  count(releases.get(key), -1)
  count(release, 1)
  releases.set(key, release)
}

/** Counted as it comes: who asks every tenth of a second costs what is measured next to nothing. */
function count(release: Release | undefined, difference: 1 | -1): void {
  if (release === undefined) return
  const version = (versions[release.revision] ??= { applied: 0, healthy: 0 })
  if (release.appliedAt !== undefined) version.applied += difference
  if (release.phase === 'healthy') version.healthy += difference
}

function state(): AgentState {
  return { requests, versions }
}

function summary(): AgentSummary {
  const all = [...releases.values()]
  return {
    peakMiB: process.resourceUsage().maxRSS / 1024,
    phases: Object.fromEntries(
      [...Map.groupBy(all, ({ phase }) => phase)].map(([name, some]) => [name, some.length]),
    ),
    reasons: all.flatMap(({ phase, reason }) => (phase === 'degraded' ? [reason] : [])).slice(0, 3),
  }
}
