import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createLog } from '../../adapters/log/pino-log.ts'
import { createForkServer } from '../../adapters/system/fork-server.ts'
import { createChildProcesses } from '../../adapters/system/system-child-processes.ts'
import { systemClock } from '../../adapters/system/system-clock.ts'
import { systemRandom } from '../../adapters/system/system-random.ts'
import type { Sha } from '../../domain/refs.ts'
import { createGitHubEmulator } from '../../emulator/github/github-emulator.ts'
import { appId, appSlug } from '../../emulator/shop/create-shop.ts'
import { composeDrawbridge } from '../compose.ts'
import type { Settings } from '../settings.ts'
import { freePort } from '../free-ports.ts'
import { createDemoIdentity } from './demo-identity.ts'

/** A change of a repository on this machine; its files are only read. */
export interface OwnChange {
  folder: string
  base: Sha
  head: Sha
}

export interface OwnDemo {
  /** Of the pull request on the emulated GitHub, and of the whole diff. */
  addresses: { pull: string; diff: string }
  /** The comment on it, once it is there. */
  comment(): string | undefined
  close(): Promise<void>
}

/** Drawbridge in front of an emulated GitHub with a pull request that makes somebody's own change. There is no cluster. */
export async function openOwnDemo(
  change: OwnChange,
  options: { port?: number; folder?: string; logLevel?: Settings['logLevel'] } = {},
): Promise<OwnDemo> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'drawbridge-demo-')))
  const identity = createDemoIdentity()
  const port = options.port === undefined ? await freePort() : options.port + 1
  const publicUrl = `http://127.0.0.1:${port}`
  const forkServer = createForkServer()
  const children = createChildProcesses(forkServer.launch)
  const github = createGitHubEmulator({
    clock: systemClock,
    random: systemRandom,
    children,
    folder: join(folder, 'github'),
  })
  const served = await github.listen(options.port ?? 0)
  github.addUser('you')
  const repository = await github.addRepository({
    owner: 'your',
    name: nameOf(change.folder),
    change: { ...change, branch: 'change' },
    collaborators: { you: 'admin' },
  })
  github.installApp({
    appId,
    slug: appSlug,
    name: 'Drawbridge',
    publicKeyPem: identity.appPublicKey,
    webhookUrl: `${publicUrl}/api/github/webhooks`,
    webhookSecret: identity.webhookSecret,
    repositories: [repository],
  })
  const logLevel = options.logLevel ?? 'silent'
  const drawbridge = await composeDrawbridge(
    {
      ...identity.settings,
      githubApiUrl: `${served.url}/api/v3`,
      port,
      host: '127.0.0.1',
      publicUrl,
      dataFolder: join(folder, 'drawbridge'),
      kubeconfigs: new Map(),
      plugins: [],
      chartHosts: { hosts: [], privateHosts: [] },
      gitEnvironment: process.env.PATH ? { PATH: process.env.PATH } : {},
      logLevel,
    },
    { clock: systemClock, random: systemRandom, children, fetch, log: createLog({ level: logLevel, clock: systemClock }) },
  )
  await drawbridge.start()
  const title = (await github.commitMessage(repository, 'change')).split('\n', 1)[0] || 'Your change'
  const pull = await github.as('you').openPull({ repository, head: 'change', title })
  const path = `your/${repository.name}`
  return {
    addresses: {
      pull: `${served.url}/${path}/pull/${pull.number}`,
      diff: `${publicUrl}/pulls/${path}/${pull.number}`,
    },
    comment: () => github.comments(pull).find(({ app }) => app !== undefined)?.body,
    async close() {
      await drawbridge.stop()
      await served.close()
      await forkServer.close()
      if (!options.folder) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** As GitHub would take it: the name of the folder, `.git` and what is not a letter, a digit or `._-` left out. */
function nameOf(folder: string): string {
  return basename(folder).replace(/\.git$/, '').replaceAll(/[^\w.-]/g, '') || 'repository'
}
