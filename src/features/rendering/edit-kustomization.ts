import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { editForArgo } from './edit-for-argo.ts'
import { editForFlux, generateForFlux } from './edit-for-flux.ts'
import { dumpKubernetesYaml, parseKubernetesYaml } from './kubernetes-yaml.ts'
import { joinPath } from './paths.ts'
import type { RepositoryIndex } from './repository-index.ts'

/** A folder's kustomization as the delivering tool leaves it before it builds. */
export interface EditedKustomization {
  /** Where it is written; no file of the repository where the tool makes one up. */
  path: string
  text: string
  problems: Problem[]
}

/**
 * The source's kustomization with the edits of its delivery; undefined where nothing is edited, and where the edits cannot be
 * made because there is no kustomization or it cannot be read (which is said when its inputs are followed).
 */
export function editKustomization(
  source: Pick<RenderSource, 'path' | 'edits'>,
  files: RepositoryFiles,
  index: RepositoryIndex,
): EditedKustomization | undefined {
  const { edits, path: folder } = source
  if (!edits) return undefined
  const path = index.kustomization(folder)?.path
  if (path === undefined) {
    if (edits.by === 'argocd' || !index.isFolder(folder)) return undefined
    const made = generateForFlux(folder, files, index)
    return written(joinPath(folder, 'kustomization.yaml') ?? '', folder, editForFlux(made, edits, folder))
  }
  const data = readData(files.text(path) ?? '')
  if (!data) return undefined
  if (edits.by === 'flux') {
    // Flux keeps a kustomization without resources from counting as empty by asking for annotations.
    const isBare = !Array.isArray(data.resources) || data.resources.length === 0
    const kept = isBare ? { ...data, buildMetadata: ['originAnnotations'] } : data
    return written(path, folder, editForFlux(kept, edits, folder))
  }
  return written(path, folder, editForArgo(data, edits, folder))
}

function readData(text: string): Record<string, unknown> | undefined {
  try {
    const data = parseKubernetesYaml(text, { lastKeyWins: true }) ?? {}
    return typeof data === 'object' && !Array.isArray(data) ? (data as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function written(
  path: string,
  folder: string,
  { data, refusals }: { data: Record<string, unknown>; refusals: string[] },
): EditedKustomization {
  const problems = refusals.map((message) => ({
    code: 'KUSTOMIZE_EDIT_REFUSED',
    path,
    line: 0,
    message,
    fix: `take it out of ${folder}, or out of the object that delivers the folder`,
  }))
  return { path, text: dumpKubernetesYaml(data), problems }
}
