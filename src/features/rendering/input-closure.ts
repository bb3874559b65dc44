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
}

const inputsOf = {
  kustomize: kustomizeInputs,
  helm: helmInputs,
  plain: (source: RenderSource) => ({ paths: source.files, problems: [] }),
  jsonnet: jsonnetInputs,
  ytt: folderInputs,
  plugin: folderInputs,
} satisfies Record<
  RenderSource['renderer'],
  (source: RenderSource, index: RepositoryIndex, files: RepositoryFiles) => InputClosure
>

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
  const { paths, problems } = inputsOf[source.renderer](source, index, files)
  const sorted = [...new Set(paths)].toSorted()
  return { paths: sorted, problems: [...problems, ...refuseEntries(sorted, source.path, files, index)] }
}
