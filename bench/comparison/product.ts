import { rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGit } from '../../src/adapters/git/git.ts'
import { createLog } from '../../src/adapters/log/pino-log.ts'
import { createRenderer } from '../../src/adapters/renderers/create-renderer.ts'
import { rendererPlaces } from '../../src/adapters/renderers/renderer-places.ts'
import { findTools } from '../../src/adapters/renderers/tools.ts'
import { createChildProcesses } from '../../src/adapters/system/system-child-processes.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { systemRandom } from '../../src/adapters/system/system-random.ts'
import type { Configuration } from '../../src/domain/configuration.ts'
import type { RepositoryDiff } from '../../src/domain/object-diff.ts'
import type { Rendering, RenderSource } from '../../src/domain/rendered-target.ts'
import type { RepositoryFiles } from '../../src/domain/repository-files.ts'
import { parseConfiguration } from '../../src/features/config/parse-configuration.ts'
import { diffRenderings } from '../../src/features/diff/diff-renderings.ts'
import { discover } from '../../src/features/discovery/discover.ts'
import { configurationPath } from '../../src/journeys/repository/read-organisation.ts'
import { loadFiles, renderChange, renderRevision } from '../../src/journeys/repository/render-revision.ts'
import type { Step } from './history.ts'
import type { Tools } from './run-tool.ts'

/** Both sides of a change as `drawbridge diff` sees them. */
export interface Change {
  base: Side
  head: Side
  diff: RepositoryDiff
  /** From the commits' names to the diff. */
  milliseconds: number
}

export interface Side {
  /** Everything that discovery finds. */
  sources: readonly RenderSource[]
  /** Those that were to be rendered. */
  chosen: ReadonlySet<RenderSource>
  rendering: Rendering
}

export interface Product {
  tools: Tools
  /** Renders only what the change affects, as the comment on a pull request does. */
  change(step: Step): Promise<Change>
  /** Renders everything, as `drawbridge render` does. */
  everything(revision: string): Promise<Side>
  close(): Promise<void>
}

/** The product in this process, put together as its command line puts it together. */
export async function openProduct(folder: string): Promise<Product> {
  const children = createChildProcesses()
  const scratch = join(tmpdir(), `compare-git-${systemRandom.uuid()}`)
  const environment: Record<string, string> = process.env.PATH ? { PATH: process.env.PATH } : {}
  const machine = { platform: process.platform, arch: process.arch, temporaryFolder: tmpdir() }
  const places = rendererPlaces(process.env, machine)
  const renderer = createRenderer({
    children,
    clock: systemClock,
    random: systemRandom,
    log: createLog({ level: 'silent', clock: systemClock }),
    places,
    concurrency: availableParallelism(),
  })
  const repository = await createGit({ children, folder: scratch, environment }).open({
    kind: 'local',
    folder,
  })

  return {
    tools: await findTools({ children, ...places, suffix: systemRandom.uuid() }),
    async change({ base, head }) {
      const start = performance.now()
      const [old, young] = await Promise.all([loadFiles(repository, base), loadFiles(repository, head)])
      const configuration = configurationOf(old)
      const rendered = await renderChange(
        renderer,
        repository,
        old,
        young,
        configuration,
        configurationOf(young),
        {
          isTrusted: true,
        },
      )
      const diff = diffRenderings(rendered.base, rendered.head, { maskKey: 'comparison' })
      const milliseconds = performance.now() - start
      const affected = new Set(
        rendered.affected.map(({ application, environment, source }) =>
          [application, environment, source].join(' '),
        ),
      )
      const side = (files: RepositoryFiles, rendering: Rendering): Side => {
        const { sources } = discover(files, configuration)
        const isAffected = ({ application, environment, path }: RenderSource) =>
          affected.has([application, environment, path].join(' '))
        return { sources, chosen: new Set(sources.filter(isAffected)), rendering }
      }
      return { base: side(old, rendered.base), head: side(young, rendered.head), diff, milliseconds }
    },
    async everything(revision) {
      const files = await loadFiles(repository, revision)
      const configuration = configurationOf(files)
      const options = { isTrusted: true }
      const rendering = await renderRevision(renderer, repository, files, configuration, options)
      const { sources } = discover(files, configuration)
      return { sources, chosen: new Set(sources), rendering }
    },
    async close() {
      await repository.close()
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

function configurationOf(files: RepositoryFiles): Configuration {
  return parseConfiguration(files.text(configurationPath), configurationPath).configuration
}
