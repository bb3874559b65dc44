import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGit } from '../adapters/git/git.ts'
import { createLog } from '../adapters/log/pino-log.ts'
import { createPolicyEvaluator } from '../adapters/policy/policy-worker.ts'
import { createRenderer } from '../adapters/renderers/create-renderer.ts'
import { rendererPlaces } from '../adapters/renderers/renderer-places.ts'
import { createChildProcesses } from '../adapters/system/system-child-processes.ts'
import { systemClock } from '../adapters/system/system-clock.ts'
import { systemRandom } from '../adapters/system/system-random.ts'
import { createWords } from '../adapters/words/handlebars-words.ts'
import { runCommandLine } from '../cli/command-line.ts'
import type { CommandContext, Launch, Probe } from '../cli/subcommand.ts'
import { packageFolder, readAssets } from './assets.ts'
import { readRendererPlugins } from './renderer-plugins.ts'
import { readSettings } from './settings.ts'

const { env: environment } = process
const clock = systemClock
const children = createChildProcesses()
const assets = readAssets()
/** Git's scratch files; made at first need, removed at the end. */
const scratch = join(tmpdir(), `drawbridge-${systemRandom.uuid()}`)
const temporaryFolder = environment.TMPDIR ?? tmpdir()
const log = createLog({ level: 'silent', clock })
const policies = createPolicyEvaluator({ shipped: assets.policies, clock })

/** Programs that stay are loaded only when they are asked for: they bring half a second of libraries. */
const launch: Launch = {
  serve: async (options) => (await import('./serve.ts')).serve(options),
  agent: async (options) => (await import('./agent.ts')).agent(options),
  demo: async (options) => (await import('./demo.ts')).demo(options),
}

const probe: Probe = {
  async gitVersion() {
    const path = environment.PATH ?? '/usr/bin:/bin'
    const answer = await children.run({ file: 'git', arguments: ['--version'], environment: { PATH: path } })
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
}

const context: CommandContext = {
  git: createGit({ children, folder: scratch, environment: gitEnvironment() }),
  renderer: createRenderer({
    children,
    clock,
    random: systemRandom,
    log,
    places: rendererPlaces(environment, { platform: process.platform, arch: process.arch, temporaryFolder }),
    plugins: readRendererPlugins(environment.DRAWBRIDGE_PLUGINS, []),
    concurrency: availableParallelism(),
  }),
  policies,
  clock,
  words: createWords(assets.templates),
  maskKey: Buffer.from(systemRandom.bytes(32)).toString('hex'),
  cwd: process.cwd(),
  version: readVersion(),
  nodeVersion: process.version,
  isTerminal: process.stderr.isTTY,
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  probe,
  launch,
}

// A reader that has seen enough (`| head`) is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 69))
process.exitCode = await runCommandLine(process.argv.slice(2), context)
await policies.close()
await rm(scratch, { recursive: true, force: true })

/** Of the environment git gets only where programs are. */
function gitEnvironment(): Record<string, string> {
  return environment.PATH ? { PATH: environment.PATH } : {}
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string
  }
  return version
}
