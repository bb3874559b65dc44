import type { Sha } from '../../domain/refs.ts'
import type { GitEntry } from '../../domain/repository-files.ts'
import type { GitRepository } from '../../ports/git.ts'

/** What files hold, each parsed once as long as it is kept: content never changes under an object id. */
export interface ParsedBlobs<Value> {
  /** By path. Any other kind of entry than an ordinary file is left out, so that a digest shows it. */
  read(repository: GitRepository, entries: readonly GitEntry[]): Promise<Map<string, Value>>
}

/**
 * Keeps what was used last, up to so many characters of text. Everybody gets the same values: they are frozen.
 * What `parse` throws is thrown.
 */
export function createParsedBlobs<Value>(
  parse: (text: string, path: string) => Value,
  mostCharacters: number,
): ParsedBlobs<Value> {
  const kept = new Map<Sha, { value: Value; length: number }>()
  let characters = 0

  const take = (id: Sha) => {
    const found = kept.get(id)
    if (found === undefined) return undefined
    kept.delete(id)
    kept.set(id, found)
    return found
  }
  const keep = (id: Sha, text: string, path: string): Value => {
    const known = take(id)
    if (known !== undefined) return known.value
    const value = freeze(parse(text, path))
    kept.set(id, { value, length: text.length })
    characters += text.length
    for (const [oldest, { length }] of kept) {
      if (characters <= mostCharacters || oldest === id) break
      kept.delete(oldest)
      characters -= length
    }
    return value
  }

  return {
    async read(repository, entries) {
      const wanted = entries.filter(({ mode }) => mode === '100644')
      // Held from here on: what is read meanwhile may take their place.
      const found = new Map(wanted.map(({ id }) => [id, take(id)] as const))
      const missing = wanted.filter(({ id }) => found.get(id) === undefined)
      const contents = missing.length === 0 ? noContents : await repository.read(missing.map(({ id }) => id))
      const textOf = (id: Sha) => Buffer.from(contents.get(id) ?? []).toString('utf8')
      return new Map(
        wanted.map(({ id, path }) => [path, (found.get(id) ?? { value: keep(id, textOf(id), path) }).value]),
      )
    },
  }
}

const noContents: ReadonlyMap<Sha, Uint8Array> = new Map()

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const one of Object.values(value)) freeze(one)
  return Object.freeze(value)
}
