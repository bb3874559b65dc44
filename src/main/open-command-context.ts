import { rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGit } from '../adapters/git/git.ts'
import { createMetrics } from '../adapters/metrics/prometheus.ts'
import { createLog } from '../adapters/log/pino-log.ts'
import { createFolderCache } from '../adapters/store/folder-cache.ts'
import { createPolicyEvaluator } from '../adapters/policy/policy-worker.ts'
import { createRenderer } from '../adapters/renderers/create-renderer.ts'
import { rendererPlaces } from '../adapters/renderers/renderer-places.ts'
import { createChildProcesses } from '../adapters/system/system-child-processes.ts'
import { systemClock } from '../adapters/system/system-clock.ts'
import { systemRandom } from '../adapters/system/system-random.ts'
import { createWords } from '../adapters/words/handlebars-words.ts'
import type { CommandContext, CommandOutlet, Launch, OpenOptions, Probe } from '../cli/subcommand.ts'
import { readAssets } from './assets.ts'
import { readMetricsAccess } from './metrics-access.ts'
import { noMetrics } from './no-metrics.ts'
import { createSettingReader } from './setting-reader.ts'
import { readRendererPlugins } from './renderer-plugins.ts'
import { readChartHosts, readSettings } from './settings.ts'

/** Everything that commands work with, in this process. */
export function openCommandContext(
  outlet: CommandOutlet,
  { isCached }: OpenOptions,
): {
  context: CommandContext
  close(): Promise<void>
} {
  const { env: environment } = process
  const clock = systemClock
  const children = createChildProcesses()
  const assets = readAssets()
  /** Git's scratch files; made at first need, removed at the end. */
  const scratch = join(tmpdir(), `drawbridge-${systemRandom.uuid()}`)
  const temporaryFolder = environment.TMPDIR ?? tmpdir()
  const log = createLog({ level: 'silent', clock })
  const policies = createPolicyEvaluator({ shipped: assets.policies, clock })
  const places = rendererPlaces(environment, {
    platform: process.platform,
    arch: process.arch,
    temporaryFolder,
  })

  /** Programs that stay are loaded only when they are asked for: they bring half a second of libraries. */
  const launch: Launch = {
    serve: async (options) => (await import('./serve.ts')).serve(options),
    agent: async (options) => (await import('./agent.ts')).agent(options),
    demo: async (options) => (await import('./demo.ts')).demo(options),
  }

  const probe: Probe = {
    async gitVersion() {
      const path = environment.PATH ?? '/usr/bin:/bin'
      const answer = await children.run({
        file: 'git',
        arguments: ['--version'],
        environment: { PATH: path },
      })
      return Buffer.from(answer.stdout).toString('utf8').trim()
    },
    async store() {
      const url = environment.DATABASE_URL
      if (!url) return 'node:sqlite, a file of its own that is made when it is first needed'
      const { openStore } = await import('../adapters/store/open-store.ts')
      const store = await openStore({ url, clock })
      try {
        await store.ping()
      } finally {
        await store.close()
      }
      return 'PostgreSQL answers'
    },
    settings: () => readSettings(environment).problems,
    async branches() {
      const { settings } = readSettings(environment)
      if (!settings) return undefined
      const { readBranches } = await import('./read-branches.ts')
      return { appId: settings.appId, branches: await readBranches(settings, { clock, log }) }
    },
  }
  const access = readMetricsAccess(createSettingReader(environment))
  const context: CommandContext = {
    ...outlet,
    metrics: access ? createMetrics({ ...access, fetch, clock }) : noMetrics,
    git: createGit({ children, folder: scratch, environment: gitEnvironment(environment) }),
    renderer: createRenderer({
      children,
      clock,
      random: systemRandom,
      log,
      places,
      cache:
        isCached && places.outcomeFolder ? createFolderCache(places.outcomeFolder, systemRandom) : undefined,
      plugins: readRendererPlugins(environment.DRAWBRIDGE_PLUGINS, []),
      chartHosts: readChartHosts(environment),
      concurrency: availableParallelism(),
    }),
    policies,
    clock,
    words: createWords(assets.templates),
    maskKey: Buffer.from(systemRandom.bytes(32)).toString('hex'),
    cwd: process.cwd(),
    nodeVersion: process.version,
    isTerminal: process.stderr.isTTY,
    probe,
    launch,
    async openCluster({ name, kubeconfig }) {
      const { createCluster } = await import('../adapters/kubernetes/create-cluster.ts')
      const { kubeconfigSource } = await import('./kubeconfig-source.ts')
      return createCluster({
        name,
        kubeconfig: kubeconfigSource(kubeconfig),
        clock,
        random: systemRandom,
        log,
      })
    },
  }
  return {
    context,
    async close() {
      await policies.close()
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

/** Of the environment git gets only where programs are. */
function gitEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  return environment.PATH ? { PATH: environment.PATH } : {}
}
