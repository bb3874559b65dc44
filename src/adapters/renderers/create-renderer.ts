import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChildProcesses } from '../../ports/child-process.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Random } from '../../ports/random.ts'
import type { Renderer, RenderOutcome, RenderRequest } from '../../ports/renderer.ts'
import type { Cache } from '../../ports/store.ts'
import { createGate } from './gate.ts'
import { renderHelm } from './helm.ts'
import { readInputs } from './job.ts'
import { renderKustomize } from './kustomize.ts'
import { createOutcomeCache } from './outcome-cache.ts'
import { renderPlain } from './plain.ts'
import { renderKey } from './render-key.ts'
import type { RendererPlaces } from './renderer-places.ts'
import type { ToolOutcome } from './run-tool.ts'
import { openSandbox, type Sandbox } from './sandbox.ts'
import { findTools, type Tools } from './tools.ts'

export interface RendererOptions {
  children: ChildProcesses
  clock: Clock
  random: Random
  log: Log
  /** See `rendererPlaces`. */
  places: RendererPlaces
  /** Outlives the process where given; the memory of this one is used either way. */
  cache?: Cache
  /** Renders at once; the number of cores is a good one. */
  concurrency: number
}

/** Renders with the official tools in a sandbox, each different input once. Tools are looked for at first need. */
export function createRenderer(options: RendererOptions): Renderer {
  const ready = once(() => prepare(options))
  const gate = createGate(options.concurrency)
  const outcomes = createOutcomeCache(options.cache, options.clock)

  async function render(request: RenderRequest): Promise<RenderOutcome> {
    if (request.source.renderer === 'plain') return strip(renderPlain(request, await readInputs(request)))
    const { tools, sandbox } = await ready()
    if (!request.isTrusted && sandbox.description.kind !== 'bubblewrap') return refused(request, sandbox)
    const key = renderKey(request, tools.versions)
    const known = await outcomes.get(key)
    if (known) return known
    const outcome = await gate(() => runOnce(request, tools, sandbox), request.signal)
    if (outcome.isRepeatable) await outcomes.put(key, strip(outcome))
    return strip(outcome)
  }

  async function runOnce(request: RenderRequest, tools: Tools, sandbox: Sandbox): Promise<ToolOutcome> {
    const inputs = await readInputs(request)
    if (inputs.problems.length > 0) return { objects: [], problems: inputs.problems, isRepeatable: true }
    const { temporaryFolder } = options.places
    return request.source.renderer === 'helm'
      ? renderHelm(request, inputs, tools.helm, sandbox, temporaryFolder)
      : renderKustomize(request, inputs, tools.kubectl, sandbox, temporaryFolder)
  }

  return {
    render,
    async describe() {
      const { tools, sandbox } = await ready()
      return { ...tools.versions, sandbox: sandbox.description }
    },
  }
}

async function prepare(options: RendererOptions): Promise<{ tools: Tools; sandbox: Sandbox }> {
  const { children, places, random, log } = options
  const tools = await findTools({ children, ...places, suffix: random.uuid() })
  const folder = await mkdtemp(join(places.temporaryFolder, 'drawbridge-probe-'))
  try {
    await mkdir(join(folder, 'files'))
    const probe = { binary: tools.kubectl, arguments: ['version', '--client'], folder }
    const sandbox = await openSandbox(children, places.searchPath, probe)
    const fields = {
      ...tools.versions,
      sandbox: sandbox.description.kind,
      detail: sandbox.description.detail,
    }
    if (sandbox.description.kind === 'bubblewrap') log.debug(fields, 'renderer is ready')
    else log.warn(fields, 'renderer has no sandbox')
    return { tools, sandbox }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
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
