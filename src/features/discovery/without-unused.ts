import type { Configuration } from '../../domain/configuration.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { folderOf, isWithin, joinPath } from '../rendering/paths.ts'
import { readDocuments } from '../rendering/read-documents.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import type { Candidate } from './find-candidates.ts'
import { asMapping } from './fields.ts'
import { matchTemplate } from './path-template.ts'
import { isEnvironmentParent } from './path-words.ts'

const baseNames = new Set(['base', 'bases'])

/**
 * The candidates without those that nothing deploys: bases that are there to be built upon and are not, the input of
 * generators, and what lies in folders with a dot before their name. Whatever is configured or delivered stays, once.
 */
export function withoutUnused(
  candidates: readonly Candidate[],
  files: RepositoryFiles,
  index: RepositoryIndex,
  configuration: Configuration,
): Candidate[] {
  const inputs = generatorInputs(files, index)
  const used = usedBases(index)
  const isNamed = (path: string) => configuration.applications.some((rule) => matchTemplate(rule.path, path))
  return withoutDrafts(candidates, index).filter(
    ({ path, delivery, files }) =>
      delivery !== undefined ||
      isNamed(path) ||
      !(isHidden(path) || isInBase(path, used, index) || files.some((file) => inputs.has(file))),
  )
}

/**
 * Without the deliveries that stand in a file which a kustomization reads and changes, where the same one stands
 * elsewhere as it came out: an Application in a base, beside a generated file with all of them.
 */
function withoutDrafts(candidates: readonly Candidate[], index: RepositoryIndex): Candidate[] {
  const read = new Set(
    index.kustomizationFolders.flatMap((folder) =>
      (index.kustomization(folder)?.references ?? []).map(({ path }) => path),
    ),
  )
  const isDraft = ({ delivery }: Candidate) => delivery !== undefined && read.has(delivery.definedIn)
  const placeOf = ({ renderer, path, delivery }: Candidate) =>
    JSON.stringify([renderer, delivery?.remoteChart ?? path, delivery?.application, delivery?.cluster])
  const final = new Set(candidates.filter((each) => each.delivery && !isDraft(each)).map(placeOf))
  return candidates.filter((candidate) => !isDraft(candidate) || !final.has(placeOf(candidate)))
}

function isHidden(path: string): boolean {
  return path !== '.' && path.split('/').some((segment) => segment.startsWith('.'))
}

/** Whether a folder belongs to bases that overlays stand beside, or that others build upon. */
function isInBase(path: string, used: ReadonlySet<string>, index: RepositoryIndex): boolean {
  return baseFolders(path).some(
    (base) => used.has(base) || index.foldersIn(folderOf(base)).some((each) => isEnvironmentParent(each)),
  )
}

/** Folders of bases of which a kustomization outside of them uses something. */
function usedBases(index: RepositoryIndex): Set<string> {
  const used = new Set<string>()
  for (const folder of index.kustomizationFolders) {
    for (const { path } of index.kustomization(folder)?.references ?? []) {
      for (const base of path === undefined ? [] : baseFolders(path)) {
        if (!isWithin(folder, base)) used.add(base)
      }
    }
  }
  return used
}

/** `a/base/b` → `a/base`. */
function baseFolders(path: string): string[] {
  const segments = path.split('/')
  return segments.flatMap((segment, position) =>
    baseNames.has(segment) ? [segments.slice(0, position + 1).join('/')] : [],
  )
}

/** Files that the configuration of a generator or transformer names: encrypted Secrets, say. */
function generatorInputs(files: RepositoryFiles, index: RepositoryIndex): Set<string> {
  const inputs = new Set<string>()
  for (const folder of index.kustomizationFolders) {
    for (const { path, as } of index.kustomization(folder)?.references ?? []) {
      const text = as === 'plugin' && path !== undefined ? files.text(path) : undefined
      for (const named of text === undefined ? [] : textsOf(text)) {
        const file = joinPath(folder, named)
        if (file !== undefined && index.entry(file)) inputs.add(file)
      }
    }
  }
  return inputs
}

/** The texts of lists, such as `files: [secrets/a.yaml]`, in every document. */
function textsOf(text: string): string[] {
  return readDocuments(text, '').flatMap((document) =>
    document.kind === 'data'
      ? Object.values(asMapping(document.data)).flatMap((value) =>
          Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [],
        )
      : [],
  )
}
