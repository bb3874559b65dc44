import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'
import type { KustomizeEdits } from '../../src/domain/kustomize-edits.ts'
import type { RenderSource } from '../../src/domain/rendered-target.ts'
import type { WorkTree } from './git-folder.ts'
import { type Printed, run, type Tools } from './run-tool.ts'

/** Why nobody can be asked for what a delivering tool makes of a source; undefined where somebody can. */
export function whyUnasked(source: RenderSource, { flux, kustomize }: Tools): string | undefined {
  const { edits, substitution, postRenderers, commonMetadata, chartValues, renderer } = source
  if (!['kustomize', 'helm', 'plain'].includes(renderer)) return `no ${renderer}`
  if (postRenderers || commonMetadata || chartValues) return 'a HelmRelease or common metadata of Flux'
  if (isOpen(substitution)) return 'variables that only the cluster knows'
  if (edits?.by === 'flux' && !flux) return 'no flux'
  if (edits?.by === 'argocd' && !kustomize) return 'no kustomize'
  return undefined
}

function isOpen(substitution: RenderSource['substitution']): boolean {
  if (!substitution) return false
  const isUnknown = Object.values(substitution.variables).some(({ kind }) => kind !== 'value')
  return isUnknown || substitution.unknownObjects.length > 0
}

/** `flux build kustomization` for the object that delivers a source, with the variables that the repository tells. */
export async function printByFlux(source: RenderSource, tree: WorkTree, flux: string): Promise<Printed> {
  const folder = await mkdtemp(join(tmpdir(), 'compare-flux-'))
  try {
    const kustomization = await readDelivery(source, tree)
    if (!kustomization) return { streams: [], failure: `no such object: ${source.because}` }
    const { name, namespace } = kustomization.metadata
    const variables = Object.entries(source.substitution?.variables ?? {}).flatMap(([key, variable]) =>
      variable.kind === 'value' ? [[key, variable.value] as const] : [],
    )
    const spec = {
      ...kustomization.spec,
      postBuild: source.substitution && { substitute: Object.fromEntries(variables) },
    }
    const file = join(folder, 'kustomization.yaml')
    await writeFile(file, stringify({ ...kustomization, spec }))
    // Flux reads nothing outside of the folder that it is started in.
    const where = [`--path=${join(tree.folder, source.path)}`, `--kustomization-file=${file}`]
    const how = ['--dry-run', '--in-memory-build']
    return await run(
      flux,
      ['build', 'kustomization', name, `--namespace=${namespace}`, ...where, ...how],
      tree.folder,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface FluxKustomization {
  kind: string
  metadata: { name: string; namespace?: string }
  spec: Record<string, unknown>
}

/** The object that `because` names: `Flux Kustomization NAME in FILE`. */
async function readDelivery(
  { because }: RenderSource,
  tree: WorkTree,
): Promise<FluxKustomization | undefined> {
  const [, name, file = ''] = /^Flux Kustomization (\S+) in (.+?)(?:, suspended)?$/.exec(because) ?? []
  const text = await readFile(join(tree.folder, file), 'utf8').catch(() => '')
  const objects = parseAllDocuments(text).map((document) => document.toJS() as FluxKustomization | null)
  const isNamed = (object: FluxKustomization) =>
    object.kind === 'Kustomization' && object.metadata.name === name
  const found = objects.filter((object) => object !== null).find(isNamed)
  const namespace = found?.metadata.namespace ?? 'flux-system'
  return found && { ...found, metadata: { ...found.metadata, namespace } }
}

/** What Argo CD does: `kustomize edit` in a copy of the repository, then the build. */
export async function printByArgo(source: RenderSource, tree: WorkTree, tools: Tools): Promise<Printed> {
  const folder = await mkdtemp(join(tmpdir(), 'compare-argo-'))
  try {
    const copy = join(folder, basename(tree.folder))
    await cp(tree.folder, copy, { recursive: true, verbatimSymlinks: true })
    const at = join(copy, source.path)
    for (const edit of editCommands(source.edits)) {
      const { failure } = await run(tools.kustomize ?? '', ['edit', ...edit], at)
      if (failure !== undefined) return { streams: [], failure }
    }
    return await run(tools.kubectl, ['kustomize', at])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Source: argo-cd, util/kustomize/kustomize.go, Build. */
function editCommands(edits: KustomizeEdits | undefined): string[][] {
  if (!edits) return []
  const {
    namePrefix,
    nameSuffix,
    namespace,
    images = [],
    replicas = [],
    labels = [],
    annotations = {},
  } = edits
  return [
    ...(namePrefix ? [['set', 'nameprefix', '--', namePrefix]] : []),
    ...(nameSuffix ? [['set', 'namesuffix', '--', nameSuffix]] : []),
    ...images.map(({ name, newName, newTag, digest }) => [
      'set',
      'image',
      `${name}=${newName ?? name}${newTag ? `:${newTag}` : ''}${digest ? `@${digest}` : ''}`,
    ]),
    ...replicas.map(({ name, count }) => ['set', 'replicas', `${name}=${count}`]),
    ...labels.map(({ pairs, includeSelectors, includeTemplates, isForced }) => [
      'add',
      'label',
      ...(isForced ? ['--force'] : []),
      ...(includeSelectors ? [] : ['--without-selector']),
      ...(includeTemplates ? ['--include-templates'] : []),
      ...Object.entries(pairs).map(([key, value]) => `${key}:${value}`),
    ]),
    ...Object.entries(annotations).map(([key, value]) => [
      'add',
      'annotation',
      ...(edits.areAnnotationsForced ? ['--force'] : []),
      `${key}:${value}`,
    ]),
    ...(namespace ? [['set', 'namespace', '--', namespace]] : []),
  ]
}
