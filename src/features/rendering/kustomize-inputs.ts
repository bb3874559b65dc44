import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { editKustomization } from './edit-kustomization.ts'
import { inflatedCharts } from './helm-charts.ts'
import { helmInputs } from './helm-inputs.ts'
import { refuseDetour } from './input-rules.ts'
import { type Kustomization, readKustomization, type Reference } from './kustomization.ts'
import { isWithin, joinPath, upwards } from './paths.ts'
import type { RepositoryIndex } from './repository-index.ts'
import { isSourceIgnoreFile, sourceIgnoreName } from './source-ignore.ts'

/**
 * The files that `kubectl kustomize <source.path>` reads, followed through every kustomization it names. What the delivery
 * edits counts as if it were written there.
 */
export function kustomizeInputs(
  source: RenderSource,
  index: RepositoryIndex,
  files: RepositoryFiles,
): { paths: string[]; problems: Problem[]; doubtful: string[] } {
  const paths: string[] = []
  const doubtful: string[] = []
  const problems: Problem[] = []
  const seen = new Set<string>()
  const waiting = [source.path]
  const edited = editKustomization(source, files, index)
  problems.push(...(edited?.problems ?? []))
  const reach = source.edits?.by === 'flux' ? 'repository' : 'folder'
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const kustomization =
      edited && folder === source.path
        ? readKustomization(edited.path, edited.text, files.text(edited.path))
        : index.kustomization(folder)
    if (seen.has(folder)) continue
    seen.add(folder)
    if (!kustomization) continue
    paths.push(...(index.entry(kustomization.path) ? [kustomization.path] : sourceIgnores(folder, index)))
    const inflated = inflatedCharts(kustomization, source, index)
    problems.push(...inflated.problems)
    for (const chart of inflated.charts) {
      const inputs = helmInputs(chart.source, index, files)
      paths.push(...inputs.paths)
      problems.push(...inputs.problems)
    }
    for (const reference of kustomization.references) {
      const found = follow(reference, kustomization, files, index, reach)
      paths.push(...found.paths)
      doubtful.push(...(found.doubtful ?? []))
      problems.push(...found.problems)
      waiting.push(...found.folders)
    }
  }
  if (paths.length === 0 && !edited) problems.push(noKustomization(source.path, index))
  return { paths, problems, doubtful }
}

/** What decides, besides the files themselves, which of them a kustomization that Flux makes up lists. */
function sourceIgnores(folder: string, index: RepositoryIndex): string[] {
  const above = upwards(folder).map((each) => joinPath(each, sourceIgnoreName) ?? '')
  const below = index.under(folder).map(({ path }) => path)
  return [...above.filter((path) => index.entry(path)), ...below.filter(isSourceIgnoreFile)]
}

interface Found {
  paths: string[]
  /** What a generator or transformer may read besides. */
  doubtful?: string[]
  folders: string[]
  problems: Problem[]
}

function follow(
  reference: Reference,
  kustomization: Kustomization,
  files: RepositoryFiles,
  index: RepositoryIndex,
  reach: 'folder' | 'repository',
): Found {
  const refuse = (problem: Omit<Problem, 'path' | 'line'>): Found => ({
    paths: [],
    folders: [],
    problems: [{ ...problem, path: kustomization.path, line: reference.line }],
  })
  const { path } = reference
  if (path !== undefined && index.entry(path)?.mode.startsWith('100')) {
    if (reach === 'folder' && !isWithin(path, kustomization.folder)) return refuse(outsideRoot(reference))
    if (reference.as !== 'plugin') return { paths: [path], folders: [], problems: [] }
    return followPlugin([path], kustomization, files, index, refuse)
  }
  if (path !== undefined && index.isFolder(path) && reference.as !== 'file') {
    const folder: Found = { paths: [], folders: [path], problems: [] }
    if (!index.kustomization(path)) return refuse(noKustomizationIn(reference))
    if (reference.as === 'root') return folder
    const inside = index.under(path).map((entry) => entry.path)
    const plugin = followPlugin(inside, kustomization, files, index, refuse)
    return { ...plugin, folders: [path] }
  }
  if (isAddress(reference.text)) return refuse(remoteBase(reference))
  if (path === undefined) return refuse(outsideRepository(reference))
  const detour = refuseDetour(path, index)
  if (detour) return { paths: [], folders: [], problems: [detour] }
  return refuse(missing(reference))
}

/** A generator or transformer of kustomize's own may read any file beside it: the whole folder counts. */
function followPlugin(
  paths: string[],
  kustomization: Kustomization,
  files: RepositoryFiles,
  index: RepositoryIndex,
  refuse: (problem: Omit<Problem, 'path' | 'line'>) => Found,
): Found {
  const foreign = paths.find((path) => !isBuiltIn(files.text(path) ?? ''))
  if (foreign !== undefined) {
    return refuse({
      code: 'KUSTOMIZE_PLUGIN_REFUSED',
      message: `${foreign} asks kustomize to run a plug-in, a program or a container`,
      fix: "use kustomize's built-in generators and transformers, or commit what the plug-in produces",
    })
  }
  const beside = index.under(kustomization.folder).map((entry) => entry.path)
  return { paths, doubtful: beside, folders: [], problems: [] }
}

/** True where every document configures something that is part of kustomize itself. */
function isBuiltIn(text: string): boolean {
  const runs = ['config.kubernetes.io/function', 'config.k8s.io/function']
  if (runs.some((word) => text.includes(word))) return false
  const versions = text.split('\n').filter((line) => line.startsWith('apiVersion:'))
  return versions.every((line) => /^apiVersion:\s*["']?(?:builtin|kustomize\.config\.k8s\.io\/)/.test(line))
}

/** Whether kustomize would take it for a repository or a file on another host. */
export function isAddress(text: string): boolean {
  return (
    text.includes('://') ||
    text.startsWith('git::') ||
    text.includes('?ref=') ||
    /^[\w.-]+@[\w.-]+:/.test(text) ||
    /^(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)[/:]/.test(text)
  )
}

function remoteBase(reference: Reference) {
  return {
    code: 'KUSTOMIZE_REMOTE_BASE',
    message: `${reference.field}: ${reference.text} is on another host; nothing is fetched when rendering`,
    fix: 'copy it into this repository and refer to it by a relative path',
  }
}

function outsideRoot(reference: Reference) {
  return {
    code: 'KUSTOMIZE_OUTSIDE_ROOT',
    message: `${reference.field}: ${reference.text} is not in or below the kustomization's own folder, and kustomize refuses that`,
    fix: 'put a kustomization beside the file and refer to its folder, or move the file',
  }
}

function outsideRepository(reference: Reference) {
  return {
    code: 'PATH_OUTSIDE_REPOSITORY',
    message: `${reference.field}: ${reference.text} leads out of the repository`,
    fix: 'refer to a file of this repository by a relative path',
  }
}

function noKustomizationIn(reference: Reference) {
  return {
    code: 'KUSTOMIZATION_MISSING',
    message: `${reference.field}: the folder ${reference.text} has no kustomization file`,
    fix: 'add a kustomization.yaml to it, or name its files one by one',
  }
}

function missing(reference: Reference) {
  return {
    code: 'FILE_MISSING',
    message: `${reference.field}: ${reference.text} is not in the repository`,
    fix: 'add the file, or correct the path',
  }
}

function noKustomization(path: string, index: RepositoryIndex): Problem {
  return {
    code: 'KUSTOMIZATION_MISSING',
    path,
    line: 0,
    message: index.isFolder(path) ? 'the folder has no kustomization file' : 'there is no such folder',
    fix: 'add a kustomization.yaml, or correct the path',
  }
}
