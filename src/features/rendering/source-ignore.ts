import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { matchGlob } from '../substitution/match-glob.ts'
import { fileNameOf, folderOf, isWithin, joinPath, upwards } from './paths.ts'

/** What Flux leaves out of every repository. Source: fluxcd/pkg, sourceignore/sourceignore.go. */
const always = (
  '.git/ .gitignore .gitmodules .gitattributes *.jpg *.jpeg *.gif *.png *.wmv *.flv *.tar.gz *.zip ' +
  '.github/ .circleci/ .travis.yml .gitlab-ci.yml appveyor.yml .drone.yml cloudbuild.yaml codeship-services.yml ' +
  'codeship-steps.yml **/.goreleaser.yml **/.sops.yaml **/.flux.yaml'
).split(' ')

export const sourceIgnoreName = '.sourceignore'

interface Rule {
  /** Folder whose files the rule is about. */
  folder: string
  /** By folder level; a single one is looked for on every level. */
  segments: string[]
  isInclusion: boolean
  isFolderOnly: boolean
}

export function isSourceIgnoreFile(path: string): boolean {
  return fileNameOf(path) === sourceIgnoreName
}

const standing = always.map((line) => readRule(line, '.'))

/**
 * Whether Flux never sees a file: by its own list, or by a `.sourceignore` of a folder that it lies in. The last rule that
 * matches decides, those of inner folders coming last.
 */
export function isSourceIgnored(path: string, files: RepositoryFiles): boolean {
  const own = upwards(folderOf(path))
    .toReversed()
    .flatMap((folder) => rulesIn(folder, files))
  const rule = [...standing, ...own].findLast((each) => matches(each, path))
  return rule !== undefined && !rule.isInclusion
}

function rulesIn(folder: string, files: RepositoryFiles): Rule[] {
  return (files.text(joinPath(folder, sourceIgnoreName) ?? '') ?? '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#') && line.trim() !== '')
    .map((line) => readRule(line, folder))
}

function readRule(line: string, folder: string): Rule {
  const isInclusion = line.startsWith('!')
  const text = (isInclusion ? line.slice(1) : line).replace(/(?<!\\) +$/, '')
  const isFolderOnly = text.endsWith('/')
  return {
    folder,
    isInclusion,
    isFolderOnly,
    segments: (isFolderOnly ? text.slice(0, -1) : text).split('/'),
  }
}

function matches({ folder, segments, isFolderOnly }: Rule, path: string): boolean {
  if (!isWithin(path, folder) || path === folder) return false
  const names = (folder === '.' ? path : path.slice(folder.length + 1)).split('/')
  if (segments.length > 1) return matchesLevels(segments, names, isFolderOnly)
  const found = names.findIndex((name) => matchGlob(segments[0] ?? '', name) === true)
  return found >= 0 && !(isFolderOnly && found === names.length - 1)
}

/**
 * Level by level from the rule's folder on; `**` skips to the first level that matches what follows it, and what is left of
 * the path lies below what was matched. Source: fluxcd/pkg, sourceignore/gitignore/pattern.go, globMatch.
 */
function matchesLevels(segments: readonly string[], names: string[], isFolderOnly: boolean): boolean {
  let rest = names
  let isMatch = false
  let isSkipping = false
  for (const [index, segment] of segments.entries()) {
    if (segment === '') isSkipping = false
    else if (segment === '**' && index === segments.length - 1) break
    else if (segment === '**') isSkipping = true
    else if (segment.includes('**') || rest.length === 0) return false
    else {
      const found = rest.findIndex((name) => matchGlob(segment, name) === true)
      if (found < 0 || (found > 0 && !isSkipping)) return false
      isMatch = true
      rest = rest.slice(found + 1)
      isSkipping = false
    }
  }
  return isMatch && !(isFolderOnly && rest.length === 0)
}
