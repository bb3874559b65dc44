// Reads manifests with the pure features of rendering, so that discovery and rendering judge files alike.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Problem } from '../../domain/problem.ts'
import { entriesByPath, type RepositoryFiles } from '../../domain/repository-files.ts'
import {
  isLfsPointer,
  lfsRefused,
  mostObjects,
  tooManyObjects,
} from '../../features/rendering/input-rules.ts'
import type { RenderRequest } from '../../ports/renderer.ts'

/** The inputs of one render, read from git objects. */
export interface JobInputs {
  /** Path → raw bytes. */
  contents: Map<string, Uint8Array>
  files: RepositoryFiles
  problems: Problem[]
}

/** Reads the inputs' blobs: no work tree, no filter, no link. What is missing or no plain file is left out. */
export async function readInputs(request: RenderRequest): Promise<JobInputs> {
  const known = entriesByPath(request.tree)
  const entries = request.inputs
    .flatMap((path) => known.get(path) ?? [])
    .filter((entry) => entry.mode.startsWith('100'))
  const blobs = await request.repository.read(entries.map((entry) => entry.id))
  const contents = new Map<string, Uint8Array>()
  const problems: Problem[] = []
  for (const entry of entries) {
    const content = blobs.get(entry.id)
    if (!content) continue
    if (content.length < 1_024 && isLfsPointer(textOf(content))) problems.push(lfsRefused(entry.path))
    contents.set(entry.path, content)
  }
  const files: RepositoryFiles = {
    tree: { id: request.tree.id, entries },
    text: (path) => {
      const content = contents.get(path)
      return content && textOf(content)
    },
  }
  const objects = request.source.renderer === 'kustomize' ? countObjects(contents.values()) : 0
  if (objects > mostObjects) problems.push(tooManyObjects(request.source.path, objects))
  return { contents, files, problems }
}

/** Documents with a kind of their own. Looked for in the bytes: nothing is parsed before the limit is known to hold. */
function countObjects(contents: Iterable<Uint8Array>): number {
  let count = 0
  for (const content of contents) {
    const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    if (bytes.subarray(0, 5).equals(kindAtStart.subarray(1))) count += 1
    for (let at = bytes.indexOf(kindAtStart); at >= 0; at = bytes.indexOf(kindAtStart, at + 1)) count += 1
  }
  return count
}

const kindAtStart = Buffer.from('\nkind:')

/** Lays files out in a fresh folder (`files/`, and `tmp/` to write in), and takes it away afterwards. */
export async function withJobFolder<T>(
  temporaryFolder: string,
  contents: ReadonlyMap<string, Uint8Array>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(temporaryFolder, 'drawbridge-render-'))
  try {
    const folders = new Set([...contents.keys()].map((path) => dirname(join(folder, 'files', path))))
    for (const each of [join(folder, 'files'), join(folder, 'tmp'), ...folders]) {
      await mkdir(each, { recursive: true })
    }
    for (const [path, content] of contents) {
      await writeFile(join(folder, 'files', path), content, { mode: 0o444, flag: 'wx' })
    }
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function textOf(content: Uint8Array): string {
  return new TextDecoder().decode(content)
}
