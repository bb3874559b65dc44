import { describe, expect, it } from 'vitest'
import type { RenderSource } from '../../../src/domain/rendered-target.ts'
import type { RepositoryFiles } from '../../../src/domain/repository-files.ts'
import { discover, discoverChange } from '../../../src/features/discovery/discover.ts'
import { affectedSources } from '../../../src/features/rendering/affected-sources.ts'
import { inputClosure } from '../../../src/features/rendering/input-closure.ts'
import { modelRepository } from './model-repository.ts'
import { createDice, type Edit, randomEdit, withEdits } from './random-edits.ts'
import { repositoryOf, unconfigured } from './repository-of.ts'

const configuration = unconfigured

function affectedBy(base: RepositoryFiles, head: RepositoryFiles): Set<string> {
  const { before, after } = discoverChange(base, head, configuration)
  const affected = affectedSources(
    { files: base, sources: before.sources },
    { files: head, sources: after.sources },
  )
  return new Set(affected.map((each) => `${each.environment} ${each.source}`))
}

/** A pull request of several edits, each to a path of its own. */
function draw(count: number, next: () => Edit): Edit[] {
  const taken = new Set<string>()
  return Array.from({ length: count }, next).filter((edit) => {
    if ([...edit.changes.keys()].some((path) => taken.has(path))) return false
    for (const path of edit.changes.keys()) taken.add(path)
    return true
  })
}

function merged(edits: readonly Edit[]): Map<string, string | null> {
  return new Map(edits.flatMap(({ changes }) => [...changes]))
}

describe('affected sources of a repository with 2,000 applications', () => {
  const model = modelRepository(2_000)
  const base = repositoryOf(Object.fromEntries(model.files))
  const paths = [...model.files.keys()]

  it('are found by discovery as the model knows them', () => {
    const { sources, problems } = discover(base, configuration)
    const known = new Set([...model.readers.values()].flatMap((readers) => [...readers]))
    expect(problems).toEqual([])
    expect(new Set(sources.map((source) => `${source.environment} ${source.path}`))).toEqual(known)
  })

  it(
    'are never missed in 3,000 random edits, and are no others where only content changes',
    { timeout: 60_000 },
    () => {
      const dice = createDice(20_261_121)
      for (let pull = 0; pull < 20; pull += 1) {
        const isContent = pull % 2 === 0
        const next = (): Edit => {
          const edit = randomEdit(model, paths, dice)
          return isContent && !edit.isExact ? next() : edit
        }
        const edits = draw(150, next)
        const affected = affectedBy(base, withEdits(base, merged(edits)))
        const missed = edits.flatMap(({ words, truth }) =>
          [...truth.difference(affected)].map((source) => `${words}: ${source}`),
        )
        expect(missed).toEqual([])
        const truth = new Set(edits.flatMap((edit) => [...edit.truth]))
        expect(isContent ? affected.difference(truth) : new Set()).toEqual(new Set())
      }
    },
  )
})

describe('what is found from a change', () => {
  const model = modelRepository(40)
  const files = Object.fromEntries(model.files)
  const base = repositoryOf(files)
  const paths = [...model.files.keys()]

  it(
    'is what is found from nothing but the two revisions, in 80 random pull requests',
    { timeout: 60_000 },
    () => {
      const dice = createDice(7)
      for (let pull = 0; pull < 80; pull += 1) {
        const changes = merged(draw(1 + dice(4), () => randomEdit(model, paths, dice)))
        const head = withEdits(base, changes)
        const fresh = {
          base: repositoryOf(files),
          head: repositoryOf(
            Object.fromEntries(head.tree.entries.map(({ path }) => [path, textOf(head, path)])),
          ),
        }
        const { before, after } = discoverChange(base, head, configuration)
        expect(before).toEqual(discover(fresh.base, configuration))
        expect(after).toEqual(discover(fresh.head, configuration))
        expect(affectedBy(base, head)).toEqual(affectedByAll(fresh.base, fresh.head))
      }
    },
  )
})

function textOf(files: RepositoryFiles, path: string): string {
  return files.text(path) ?? ''
}

/** The definition, word for word: every source of both sides, its settings, and every file of its closure. */
function affectedByAll(base: RepositoryFiles, head: RepositoryFiles): Set<string> {
  const stateOf = (files: RepositoryFiles) => {
    const ids = new Map(files.tree.entries.map((entry) => [entry.path, entry.id]))
    return discover(files, configuration).sources.map((source): [string, string] => {
      const { because: _because, ...settings } = source
      const contents = inputClosure(source, files).paths.map((path) => [path, ids.get(path)])
      return [nameOf(source), JSON.stringify([settings, contents])]
    })
  }
  const [before, after] = [new Map(stateOf(base)), new Map(stateOf(head))]
  const names = [...new Set([...before.keys(), ...after.keys()])]
  const differing = names.filter((name) => before.get(name) !== after.get(name))
  return new Set(differing.map((name) => name.split('\0')[0] ?? name))
}

function nameOf(source: RenderSource): string {
  return [`${source.environment} ${source.path}`, source.application, source.clusters.join()].join('\0')
}
