import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createChildProcesses } from '../../src/adapters/system/system-child-processes.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { systemRandom } from '../../src/adapters/system/system-random.ts'
import { createEmulatedClock, type EmulatedClock } from '../../src/emulator/clock.ts'
import { appId, createShop, type Shop } from '../../src/emulator/shop/create-shop.ts'
import { packageFolder } from '../../src/main/assets.ts'
import { demoStart } from '../../src/main/demo/open-demo.ts'
import type { Handover } from './handover.ts'
import type { Point } from './kill-at.ts'

/** Emulated seconds in one of the machine's: a lease of the dead runs out in half a second. */
const rate = 60
const patienceMs = 40_000
const lookEveryMs = 20

/** The world lives on in the test's process, whatever becomes of the product's. */
export interface CrashWorld {
  shop: Shop
  clock: EmulatedClock
  handover: Handover
  /** Whether the product was killed at the point. */
  wasKilled(): boolean
  eventually(what: string, look: () => boolean | Promise<boolean>): Promise<void>
  /** Ends the product the polite way: what is begun is finished. */
  stopProduct(): Promise<void>
  close(): Promise<void>
}

export async function aCrashWorld(point?: Point): Promise<CrashWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-crash-'))
  const origin = systemClock.now()
  const clock = createEmulatedClock(demoStart, systemClock, rate)
  const pem = {
    publicKeyEncoding: { type: 'spki', format: 'pem' } as const,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' } as const,
  }
  const appKey = generateKeyPairSync('rsa', { modulusLength: 2048, ...pem })
  const webhookSecret = randomBytes(24).toString('hex')
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const shop = await createShop({
    clock,
    random: systemRandom,
    children: createChildProcesses(),
    folder: join(folder, 'github'),
    files: await smallShop(),
    webhookUrl: `${publicUrl}/api/github/webhooks`,
    webhookSecret,
    appPublicKey: appKey.publicKey,
  })
  const handover: Handover = {
    settings: {
      appId: String(appId),
      privateKey: appKey.privateKey,
      webhookSecrets: [webhookSecret],
      githubApiUrl: `${shop.githubUrl}/api/v3`,
      port,
      host: '127.0.0.1',
      publicUrl,
      dataFolder: join(folder, 'drawbridge'),
      signingKey: generateKeyPairSync('ed25519', pem).privateKey,
      trustedKeys: [],
      gitEnvironment: process.env.PATH ? { PATH: process.env.PATH } : {},
      maskKey: 'f'.repeat(32),
      logLevel: 'silent',
    },
    kubeconfigs: [...shop.kubeconfigs],
    start: demoStart,
    origin,
    rate,
  }
  const product = await superviseProduct(folder, handover, point)
  return {
    shop,
    clock,
    handover,
    wasKilled: product.wasKilled,
    async eventually(what, look) {
      const end = systemClock.now() + patienceMs
      while (systemClock.now() < end) {
        if (await look()) return
        product.check()
        await systemClock.sleep(lookEveryMs)
      }
      throw new Error(`did not come true within ${patienceMs / 1000} s: ${what}`)
    },
    stopProduct: product.stop,
    async close() {
      await product.stop()
      await shop.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Starts the product, and again, without the point, when it was killed there. */
async function superviseProduct(folder: string, handover: Handover, point: Point | undefined) {
  const script = join(import.meta.dirname, 'drawbridge-process.ts')
  let running: ChildProcess | undefined
  let ended = Promise.resolve()
  let kills = 0
  let failure: string | undefined
  const start = async (at: Point | undefined) => {
    const path = join(folder, `handover-${kills}.json`)
    await writeFile(path, JSON.stringify({ ...handover, point: at }), { mode: 0o600 })
    const child = spawn(process.execPath, [script, path], {
      env: process.env.PATH ? { PATH: process.env.PATH } : {},
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    running = child
    let said = ''
    child.stderr?.on('data', (data: Buffer) => void (said += data.toString('utf8')))
    ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        running = undefined
        if (signal === 'SIGKILL' && at) {
          kills += 1
          void start(undefined)
        } else if (code !== 0) failure = `the product ended with ${code ?? signal}: ${said.slice(0, 2_000)}`
        resolve()
      })
    })
  }
  await start(point)
  return {
    wasKilled: () => kills > 0,
    check() {
      if (failure !== undefined) throw new Error(failure)
    },
    async stop() {
      running?.kill('SIGTERM')
      await ended
    },
  }
}

/** One application and two environments of the demo's shop; a minute of soak. */
async function smallShop(): Promise<Record<string, string>> {
  const folder = join(packageFolder, 'demo', 'shop')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files: Record<string, string> = {}
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1)
    const isWanted =
      /^(CODEOWNERS|components\/|apps\/checkout\/(base|overlays\/(dev|staging))\/|plain\/foundation\/(dev|staging)\/)/
    if (isWanted.test(path)) files[path] = await readFile(join(folder, path), 'utf8')
  }
  files['.drawbridge.yaml'] = [
    'version: 1',
    'applications:',
    '  - path: apps/{application}/overlays/{environment}',
    '  - path: plain/{application}/{environment}',
    'environments:',
    '  dev: { clusters: [dev], protected: false }',
    '  staging:',
    '    clusters: [staging]',
    '    promotion: { from: dev, soak: 1m, automatic: true, merge: rule }',
    '',
  ].join('\n')
  return files
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
