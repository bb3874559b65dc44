import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { folderOf, joinPath } from './paths.ts'
import type { RepositoryIndex } from './repository-index.ts'

/**
 * The source's files, and every file that they import: from beside the importing file, else from a library folder.
 * An import that leads nowhere may stand in a comment, so Jsonnet itself has the word on it.
 */
export function jsonnetInputs(
  source: RenderSource,
  index: RepositoryIndex,
  files: RepositoryFiles,
): { paths: string[]; problems: Problem[] } {
  const seen = new Set<string>()
  const waiting = [...source.files]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    if (!/\.(?:jsonnet|libsonnet)$/.test(path)) continue
    for (const imported of importsIn(files.text(path) ?? '')) {
      const found = resolve(imported, path, source, index)
      if (found !== undefined) waiting.push(found)
    }
  }
  return { paths: [...seen], problems: [] }
}

/** Library folders where nothing names them: every `vendor` and `lib` from the root down to the source's own. */
export function conventionalLibraries(path: string, index: RepositoryIndex): string[] {
  const above = path === '.' ? [] : path.split('/').map((_, depth, all) => all.slice(0, depth + 1).join('/'))
  return ['.', ...above]
    .flatMap((folder) => ['vendor', 'lib'].map((name) => joinPath(folder, name) ?? name))
    .filter((folder) => index.isFolder(folder))
}

/** Imports name their file by a plain text; Jsonnet allows nothing that has to be computed. */
function importsIn(text: string): string[] {
  const pattern = /\bimport(?:str|bin)?\s{0,100}@?(?:"([^"\n]*)"|'([^'\n]*)')/g
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '')
}

/** Of the libraries the last one wins. Source: go-jsonnet, imports.go, FileImporter. */
function resolve(
  imported: string,
  importer: string,
  source: RenderSource,
  index: RepositoryIndex,
): string | undefined {
  const libraries = source.jsonnet?.libraries ?? []
  return [folderOf(importer), ...libraries.toReversed()]
    .map((folder) => joinPath(folder, imported))
    .find((path) => path !== undefined && index.entry(path) !== undefined)
}
