import type { ApplicationRule, Configuration } from '../../domain/configuration.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { isWithin } from '../rendering/paths.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { isJsonnet } from './delivered-folders.ts'
import type { Delivery } from './delivery.ts'
import type { Candidate } from './find-candidates.ts'
import { matchTemplate } from './path-template.ts'

/**
 * Candidates with the renderer that the configuration names, or that the files ask for (ytt). A folder that ytt or a
 * plug-in renders is one source with all that lies below it, once for each delivery.
 */
export function chooseRenderers(
  found: readonly Candidate[],
  files: RepositoryFiles,
  index: RepositoryIndex,
  deliveries: readonly Delivery[],
  configuration: Configuration,
): Candidate[] {
  const configured = configuredCandidates(found, index, configuration)
  const isFree = (path: string) => ruleWithRenderer(path, configuration) === undefined
  const annotated = annotatedFolders(found, files).filter(({ path }) => isFree(path))
  const chosen = [...configured, ...annotated]
  const rest = found.filter((candidate) => !chosen.some((each) => takesOver(each, candidate)))
  const allowed = rest.filter((candidate) => isAllowed(candidate, configuration))
  return [...allowed, ...chosen.flatMap((candidate) => withDeliveries(candidate, deliveries))]
}

function withDeliveries(candidate: Candidate, deliveries: readonly Delivery[]): Candidate[] {
  const own = deliveries.filter(({ path }) => path === candidate.path)
  if (own.length === 0) return [candidate]
  return own.map((delivery) => ({ ...candidate, delivery, because: delivery.because }))
}

function takesOver(chosen: Candidate, other: Candidate): boolean {
  if (chosen.renderer === 'jsonnet') return other.path === chosen.path
  return isWithin(other.path, chosen.path)
}

function ruleWithRenderer(path: string, configuration: Configuration): ApplicationRule | undefined {
  const rule = configuration.applications.find((each) => matchTemplate(each.path, path) !== undefined)
  return rule?.renderer === undefined ? undefined : rule
}

/** A folder that is both a kustomization and a chart, say, is rendered as the configuration says. */
function isAllowed(candidate: Candidate, configuration: Configuration): boolean {
  const rule = ruleWithRenderer(candidate.path, configuration)
  return rule === undefined || rule.renderer === candidate.renderer
}

function configuredCandidates(
  found: readonly Candidate[],
  index: RepositoryIndex,
  configuration: Configuration,
): Candidate[] {
  if (!configuration.applications.some((rule) => rule.renderer !== undefined)) return []
  return index.folders.flatMap((path): Candidate[] => {
    const renderer = ruleWithRenderer(path, configuration)?.renderer
    if (renderer !== 'jsonnet' && renderer !== 'ytt' && renderer !== 'plugin') return []
    const files = renderer === 'jsonnet' ? jsonnetFiles(path, found, index) : []
    return [{ renderer, path, files, because: `a folder that the configuration renders with ${renderer}` }]
  })
}

/** The Jsonnet files of a folder, and the plain objects beside them. */
function jsonnetFiles(path: string, found: readonly Candidate[], index: RepositoryIndex): string[] {
  const plain = found.filter((each) => each.path === path && each.renderer === 'plain')
  const own = index.filesIn(path).map((entry) => entry.path)
  return [...new Set([...own.filter(isJsonnet), ...plain.flatMap((each) => each.files)])].toSorted()
}

/** Folders of plain objects with ytt's annotations; of those within each other the outermost. */
function annotatedFolders(found: readonly Candidate[], files: RepositoryFiles): Candidate[] {
  const isAnnotated = (path: string) => /^[ \t]*#@/m.test(files.text(path) ?? '')
  const annotated = found.filter((each) => each.renderer === 'plain' && each.files.some(isAnnotated))
  const folders = [...new Set(annotated.map(({ path }) => path))]
  return folders
    .filter((path) => !folders.some((other) => other !== path && isWithin(path, other)))
    .map((path) => ({ renderer: 'ytt', path, files: [], because: "a folder with ytt's annotations" }))
}
