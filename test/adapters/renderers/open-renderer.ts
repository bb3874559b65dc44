import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AllowedHosts } from '../../../src/adapters/renderers/fetch-allowed.ts'
import { createRenderer } from '../../../src/adapters/renderers/create-renderer.ts'
import { programs } from '../../programs.ts'
import { systemClock } from '../../../src/adapters/system/system-clock.ts'
import { systemRandom } from '../../../src/adapters/system/system-random.ts'
import type { RendererPlugin } from '../../../src/domain/renderer-plugin.ts'
import type { RenderSource } from '../../../src/domain/rendered-target.ts'
import { inputClosure } from '../../../src/features/rendering/input-closure.ts'
import type { ChildProcesses } from '../../../src/ports/child-process.ts'
import type { Log } from '../../../src/ports/log.ts'
import type { Renderer, RenderOutcome, RenderRequest } from '../../../src/ports/renderer.ts'
import { repositoryOf } from '../../features/rendering/repository-of.ts'
import { memoryRepository } from './memory-repository.ts'

export const quiet: Log = { child: () => quiet, debug() {}, info() {}, warn() {}, error() {} }

/** Where the pinned tools run; elsewhere tests with real tools would test other tools. */
export const hasPinnedTools = process.platform === 'linux' && process.arch === 'x64'

export interface OpenedRenderer {
  renderer: Renderer
  /** Where jobs are laid out. */
  folder: string
  /** Closure and render together, as the journeys do: what the closure refuses never starts a tool. */
  render(texts: Record<string, string>, source: Partial<RenderSource>): Promise<RenderOutcome>
  request(texts: Record<string, string>, source: Partial<RenderSource>): RenderRequest
  close(): void
}

/** A renderer with the tools of this machine, for an untrusted repository that holds what a test writes. */
export function openRenderer(
  more: {
    searchPath?: string[]
    plugins?: RendererPlugin[]
    children?: ChildProcesses
    chartHosts?: AllowedHosts
  } = {},
): OpenedRenderer {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-renderer-test-'))
  const renderer = createRenderer({
    children: more.children ?? programs,
    clock: systemClock,
    random: systemRandom,
    log: quiet,
    places: {
      platform: `${process.platform}-${process.arch}`,
      cacheFolders: [join(tmpdir(), 'drawbridge-tools')],
      searchPath: more.searchPath ?? (process.env.PATH ?? '').split(':'),
      temporaryFolder: folder,
    },
    plugins: more.plugins,
    chartHosts: more.chartHosts,
    concurrency: 2,
  })
  const request = (texts: Record<string, string>, source: Partial<RenderSource>): RenderRequest => {
    const files = repositoryOf(texts)
    const whole = aSource(source)
    const { paths } = inputClosure(whole, files)
    return {
      repository: memoryRepository(texts),
      tree: files.tree,
      source: whole,
      inputs: paths,
      isTrusted: true,
    }
  }
  return {
    renderer,
    folder,
    request,
    render: async (texts, source) => {
      const { problems } = inputClosure(aSource(source), repositoryOf(texts))
      return problems.length > 0 ? { objects: [], problems } : renderer.render(request(texts, source))
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export function aSource(overrides: Partial<RenderSource> = {}): RenderSource {
  return {
    application: 'shop',
    environment: 'dev',
    clusters: ['dev'],
    renderer: 'kustomize',
    path: 'app',
    valueFiles: [],
    files: [],
    because: '',
    ...overrides,
  }
}
