import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../domain/refs.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { CommitToWrite, GitRepository } from '../../ports/git.ts'
import { type GitContext, runGit, textOf } from './git-command.ts'
import { createMutex } from './mutex.ts'
import { joinSignature } from './parse-git.ts'
import type { ReadRepository } from './read-repository.ts'

export type WriteObjects = Pick<GitRepository, 'writeTree' | 'writeCommit'>

const regularModes = new Set(['100644', '100755'])

/** Writes blobs, trees and commits with git's plumbing: no work tree, and an index that lives for one call in `scratchFolder`. */
export function createWriteObjects(
  context: GitContext,
  reader: ReadRepository,
  scratchFolder: string,
): WriteObjects {
  const mutex = createMutex()
  return {
    writeTree: (base, files) => mutex(() => writeTree(context, reader, scratchFolder, base, files)),
    writeCommit: (commit) => mutex(() => writeCommit(context, commit)),
  }
}

async function writeTree(
  context: GitContext,
  reader: ReadRepository,
  scratchFolder: string,
  base: Sha | undefined,
  files: Record<string, string | null>,
): Promise<Sha> {
  Object.keys(files).forEach((path) => requirePath(context, path))
  const modes = new Map(
    (base ? (await reader.tree(base)).entries : []).map((entry) => [entry.path, entry.mode]),
  )
  const deleted = Object.keys(files).filter((path) => files[path] === null)
  const written = Object.entries(files).filter((file): file is [string, string] => file[1] !== null)
  const ids = await writeBlobs(
    context,
    written.map(([, text]) => text),
  )
  const zero = '0'.repeat(base?.length ?? ids[0]?.length ?? 40)

  const removals = deleted
    .flatMap((path) =>
      path.endsWith('/') ? [...modes.keys()].filter((known) => known.startsWith(path)) : [path],
    )
    .map((path) => `0 ${zero}\t${path}\0`)
  const additions = written.map(([path], index) => {
    const mode = modes.get(path) ?? ''
    return `${regularModes.has(mode) ? mode : '100644'} ${ids[index]}\t${path}\0`
  })

  const folder = await mkdtemp(join(scratchFolder, 'index-'))
  try {
    const environment = { GIT_INDEX_FILE: join(folder, 'index') }
    const run = (args: string[], stdin?: string) => runGit(context, { arguments: args, stdin, environment })
    await run(base ? ['read-tree', base] : ['read-tree', '--empty'])
    await run(['update-index', '-z', '--index-info'], [...removals, ...additions].join(''))
    return textOf(await run(['write-tree'])).trim()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** One process for any number of blobs; raw bytes, no filters. */
async function writeBlobs(context: GitContext, texts: string[]): Promise<Sha[]> {
  if (texts.length === 0) return []
  const blocks = texts.map((text, index) => {
    const length = Buffer.byteLength(text)
    return `blob\nmark :${index + 1}\ndata ${length}\n${text}\nget-mark :${index + 1}\n`
  })
  const result = await runGit(context, {
    arguments: ['fast-import', '--quiet', '--done', '--cat-blob-fd=1'],
    stdin: `${blocks.join('')}done\n`,
  })
  return textOf(result).trim().split('\n')
}

async function writeCommit(context: GitContext, commit: CommitToWrite): Promise<Sha> {
  const payload = commitPayload(commit)
  const object = commit.sign ? joinSignature(payload, commit.sign(payload), commit.tree.length) : payload
  const result = await runGit(context, {
    arguments: ['hash-object', '-t', 'commit', '-w', '--stdin'],
    stdin: object,
  })
  return textOf(result).trim()
}

function commitPayload({ tree, parents, message, author, at }: CommitToWrite): string {
  const identity = `${word(author.name)} <${word(author.email)}> ${Math.floor(at / 1_000)} +0000`
  return [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${identity}`,
    `committer ${identity}`,
    '',
    `${message.replaceAll('\0', '').trimEnd()}\n`,
  ].join('\n')
}

/** Names come from accounts: what would end the field of a commit's header is left out. */
function word(text: string): string {
  return [...text]
    .filter((character) => character >= ' ' && character !== '<' && character !== '>')
    .join('')
    .trim()
}

function requirePath(context: GitContext, path: string): void {
  const segments = path.replace(/\/$/, '').split('/')
  const isPlain = !path.includes('\0') && segments.every((segment) => !['', '.', '..'].includes(segment))
  if (isPlain && !segments.some((segment) => segment.toLowerCase() === '.git')) return
  throw new AdapterError({
    system: 'git',
    operation: 'writeTree',
    target: context.target,
    retryable: false,
    message: `${JSON.stringify(path)} is not a path inside a repository`,
  })
}
