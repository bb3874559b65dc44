import type { ApplicationRule, Configuration } from '../../domain/configuration.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { isWithin } from '../rendering/paths.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import type { Delivery } from './delivery.ts'
import type { Candidate } from './find-candidates.ts'
import { matchTemplate } from './path-template.ts'

/**
 * Candidates with the renderer that the configuration names, that Argo CD would take (Jsonnet), or that the files ask
 * for (ytt). A folder that ytt or a plug-in renders is one source with all that lies below it.
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
  const delivered = deliveredJsonnet(found, index, deliveries).filter(({ path }) => isFree(path))
  const annotated = annotatedFolders(found, files).filter(({ path }) => isFree(path))
  const chosen = [...configured, ...delivered, ...annotated]
  const rest = found.filter((candidate) => !chosen.some((each) => takesOver(each, candidate)))
  return [...rest.filter((candidate) => isAllowed(candidate, configuration)), ...chosen]
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
    const files = renderer === 'jsonnet' ? jsonnetFiles(path, found, index, false) : []
    return [{ renderer, path, files, because: `a folder that the configuration renders with ${renderer}` }]
  })
}

/** Argo CD evaluates each `.jsonnet` file of a plain folder. */
function deliveredJsonnet(
  found: readonly Candidate[],
  index: RepositoryIndex,
  deliveries: readonly Delivery[],
): Candidate[] {
  const isTool = (path: string) => found.some((each) => each.path === path && each.renderer !== 'plain')
  const folders = deliveries.filter(({ jsonnet, path }) => jsonnet && !isTool(path))
  return [...Map.groupBy(folders, ({ path }) => path)].flatMap(([path, own]): Candidate[] => {
    const isRecursive = own.some((delivery) => delivery.isRecursive)
    const files = jsonnetFiles(path, found, index, isRecursive)
    if (!files.some(isJsonnet)) return []
    return [{ renderer: 'jsonnet', path, files, because: 'a folder with Jsonnet that Argo CD delivers' }]
  })
}

/** The Jsonnet files of a folder, and the plain objects beside them. */
function jsonnetFiles(
  path: string,
  found: readonly Candidate[],
  index: RepositoryIndex,
  isRecursive: boolean,
): string[] {
  const entries = isRecursive ? index.under(path) : index.filesIn(path)
  const plain = found.filter((each) => each.path === path && each.renderer === 'plain')
  const own = entries.map((entry) => entry.path).filter(isJsonnet)
  return [...own, ...plain.flatMap((each) => each.files)].toSorted()
}

function isJsonnet(path: string): boolean {
  return path.endsWith('.jsonnet')
}

/** Folders of plain objects with ytt's annotations; of those within each other the outermost. */
function annotatedFolders(found: readonly Candidate[], files: RepositoryFiles): Candidate[] {
  const isAnnotated = (path: string) => /^[ \t]*#@/m.test(files.text(path) ?? '')
  const annotated = found.filter((each) => each.renderer === 'plain' && each.files.some(isAnnotated))
  return annotated
    .filter(({ path }) => !annotated.some((other) => other.path !== path && isWithin(path, other.path)))
    .map(({ path }) => ({ renderer: 'ytt', path, files: [], because: "a folder with ytt's annotations" }))
}
