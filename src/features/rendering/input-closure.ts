import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { folderInputs } from './folder-inputs.ts'
import { helmInputs } from './helm-inputs.ts'
import { refuseEntries } from './input-rules.ts'
import { jsonnetInputs } from './jsonnet-inputs.ts'
import { kustomizeInputs } from './kustomize-inputs.ts'
import { type Lookups, recordLookups } from './record-lookups.ts'
import { indexRepository, type RepositoryIndex } from './repository-index.ts'

export interface InputClosure {
  /** Sorted paths of files; what a render may read and what it is cached by. */
  paths: string[]
  /** Each is a refusal: the source is not rendered while there is one. */
  problems: Problem[]
  /** Paths that count by doubt alone: something may read them, and nobody can say whether. Absent: none. */
  doubtful?: string[]
}

const inputsOf: Record<
  RenderSource['renderer'],
  (source: RenderSource, index: RepositoryIndex, files: RepositoryFiles) => InputClosure
> = {
  kustomize: kustomizeInputs,
  helm: helmInputs,
  plain: (source: RenderSource) => ({ paths: source.files, problems: [] }),
  jsonnet: jsonnetInputs,
  ytt: folderInputs,
  plugin: pluginInputs,
}

/** Nobody but the plug-in knows which files of its folder it reads. */
function pluginInputs(source: RenderSource, index: RepositoryIndex, files: RepositoryFiles): InputClosure {
  const { paths, problems } = folderInputs(source, index, files)
  return { paths: [], doubtful: paths, problems }
}

/**
 * Every file that can change what a source renders to. Doubt widens: a folder whose use cannot be followed counts
 * whole. What no render may read (links, submodules, other hosts, plug-ins) is refused here, before a tool starts.
 */
export function inputClosure(source: RenderSource, files: RepositoryFiles): InputClosure {
  return closureOf(source, indexRepository(files), files)
}

/** Everything that finding a source's closure asks of a revision, the paths of the closure included. */
export function closureLookups(source: RenderSource, files: RepositoryFiles): Lookups {
  const recorded = recordLookups(files, indexRepository(files))
  closureOf(source, recorded.index, recorded.files)
  return recorded.lookups
}

function closureOf(source: RenderSource, index: RepositoryIndex, files: RepositoryFiles): InputClosure {
  const { paths, problems, doubtful = [] } = inputsOf[source.renderer](source, index, files)
  const sorted = [...new Set([...paths, ...doubtful])].toSorted()
  const sure = new Set(paths)
  const unsure = doubtful.filter((path) => !sure.has(path))
  return {
    paths: sorted,
    problems: [...problems, ...refuseEntries(sorted, source.path, files, index)],
    ...(unsure.length > 0 && { doubtful: unsure }),
  }
}
