import { join } from 'node:path'
import type { RendererPlugin } from '../../domain/renderer-plugin.ts'
import type { ChildProcesses } from '../../ports/child-process.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Random } from '../../ports/random.ts'
import type { Renderer, RenderOutcome, RenderRequest } from '../../ports/renderer.ts'
import type { Cache } from '../../ports/store.ts'
import { createCharts } from './charts.ts'
import type { AllowedHosts } from './fetch-allowed.ts'
import { createGate } from './gate.ts'
import { readInputs } from './job.ts'
import { missingRenderer } from './missing-renderer.ts'
import { createOutcomeCache } from './outcome-cache.ts'
import { renderPlain } from './plain.ts'
import { renderKey } from './render-key.ts'
import type { RendererPlaces } from './renderer-places.ts'
import type { ToolOutcome } from './run-tool.ts'
import type { Sandbox } from './sandbox.ts'
import { openToolbox, type Toolbox, type Way, wayToRender } from './toolbox.ts'

export interface RendererOptions {
  children: ChildProcesses
  clock: Clock
  random: Random
  log: Log
  /** See `rendererPlaces`. */
  places: RendererPlaces
  /** Outlives the process where given; the memory of this one is used either way. */
  cache?: Cache
  /** What the operator approves besides the official tools. */
  plugins?: readonly RendererPlugin[]
  /** Hosts of charts; none is asked where absent. */
  chartHosts?: AllowedHosts
  /** Renders at once; the number of cores is a good one. */
  concurrency: number
}

/** Renders with the official tools in a sandbox, each different input once. Tools are looked for at first need. */
export function createRenderer(options: RendererOptions): Renderer {
  const ready = once(() => prepare(options))
  const gate = createGate(options.concurrency)
  const outcomes = createOutcomeCache(options.cache, options.clock)
  const running = new Map<string, Promise<RenderOutcome>>()

  async function render(request: RenderRequest): Promise<RenderOutcome> {
    const { source } = request
    if (source.renderer === 'plain') return strip(renderPlain(request, await readInputs(request)))
    const toolbox = await ready()
    if (!request.isTrusted && toolbox.sandbox.description.kind !== 'bubblewrap') {
      return refused(request, toolbox.sandbox)
    }
    const way = wayToRender(source, toolbox)
    if (!way) return { objects: [], problems: [missingRenderer(source)] }
    const key = renderKey(request, way.versions)
    const known = await outcomes.get(key)
    if (known) return known
    return joined(key, request, way)
  }

  /** Equal renders at once are one: two pull requests with the same base, two targets of the same folder. */
  async function joined(key: string, request: RenderRequest, way: Way): Promise<RenderOutcome> {
    const other = running.get(key)
    if (other) {
      const outcome = await other.catch(() => undefined)
      request.signal?.throwIfAborted()
      // Theirs may have been cancelled, which is no answer to ours.
      return outcome ? structuredClone(outcome) : joined(key, request, way)
    }
    const own = gate(() => runOnce(request, way), request.signal).then(async (outcome) => {
      if (outcome.isRepeatable) await outcomes.put(key, strip(outcome))
      return strip(outcome)
    })
    running.set(key, own)
    try {
      return await own
    } finally {
      running.delete(key)
    }
  }

  async function runOnce(request: RenderRequest, way: Way): Promise<ToolOutcome> {
    const inputs = await readInputs(request)
    if (inputs.problems.length > 0) return { objects: [], problems: inputs.problems, isRepeatable: true }
    return way.render(request, inputs)
  }

  return {
    render,
    async describe() {
      const { tools, sandbox, optional, plugins } = await ready()
      const others = [
        ...Object.entries(optional).map(([name, { version }]) => [name, version] as const),
        ...[...plugins].map(([name, { version }]) => [`plugin/${name}`, version.slice(0, 12)] as const),
      ]
      return { ...tools.versions, others: Object.fromEntries(others), sandbox: sandbox.description }
    },
  }
}

async function prepare({
  children,
  places,
  plugins,
  chartHosts,
  random,
  log,
}: RendererOptions): Promise<Toolbox> {
  const charts = createCharts({
    allowed: chartHosts ?? { hosts: [], privateHosts: [] },
    folders: places.cacheFolders.map((folder) => join(folder, 'charts')),
    random,
  })
  const toolbox = await openToolbox(children, random, places, plugins ?? [], charts)
  const { kind, detail } = toolbox.sandbox.description
  const fields = { ...toolbox.tools.versions, sandbox: kind, detail }
  if (kind === 'bubblewrap') log.debug(fields, 'renderer is ready')
  else log.warn(fields, 'renderer has no sandbox')
  return toolbox
}

/** Runs `start` at the first call; a failure is not remembered. */
function once<T>(start: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    running ??= start().catch((error: unknown) => {
      running = undefined
      throw error
    })
    return running
  }
}

function strip({ objects, problems }: RenderOutcome): RenderOutcome {
  return { objects, problems }
}

function refused(request: RenderRequest, sandbox: Sandbox): RenderOutcome {
  const problem = {
    code: 'SANDBOX_UNAVAILABLE',
    path: request.source.path,
    line: 0,
    message: `content from a fork is only rendered in a sandbox: ${sandbox.description.detail}`,
    fix: 'install bubblewrap where Drawbridge runs and allow it user namespaces, or push the branch to this repository',
  }
  return { objects: [], problems: [problem] }
}
