import { createHash } from 'node:crypto'
import type { RenderSource } from '../../src/domain/rendered-target.ts'
import { whyUnasked } from './delivered.ts'
import type { WorkTree } from './git-folder.ts'
import { createInputKeys } from './input-key.ts'
import { type Objects, toObjects } from './objects.ts'
import { print, readObjects } from './official-tools.ts'
import type { Printed, Tools } from './run-tool.ts'

/** What the official tools make of a source: its objects, or why there are none; or why none of them was asked. */
export type Answer = { objects: Objects } | { failure: string } | { unasked: string }

export interface Oracle {
  /** Asks for each source, in their order. `isFresh` runs every tool, however often it was asked before. */
  ask(sources: readonly RenderSource[], tree: WorkTree, isFresh: boolean): Promise<Answers>
}

export interface Answers {
  answers: Answer[]
  /** How long the tools alone took, side by side. */
  toolMilliseconds: number
}

/** Streams that one kubectl reads: enough to be quick, few enough for one command line. */
const streamsAtOnce = 40

/** The official tools, `jobs` at once. A source is rendered again whenever anything that it could read differs. */
export function createOracle(tools: Tools, jobs: number): Oracle {
  const keyOf = createInputKeys()
  const printed = new Map<string, Printed>()
  const read = new Map<string, Objects>()

  async function readAll(streams: readonly string[]): Promise<void> {
    const unread = [...new Set(streams)].filter((stream) => !read.has(digestOf(stream)))
    const starts = unread.map((_, position) => position).filter((position) => position % streamsAtOnce === 0)
    await inParallel(jobs, starts, async (start) => {
      const chunk = unread.slice(start, start + streamsAtOnce)
      const objects = await readObjects(chunk, tools)
      for (const [position, stream] of chunk.entries()) {
        read.set(digestOf(stream), toObjects(objects[position] ?? []))
      }
    })
  }

  function answer({ streams, failure }: Printed): Answer {
    if (failure !== undefined) return { failure }
    return { objects: new Map(streams.flatMap((stream) => [...(read.get(digestOf(stream)) ?? [])])) }
  }

  return {
    async ask(sources, tree, isFresh) {
      const reasons = sources.map((source) => whyUnasked(source, tools))
      const keys = sources.map((source) => keyOf(source, tree))
      const keyed = new Map(
        sources.flatMap((source, position) =>
          reasons[position] === undefined ? [[keys[position] ?? '', source] as const] : [],
        ),
      )
      const asked = [...keyed].filter(([key]) => isFresh || !printed.has(key))
      const start = performance.now()
      await inParallel(jobs, asked, async ([key, source]) => {
        printed.set(key, await print(source, tree, tools))
      })
      const toolMilliseconds = performance.now() - start
      const found = keys.map((key) => printed.get(key) ?? { streams: [] })
      await readAll(found.flatMap(({ streams }) => streams))
      const answers = found.map((each, position): Answer => {
        const unasked = reasons[position]
        return unasked === undefined ? answer(each) : { unasked }
      })
      return { answers, toolMilliseconds }
    },
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
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
