import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../../adapters/log/pino-log.ts'
import { createForkServer } from '../../adapters/system/fork-server.ts'
import { createChildProcesses } from '../../adapters/system/system-child-processes.ts'
import { systemClock } from '../../adapters/system/system-clock.ts'
import { systemRandom } from '../../adapters/system/system-random.ts'
import { createEmulatedClock, type EmulatedClock } from '../../emulator/clock.ts'
import { createShop, type LiveClusters, type Shop } from '../../emulator/shop/create-shop.ts'
import type { ChildProcesses } from '../../ports/child-process.ts'
import { packageFolder } from '../assets.ts'
import { composeDrawbridge, type Drawbridge, type Foundations } from '../compose.ts'
import type { Settings } from '../settings.ts'
import { freePort } from '../free-ports.ts'
import { createDemoIdentity } from './demo-identity.ts'

/** A Thursday afternoon in Berlin, half past two: the production window is open for another hour and a half. */
export const demoStart = Date.parse('2026-11-19T13:30:00Z')

/** The demo's clock runs so many times as fast as the machine's. */
const demoRate = 20

export interface Demo extends World {
  drawbridge: Drawbridge
}

export interface DemoOptions {
  /** Of the emulated GitHub; the dashboard takes the next one. Default: any free ones. */
  port?: number
  folder?: string
  /** How many times as fast as the machine's the clock runs. */
  rate?: number
  logLevel?: Settings['logLevel']
  /** Clusters that run already, in place of emulated ones. */
  live?: LiveClusters
  /** Gets the log, a line at a time; standard output where absent. */
  onLogLine?(line: string): void
  intercept?: Foundations['intercept']
  /** Path → text of the configuration repository; the shop's where absent. */
  files?: Record<string, string>
}

/** The emulated world with the settings of a Drawbridge that is at home in it. */
export interface World {
  clock: EmulatedClock
  shop: Shop
  settings: Settings
  children: ChildProcesses
  close(): Promise<void>
}

/** The shop's GitHub, clusters and Prometheus, and keys and secrets for an app that is installed there. */
export async function openWorld(options: DemoOptions = {}): Promise<World> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'drawbridge-demo-')))
  const clock = createEmulatedClock(demoStart, systemClock, options.rate ?? demoRate)
  const identity = createDemoIdentity()
  const forkServer = createForkServer()
  const children = createChildProcesses(forkServer.launch)
  const port = options.port === undefined ? await freePort() : options.port + 1
  const publicUrl = `http://127.0.0.1:${port}`
  const shop = await createShop({
    clock,
    random: systemRandom,
    children,
    folder: join(folder, 'github'),
    files: options.files ?? (await readShop()),
    webhookUrl: `${publicUrl}/api/github/webhooks`,
    webhookSecret: identity.webhookSecret,
    appPublicKey: identity.appPublicKey,
    ports: { github: options.port },
    live: options.live,
  })
  const settings: Settings = {
    ...identity.settings,
    githubApiUrl: `${shop.githubUrl}/api/v3`,
    port,
    host: '127.0.0.1',
    publicUrl,
    dataFolder: join(folder, 'drawbridge'),
    metrics: { url: shop.prometheusUrl, headers: {} },
    kubeconfigs: shop.kubeconfigs,
    plugins: [],
    chartHosts: { hosts: [], privateHosts: [] },
    gitEnvironment: process.env.PATH ? { PATH: process.env.PATH } : {},
    logLevel: options.logLevel ?? 'silent',
  }
  return {
    clock,
    shop,
    settings,
    children,
    async close() {
      await shop.close()
      await forkServer.close()
      if (!options.folder) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Drawbridge, whole and as shipped, in front of the emulated world of a shop. */
export async function openDemo(options: DemoOptions = {}): Promise<Demo> {
  const world = await openWorld(options)
  const drawbridge = await composeDrawbridge(world.settings, {
    clock: world.clock,
    clusterClock: options.live && systemClock,
    random: systemRandom,
    children: world.children,
    fetch,
    log: createLog({
      level: world.settings.logLevel,
      clock: world.clock,
      destination: options.onLogLine && { write: options.onLogLine },
    }),
    intercept: options.intercept,
  })
  return {
    ...world,
    drawbridge,
    async close() {
      await drawbridge.stop()
      await world.close()
    },
  }
}

/** The configuration repository of the shop: path → text. */
export function readShop(): Promise<Record<string, string>> {
  return readFiles(join(packageFolder, 'demo', 'shop'))
}

async function readFiles(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files: Record<string, string> = {}
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name)
    files[path.slice(folder.length + 1)] = await readFile(path, 'utf8')
  }
  return files
}
