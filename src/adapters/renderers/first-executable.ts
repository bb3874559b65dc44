import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'

/** Whole path of a program that may be run, from the first of the folders that has it. */
export async function firstExecutable(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name)
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  return undefined
}
