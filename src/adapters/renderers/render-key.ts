import { createHash } from 'node:crypto'
import { entriesByPath } from '../../domain/repository-files.ts'
import type { RenderRequest } from '../../ports/renderer.ts'
import { kubeVersion } from './helm.ts'

/** Raised when the same inputs and tools would give another outcome, because our own reading of it changed. */
const generation = 1

/** Names everything that can change an outcome: the inputs' blobs, the tool, its arguments. */
export function renderKey(request: RenderRequest, versions: Record<string, string>): string {
  const { source } = request
  const known = entriesByPath(request.tree)
  const inputs = request.inputs
    .flatMap((path) => known.get(path) ?? [])
    .map((entry) => [entry.path, entry.mode, entry.id])
  const facts = {
    generation,
    versions,
    kubeVersion,
    renderer: source.renderer,
    path: source.path,
    valueFiles: source.valueFiles,
    values: source.values,
    helm: source.helm,
    namespace: source.namespace,
    isWithoutCrds: source.isWithoutCrds,
    kubernetes: source.kubernetes,
    charts: source.charts,
    remoteChart: source.remoteChart,
    jsonnet: source.jsonnet,
    plugin: source.plugin,
    release: source.releaseName ?? source.application,
    files: source.files,
    edits: source.edits,
    chartValues: source.chartValues,
    postRenderers: source.postRenderers,
    commonMetadata: source.commonMetadata,
    inputs,
  }
  return `render/${createHash('sha256').update(JSON.stringify(facts)).digest('hex')}`
}
