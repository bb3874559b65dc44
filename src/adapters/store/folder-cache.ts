import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '../../ports/random.ts'
import type { Cache } from '../../ports/store.ts'

/** Bytes of values kept; the oldest go first. */
const defaultLimit = 256 * 1024 * 1024

/**
 * Values as files of a folder that only its owner may read, for command lines that start, answer and end. Where the folder cannot be
 * written nothing is kept; two processes at once may both write, and both find a whole value or none.
 */
export function createFolderCache(folder: string, random: Random, limitBytes = defaultLimit): Cache {
  let sincePruned = limitBytes
  const placeOf = (key: string) => join(folder, createHash('sha256').update(key).digest('hex'))
  return {
    async get(key) {
      try {
        return await readFile(placeOf(key))
      } catch {
        return undefined
      }
    },
    async put(key, value, now) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const temporary = join(folder, `.${random.uuid()}`)
        await writeFile(temporary, value, { mode: 0o600, flag: 'wx' })
        await utimes(temporary, now / 1_000, now / 1_000)
        await rename(temporary, placeOf(key))
        sincePruned += value.byteLength
        if (sincePruned < limitBytes / 16) return
        sincePruned = 0
        await prune(folder, limitBytes)
      } catch {
        // A full or foreign disk costs time, not an answer.
      }
    },
  }
}

/** The oldest files go until the others are within the limit. */
async function prune(folder: string, limitBytes: number): Promise<void> {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name))
      return { path: join(folder, name), size, mtimeMs }
    }),
  )
  let total = 0
  for (const { path, size } of files.toSorted((one, other) => other.mtimeMs - one.mtimeMs)) {
    total += size
    if (total > limitBytes) await rm(path, { force: true })
  }
}
