import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RendererPlugin } from '../../domain/renderer-plugin.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { ChildProcesses } from '../../ports/child-process.ts'
import type { Random } from '../../ports/random.ts'
import type { RenderRequest } from '../../ports/renderer.ts'
import type { Charts } from './charts.ts'
import { renderHelm } from './helm.ts'
import type { JobInputs } from './job.ts'
import { renderJsonnet } from './jsonnet.ts'
import { renderKustomize } from './kustomize.ts'
import { findOptionalTools, type OptionalTool, type OptionalToolName } from './optional-tools.ts'
import { renderPlugin } from './plugin.ts'
import { pluginVersion } from './plugin-version.ts'
import type { RendererPlaces } from './renderer-places.ts'
import type { ToolOutcome } from './run-tool.ts'
import { openSandbox, type Sandbox } from './sandbox.ts'
import { findTools, type Tools } from './tools.ts'
import { renderYtt } from './ytt.ts'

/** Everything that renders on this machine. */
export interface Toolbox {
  tools: Tools
  sandbox: Sandbox
  optional: Partial<Record<OptionalToolName, OptionalTool>>
  plugins: ReadonlyMap<string, { plugin: RendererPlugin; version: string }>
  charts: Charts
  temporaryFolder: string
}

export async function openToolbox(
  children: ChildProcesses,
  random: Random,
  places: RendererPlaces,
  plugins: readonly RendererPlugin[],
  charts: Charts,
): Promise<Toolbox> {
  const { searchPath, temporaryFolder } = places
  const tools = await findTools({ children, ...places, suffix: random.uuid() })
  const folder = await mkdtemp(join(temporaryFolder, 'drawbridge-probe-'))
  try {
    const sandbox = await openSandbox(children, searchPath, { kubectl: tools.kubectl, folder })
    await mkdir(join(folder, 'files'))
    const optional = await findOptionalTools(sandbox, searchPath, folder)
    const versioned = await Promise.all(
      plugins.map(async (plugin) => [plugin.name, { plugin, version: await pluginVersion(plugin) }] as const),
    )
    return { tools, sandbox, optional, plugins: new Map(versioned), charts, temporaryFolder }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export interface Way {
  /** Part of what outcomes are remembered by: another version may print other objects. */
  versions: Record<string, string>
  render(request: RenderRequest, inputs: JobInputs): Promise<ToolOutcome>
}

/** How a source is rendered here; undefined where its tool is missing. */
export function wayToRender(
  source: RenderSource,
  { tools, sandbox, optional, plugins, charts, temporaryFolder }: Toolbox,
): Way | undefined {
  const { jsonnet, ytt } = optional
  const plugin = plugins.get(source.plugin ?? '')
  const ways: Partial<Record<RenderSource['renderer'], Way | undefined>> = {
    helm: {
      versions: tools.versions,
      render: (request, inputs) =>
        renderHelm(request, inputs, { ...tools, charts, sandbox, temporaryFolder }),
    },
    kustomize: {
      versions: tools.versions,
      render: (request, inputs) =>
        renderKustomize(request, inputs, { ...tools, sandbox, temporaryFolder, charts }),
    },
    jsonnet: jsonnet && {
      versions: { jsonnet: jsonnet.version },
      render: (request, inputs) => renderJsonnet(request, inputs, jsonnet, sandbox, temporaryFolder),
    },
    ytt: ytt && {
      versions: { ytt: ytt.version },
      render: (request, inputs) => renderYtt(request, inputs, ytt, sandbox, temporaryFolder),
    },
    plugin: plugin && {
      versions: { plugin: plugin.version },
      render: (request, inputs) => renderPlugin(request, inputs, plugin.plugin, sandbox, temporaryFolder),
    },
  }
  return ways[source.renderer]
}
