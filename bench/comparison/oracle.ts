import { createHash } from 'node:crypto'
import type { RenderSource } from '../../src/domain/rendered-target.ts'
import type { WorkTree } from './git-folder.ts'
import { createInputKeys } from './input-key.ts'
import { type Json, type Objects, toObjects } from './objects.ts'
import { print, type Printed, readObjects, type Tools } from './official-tools.ts'

/** What the official tools make of a source: its objects, or why there are none. */
export type Answer = { objects: Objects } | { failure: string }

export interface Oracle {
  /** Asks for each source, in their order. `isFresh` runs every tool, however often it was asked before. */
  ask(sources: readonly RenderSource[], tree: WorkTree, isFresh: boolean): Promise<Answers>
}

export interface Answers {
  answers: Answer[]
  /** How long the tools alone took, side by side. */
  toolMilliseconds: number
  runs: number
}

/** The official tools, `jobs` at once. A source is rendered again whenever anything that it could read differs. */
export function createOracle(tools: Tools, jobs: number): Oracle {
  const keyOf = createInputKeys()
  const printed = new Map<string, Printed>()
  const read = new Map<string, Promise<Objects>>()

  async function answer({ streams, failure }: Printed): Promise<Answer> {
    if (failure !== undefined) return { failure }
    const objects = new Map<string, Json>()
    for (const stream of streams) for (const [key, object] of await readOnce(stream)) objects.set(key, object)
    return { objects }
  }

  function readOnce(text: string): Promise<Objects> {
    const digest = createHash('sha256').update(text).digest('hex')
    const reading = read.get(digest) ?? readObjects(text, tools).then(toObjects)
    read.set(digest, reading)
    return reading
  }

  return {
    async ask(sources, tree, isFresh) {
      const keyed = new Map(sources.map((source) => [keyOf(source, tree), source]))
      const asked = [...keyed].filter(([key]) => isFresh || !printed.has(key))
      const start = performance.now()
      await inParallel(jobs, asked, async ([key, source]) => {
        printed.set(key, await print(source, tree, tools))
      })
      const toolMilliseconds = performance.now() - start
      const answers: Answer[] = Array.from({ length: sources.length })
      await inParallel(jobs, [...sources.entries()], async ([position, source]) => {
        answers[position] = await answer(printed.get(keyOf(source, tree)) ?? { streams: [] })
      })
      return { answers, toolMilliseconds, runs: asked.length }
    },
  }
}

async function inParallel<T>(
  jobs: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values()
  await Promise.all(
    Array.from({ length: jobs }, async () => {
      for (const item of waiting) await work(item)
    }),
  )
}
