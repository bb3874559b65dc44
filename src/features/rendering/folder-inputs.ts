import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { matchesGlob } from '../config/glob.ts'
import { valueFileInputs } from './helm-inputs.ts'
import type { RepositoryIndex } from './repository-index.ts'

/** For tools whose reading cannot be followed: the whole folder, its values files, and what the configuration adds. */
export function folderInputs(
  source: RenderSource,
  index: RepositoryIndex,
  files: RepositoryFiles,
): { paths: string[]; problems: Problem[] } {
  const values = valueFileInputs(source, index)
  const globs = source.inputs ?? []
  const further = files.tree.entries
    .map((entry) => entry.path)
    .filter((path) => globs.some((glob) => matchesGlob(glob, path)))
  const own = index.under(source.path).map((entry) => entry.path)
  const problems = own.length === 0 ? [noFolder(source.path)] : []
  return { paths: [...own, ...values.paths, ...further], problems: [...problems, ...values.problems] }
}

function noFolder(path: string): Problem {
  return {
    code: 'FILE_MISSING',
    path,
    line: 0,
    message: 'the folder holds no file',
    fix: 'add the files, or correct the path in .drawbridge.yaml',
  }
}
