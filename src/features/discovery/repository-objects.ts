import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { GitEntry, RepositoryFiles } from '../../domain/repository-files.ts'
import { isLfsPointer } from '../rendering/input-rules.ts'
import { fileNameOf } from '../rendering/paths.ts'
import { readDocuments } from '../rendering/read-documents.ts'
import { type ReadObject, readManifests } from '../rendering/read-manifests.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { isObjectPath } from './is-manifest-path.ts'
import { patchFiles } from './patch-files.ts'

/** A file of the repository that holds Kubernetes objects. */
export interface ObjectFile {
  path: string
  objects: ReadObject[]
}

/** Configuration of tools in the form of Kubernetes objects: no API server serves them. */
const toolGroups = [
  'skaffold/',
  'kind.x-k8s.io/',
  'backstage.io/',
  'eksctl.io/',
  'k3d.io/',
  'kubeadm.k8s.io/',
  'kustomize.config.k8s.io/',
  'builtin',
  'config.kubernetes.io/',
  'cli-utils.sigs.k8s.io/',
  'ctlptl.dev/',
  'kubelet.config.k8s.io/',
  'kubeproxy.config.k8s.io/',
  'apiserver.config.k8s.io/',
  'audit.k8s.io/',
  'client.authentication.k8s.io/',
  'krew.googlecontainertools.github.com/',
  'drawbridge.dev/',
]

// The same files always give the same objects, so remembering them changes no answer.
const known = new WeakMap<RepositoryFiles, ObjectFile[]>()

/**
 * Every file with at least one Kubernetes object, in the order of paths; and those that would hold some if their YAML could be
 * read, without objects: a slip of the pen must show as a problem, never as the removal of everything in the file.
 */
export function objectFiles(files: RepositoryFiles): ObjectFile[] {
  const remembered = known.get(files)
  if (remembered) return remembered
  const found = files.tree.entries
    .filter((entry) => entry.mode.startsWith('100') && isObjectPath(entry.path))
    .flatMap((entry) => {
      const objects = objectsIn(entry, files)
      const isFound = objects.length > 0 || isBroken(entry.path, files.text(entry.path))
      return isFound ? [{ path: entry.path, objects }] : []
    })
  known.set(files, found)
  return found
}

/** Without the files that kustomizations use as patches: these are parts of objects that stand elsewhere. */
export function withoutPatches(found: readonly ObjectFile[], index: RepositoryIndex): ObjectFile[] {
  const patches = patchFiles(index)
  return found.filter(({ path }) => !patches.has(path))
}

// An entry's id names its content for good, so remembering what was read of it changes no answer.
const read = new WeakMap<GitEntry, ReadObject[]>()

/** The Kubernetes objects in one file; none where it holds anything else. */
export function objectsIn(entry: GitEntry, files: RepositoryFiles): ReadObject[] {
  const remembered = read.get(entry)
  if (remembered) return remembered
  const text = files.text(entry.path)
  const objects = objectsOf(entry.path, text)
  if (text !== undefined) read.set(entry, objects)
  return objects
}

function objectsOf(path: string, text: string | undefined): ReadObject[] {
  if (text === undefined || !text.includes('apiVersion') || !text.includes('kind')) return []
  if (fileNameOf(path) === 'Chart.yaml') return []
  if (text.includes('{{') && readDocuments(text, path).some((document) => document.kind === 'template'))
    return []
  return readManifests(text, path).objects.filter(({ object }) => isForCluster(object))
}

/** Whether a file holds objects that cannot be read: it begins them as people write them, and is neither YAML nor a template of any tool, or LFS has them. */
export function isBroken(path: string, text: string | undefined): boolean {
  if (text !== undefined && isLfsPointer(text)) return /\.ya?ml$/.test(path)
  if (text === undefined || !/^apiVersion:\s/m.test(text) || !/^kind:\s/m.test(text)) return false
  if (/\{[{%]|<%/.test(text)) return false
  return readDocuments(text, path).some((document) => document.kind === 'broken')
}

function isForCluster(object: KubernetesObject): boolean {
  return !toolGroups.some((group) => object.apiVersion.startsWith(group))
}
