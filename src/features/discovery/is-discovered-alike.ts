import type { GitEntry, RepositoryFiles } from '../../domain/repository-files.ts'
import { chartNames } from '../rendering/chart.ts'
import { type ChangedEntry, changedEntries } from '../rendering/changed-entries.ts'
import { fileNameOf, folderOf } from '../rendering/paths.ts'
import { indexRepository } from '../rendering/repository-index.ts'
import { isManifestPath } from './is-manifest-path.ts'
import { isBroken, objectsIn } from './repository-objects.ts'

/**
 * Kinds that say what runs, never what is rendered from where: of an object of them discovery uses that it exists.
 * Every other kind counts whole, so that a kind which nobody thought of only costs time.
 */
const kindsOfContent = new Set([
  'apps/v1/Deployment',
  'apps/v1/StatefulSet',
  'apps/v1/DaemonSet',
  'batch/v1/Job',
  'batch/v1/CronJob',
  'v1/Service',
  'v1/ServiceAccount',
  'v1/PersistentVolumeClaim',
  'networking.k8s.io/v1/Ingress',
  'networking.k8s.io/v1/NetworkPolicy',
  'autoscaling/v2/HorizontalPodAutoscaler',
  'policy/v1/PodDisruptionBudget',
])

/**
 * Whether two revisions are sure to have the same sources: they have the same paths, and no file that differs says
 * anything else in its objects, its references or its chart. `asked`: paths whose text decided something by itself.
 * Doubt is false: the sources are then found anew.
 */
export function isDiscoveredAlike(
  before: RepositoryFiles,
  after: RepositoryFiles,
  asked: ReadonlySet<string>,
): boolean {
  return changedEntries(before.tree, after.tree).every(
    (change) => !asked.has(change.path) && saysTheSame(change, before, after),
  )
}

function saysTheSame(change: ChangedEntry, before: RepositoryFiles, after: RepositoryFiles): boolean {
  const { path } = change
  if (!change.before || !change.after || change.before.mode !== change.after.mode) return false
  if (!change.after.mode.startsWith('100')) return false
  if (!isManifestPath(path)) return true
  if (chartNames.some((name) => name === fileNameOf(path))) return false
  return (
    referencesIn(path, before) === referencesIn(path, after) &&
    contentIn(change.before, before) === contentIn(change.after, after)
  )
}

/** Everything that was read of a kustomization; undefined for every other file. */
function referencesIn(path: string, files: RepositoryFiles): string | undefined {
  const kustomization = indexRepository(files).kustomization(folderOf(path))
  return kustomization?.path === path ? JSON.stringify(kustomization) : undefined
}

/** What discovery may listen to in a file of objects, as text; undefined where it holds none and never would. */
function contentIn(entry: GitEntry, files: RepositoryFiles): string | undefined {
  const objects = objectsIn(entry, files)
  if (objects.length === 0) return isBroken(entry.path, files.text(entry.path)) ? 'broken' : undefined
  return JSON.stringify(
    objects.map(({ object }) => {
      const kind = `${object.apiVersion}/${object.kind}`
      return kindsOfContent.has(kind) ? kind : object
    }),
  )
}
