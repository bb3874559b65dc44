import type { Configuration } from '../../domain/configuration.ts'
import { type Problem, uniqueProblems } from '../../domain/problem.ts'
import type { Sha } from '../../domain/refs.ts'
import type { Rendering, RenderSource } from '../../domain/rendered-target.ts'
import {
  entriesByPath,
  type GitEntry,
  type GitTree,
  type RepositoryFiles,
} from '../../domain/repository-files.ts'
import { discover, discoverChange } from '../../features/discovery/discover.ts'
import { isReadAhead, isRule, refuseRepository } from '../../features/discovery/repository-limits.ts'
import { changedEntries } from '../../features/rendering/changed-entries.ts'
import { changedNotices } from '../../features/review/changed-notices.ts'
import { affectedSources, type AffectedSource } from '../../features/rendering/affected-sources.ts'
import type { GitRepository } from '../../ports/git.ts'
import type { Renderer } from '../../ports/renderer.ts'
import { renderSources, type RenderOptions } from './render-sources.ts'

// An entry's id names its content for good, so remembering its text changes no answer. It goes with the last tree that has it.
const texts = new WeakMap<GitEntry, string>()

/** The revisions used last, of all repositories: what was found out about them is found out once. */
const mostKept = 8
let kept: RepositoryFiles[] = []

/** A revision as pure code sees it: every path, and the text of what may be a manifest. Only what is new is read. */
export async function loadFiles(repository: GitRepository, treeish: Sha): Promise<RepositoryFiles> {
  const tree = await repository.tree(treeish)
  const files = kept.find((each) => each.tree === tree) ?? (await readFiles(repository, tree))
  kept = [files, ...kept.filter((each) => each !== files)].slice(0, mostKept)
  return files
}

async function readFiles(repository: GitRepository, tree: GitTree): Promise<RepositoryFiles> {
  const isWanted = refuseRepository(tree) ? isRule : isReadAhead
  const unread = tree.entries.filter((entry) => !texts.has(entry) && isWanted(entry))
  if (unread.length > 0) {
    const blobs = await repository.read([...new Set(unread.map((entry) => entry.id))])
    const decoder = new TextDecoder()
    for (const entry of unread) {
      const blob = blobs.get(entry.id)
      if (blob) texts.set(entry, decoder.decode(blob))
    }
  }
  const entries = entriesByPath(tree)
  return {
    tree,
    text(path) {
      const entry = entries.get(path)
      return entry && texts.get(entry)
    },
  }
}

/** Everything a revision renders to. A source that cannot be rendered is a problem and stops no other. */
export async function renderRevision(
  renderer: Renderer,
  repository: GitRepository,
  files: RepositoryFiles,
  configuration: Configuration,
  options: RenderOptions,
): Promise<Rendering> {
  const { sources, problems } = discover(files, configuration)
  const chosen = options.only ? sources.filter(options.only) : sources
  const rendered = await renderSources(renderer, repository, files, chosen, configuration, options)
  return { ...rendered, problems: [...problems, ...rendered.problems] }
}

export interface RenderedChange {
  base: Rendering
  head: Rendering
  affected: AffectedSource[]
  /** What the head's targets were rendered from. */
  sources: RenderSource[]
  /** How many applications there are on either side, whether they change or not. */
  applications: number
  /** How much the head delivers that is not shown; `Discovery.notices` says what and why. */
  notShown: number
  /** What is left out or left open, where the change is about it. */
  notices: Problem[]
}

/**
 * Both sides of a change, rendered only where an input differs. The base's configuration decides; where the base has
 * none, the head's does, so that the pull request that brings it shows what it would do.
 */
export async function renderChange(
  renderer: Renderer,
  repository: GitRepository,
  base: RepositoryFiles,
  head: RepositoryFiles,
  baseConfiguration: Configuration,
  headConfiguration: Configuration,
  options: RenderOptions,
): Promise<RenderedChange> {
  const configuration = baseConfiguration.isConfigured ? baseConfiguration : headConfiguration
  const { before, after } = discoverChange(base, head, configuration)
  const affected = affectedSources(
    { files: base, sources: before.sources },
    { files: head, sources: after.sources },
  )
  const keys = new Set(affected.map(keyOf))
  const isChosen = (source: RenderSource) =>
    keys.has(keyOf({ ...source, source: source.path })) && (options.only?.(source) ?? true)
  const chosenBefore = before.sources.filter(isChosen)
  const chosenAfter = after.sources.filter(isChosen)

  const all = chosenBefore.length + chosenAfter.length
  const progress = { base: 0, head: 0 }
  const report = (side: 'base' | 'head') => (done: number) => {
    progress[side] = done
    options.onProgress?.(progress.base + progress.head, all)
  }
  const [baseRendering, headRendering] = await Promise.all([
    // What is on the base was reviewed; only the head may be somebody else's.
    renderSources(renderer, repository, base, chosenBefore, configuration, {
      ...options,
      isTrusted: true,
      onProgress: report('base'),
    }),
    renderSources(renderer, repository, head, chosenAfter, configuration, {
      ...options,
      onProgress: report('head'),
    }),
  ])
  return {
    base: { ...baseRendering, problems: [...before.problems, ...baseRendering.problems] },
    head: { ...headRendering, problems: uniqueProblems([...after.problems, ...headRendering.problems]) },
    affected,
    sources: chosenAfter,
    applications: new Set([...before.sources, ...after.sources].map(({ application }) => application)).size,
    notShown: after.notices.length,
    notices: changedNotices(
      [...before.notices, ...(baseRendering.notices ?? [])],
      [...after.notices, ...(headRendering.notices ?? [])],
      new Set(changedEntries(base.tree, head.tree).map(({ path }) => path)),
    ),
  }
}

function keyOf(each: { application: string; environment: string; source: string }): string {
  return [each.application, each.environment, each.source].join('\0')
}
