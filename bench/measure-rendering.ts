import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGit } from '../src/adapters/git/git.ts'
import { createLog } from '../src/adapters/log/pino-log.ts'
import { createRenderer } from '../src/adapters/renderers/create-renderer.ts'
import { rendererPlaces } from '../src/adapters/renderers/renderer-places.ts'
import { openStore } from '../src/adapters/store/open-store.ts'
import { createForkServer } from '../src/adapters/system/fork-server.ts'
import { createChildProcesses } from '../src/adapters/system/system-child-processes.ts'
import { systemClock } from '../src/adapters/system/system-clock.ts'
import { systemRandom } from '../src/adapters/system/system-random.ts'
import type { RepositoryFiles } from '../src/domain/repository-files.ts'
import { parseConfiguration } from '../src/features/config/parse-configuration.ts'
import { diffRenderings } from '../src/features/diff/diff-renderings.ts'
import { configurationPath } from '../src/journeys/repository/read-organisation.ts'
import { loadFiles, renderChange, renderRevision } from '../src/journeys/repository/render-revision.ts'
import type { GitRepository } from '../src/ports/git.ts'
import type { Renderer } from '../src/ports/renderer.ts'

export interface MeasureTask {
  repository: string
  /** Folder of the store that outlives the process. */
  store: string
  /** Renders all of main; otherwise the diff of each branch with main, one after the other. */
  everything?: boolean
  branches?: string[]
}

export interface Measured {
  steps: { milliseconds: number; processorMilliseconds: number; targets: number }[]
  peakBytes: number
}

const task = JSON.parse(process.argv[2] ?? '{}') as MeasureTask
process.stdout.write(JSON.stringify(await measure(task)))

async function measure({ repository: folder, store: storeFolder, everything, branches = [] }: MeasureTask) {
  mkdirSync(storeFolder, { recursive: true })
  const scratch = mkdtempSync(join(tmpdir(), 'drawbridge-bench-git-'))
  const forkServer = createForkServer()
  const children = createChildProcesses(forkServer.launch)
  const store = await openStore({ folder: storeFolder, clock: systemClock })
  const environment = { PATH: process.env.PATH ?? '' }
  const repository = await createGit({ children, folder: scratch, environment }).open({
    kind: 'local',
    folder,
  })
  const renderer = createRenderer({
    children,
    clock: systemClock,
    random: systemRandom,
    log: createLog({ level: 'silent', clock: systemClock }),
    cache: store.cache,
    places: rendererPlaces(process.env, {
      platform: process.platform,
      arch: process.arch,
      temporaryFolder: tmpdir(),
    }),
    concurrency: availableParallelism(),
  })
  // Unpacking and checking the tools is done once for a machine, and trying the sandbox once for a process.
  await renderer.describe()
  const works = everything
    ? [() => renderMain(repository, renderer)]
    : branches.map((branch) => () => diffBranch(repository, renderer, branch))
  const steps: Measured['steps'] = []
  for (const work of works) steps.push(await timed(work))
  await repository.close()
  await store.close()
  await forkServer.close()
  rmSync(scratch, { recursive: true, force: true })
  return { steps, peakBytes: process.resourceUsage().maxRSS * 1024 }
}

async function timed(work: () => Promise<number>) {
  const [start, before] = [performance.now(), process.cpuUsage()]
  const targets = await work()
  const { user, system } = process.cpuUsage(before)
  return { milliseconds: performance.now() - start, processorMilliseconds: (user + system) / 1000, targets }
}

async function renderMain(repository: GitRepository, renderer: Renderer): Promise<number> {
  const files = await loadFiles(repository, await commitOf(repository, 'main'))
  const options = { isTrusted: true }
  const rendering = await renderRevision(renderer, repository, files, configurationOf(files), options)
  return rendering.targets.length
}

/** From the branches' names to the diff, as for a pull request. */
async function diffBranch(repository: GitRepository, renderer: Renderer, branch: string): Promise<number> {
  const base = await commitOf(repository, 'main')
  const merged = await repository.mergeTree(base, await commitOf(repository, branch))
  if ('conflicts' in merged) throw new Error(`${branch} conflicts with main`)
  const [old, young] = await Promise.all([loadFiles(repository, base), loadFiles(repository, merged.tree)])
  const configuration = configurationOf(old)
  const change = await renderChange(renderer, repository, old, young, configuration, configuration, {
    isTrusted: true,
  })
  return diffRenderings(change.base, change.head, { maskKey: 'bench' }).targets.length
}

async function commitOf(repository: GitRepository, branch: string): Promise<string> {
  const sha = await repository.resolve(`refs/heads/${branch}`)
  if (sha === undefined) throw new Error(`there is no branch ${branch}`)
  return sha
}

function configurationOf(files: RepositoryFiles) {
  return parseConfiguration(files.text(configurationPath), configurationPath).configuration
}
