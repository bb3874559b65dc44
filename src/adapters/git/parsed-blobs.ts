import type { Sha } from '../../domain/refs.ts'
import type { GitEntry } from '../../domain/repository-files.ts'
import type { GitRepository } from '../../ports/git.ts'

/** What files hold, each parsed once as long as it is kept: content never changes under an object id. */
export interface ParsedBlobs<Value> {
  /**
   * By path. Any other kind of entry than an ordinary file is left out, so that a digest shows it. `ahead` names what will
   * be asked for next, where something has to be read at all: a question costs more than a file.
   */
  read(
    repository: GitRepository,
    entries: readonly GitEntry[],
    ahead?: () => readonly GitEntry[],
  ): Promise<Map<string, Value>>
}

/**
 * Keeps what was used last, up to so many characters of text. Everybody gets the same values: they are frozen.
 * What `parse` throws is thrown.
 */
export function createParsedBlobs<Value>(
  parse: (text: string, path: string) => Value,
  mostCharacters: number,
): ParsedBlobs<Value> {
  /** What was read ahead is text until somebody asks for it. */
  const kept = new Map<Sha, { text: string } | { value: Value; length: number }>()
  const onTheirWay = new Map<Sha, Promise<void>>()
  let characters = 0

  const take = (id: Sha, path: string): { value: Value } | undefined => {
    const found = kept.get(id)
    if (found === undefined) return undefined
    kept.delete(id)
    if ('value' in found) {
      kept.set(id, found)
      return found
    }
    characters -= found.text.length
    return keep(id, { value: freeze(parse(found.text, path)), length: found.text.length })
  }
  const keep = <Entry extends { text: string } | { value: Value; length: number }>(id: Sha, entry: Entry) => {
    kept.set(id, entry)
    characters += lengthOf(entry)
    for (const [oldest, other] of kept) {
      if (characters <= mostCharacters || oldest === id) break
      kept.delete(oldest)
      characters -= lengthOf(other)
    }
    return entry
  }
  const readAhead = (repository: GitRepository, entries: readonly GitEntry[], asked: readonly Sha[]) => {
    const ids = filesOf(entries).map(({ id }) => id)
    const missing = ids.filter((id) => !kept.has(id) && !onTheirWay.has(id) && !asked.includes(id))
    if (missing.length === 0) return
    const way = readTexts(repository, missing).then(
      (texts) => {
        for (const [id, text] of texts) if (!kept.has(id)) keep(id, { text })
      },
      // Who asks for it reads it, and is told.
      () => undefined,
    )
    for (const id of missing) onTheirWay.set(id, way)
    void way.then(() => missing.forEach((id) => onTheirWay.delete(id)))
  }

  return {
    async read(repository, entries, ahead) {
      const wanted = filesOf(entries)
      const ways = wanted.flatMap(({ id }) => onTheirWay.get(id) ?? [])
      if (ways.length > 0) await Promise.all(ways)
      // Held from here on: what is read meanwhile may take their place.
      const found = new Map(wanted.map(({ id, path }) => [id, take(id, path)] as const))
      const missing = wanted.filter(({ id }) => found.get(id) === undefined).map(({ id }) => id)
      const reading = missing.length === 0 ? noTexts : readTexts(repository, missing)
      if (missing.length > 0 && ahead) readAhead(repository, ahead(), missing)
      const texts = await reading
      const read = (id: Sha, path: string) => {
        const text = texts.get(id) ?? ''
        return take(id, path) ?? keep(id, { value: freeze(parse(text, path)), length: text.length })
      }
      return new Map(wanted.map(({ id, path }) => [path, (found.get(id) ?? read(id, path)).value]))
    },
  }
}

function lengthOf(entry: { text: string } | { length: number }): number {
  return 'text' in entry ? entry.text.length : entry.length
}

function filesOf(entries: readonly GitEntry[]): GitEntry[] {
  return entries.filter(({ mode }) => mode === '100644')
}

async function readTexts(repository: GitRepository, ids: Sha[]): Promise<ReadonlyMap<Sha, string>> {
  const contents = await repository.read(ids)
  return new Map([...contents].map(([id, content]) => [id, Buffer.from(content).toString('utf8')]))
}

const noTexts: ReadonlyMap<Sha, string> = new Map()

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const one of Object.values(value)) freeze(one)
  return Object.freeze(value)
}
