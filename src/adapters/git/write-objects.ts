import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { Sha } from '../../domain/refs.ts'
import type { FileContent } from '../../domain/repository-files.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { CommitToWrite, GitRepository } from '../../ports/git.ts'
import {
  folderMode,
  formatTree,
  type ObjectFormat,
  parseTree,
  toByteName,
  toObject,
  type TreeRow,
} from './git-objects.ts'
import { createMutex } from './mutex.ts'
import { joinSignature } from './parse-git.ts'
import type { ReadRepository } from './read-repository.ts'

export type WriteObjects = Pick<GitRepository, 'writeTree' | 'writeCommit'>

export interface ObjectStore {
  /** For people: the repository's address or folder. */
  target: string
  /** Where loose objects are written. */
  folder: string
  format: ObjectFormat
}

type StoreObject = (type: 'blob' | 'tree' | 'commit', content: Uint8Array) => Promise<Sha>

/** Writes blobs, trees and commits as git does, without a process: loose objects, each put in place whole. */
export function createWriteObjects(store: ObjectStore, reader: ReadRepository): WriteObjects {
  const mutex = createMutex()
  const write: StoreObject = (type, content) => writeObject(store, type, content)
  return {
    writeTree: (base, files) =>
      mutex(async () => {
        Object.keys(files).forEach((path) => requirePath(store.target, path))
        const root = base && (await reader.treeId(base))
        const rows = await editFolder({ write, reader, format: store.format }, toEdit(files), root)
        return write('tree', formatTree(rows))
      }),
    writeCommit: (commit) => mutex(() => write('commit', Buffer.from(commitText(commit)))),
  }
}

/** What changes in one folder. */
interface FolderEdit {
  /** Everything that was there goes first. */
  isCleared: boolean
  /** Name → content; null deletes. */
  files: Map<string, FileContent>
  folders: Map<string, FolderEdit>
}

const noEdit = (): FolderEdit => ({ isCleared: false, files: new Map(), folders: new Map() })

function toEdit(files: Record<string, FileContent>): FolderEdit {
  const root = noEdit()
  for (const [path, content] of Object.entries(files)) {
    const segments = path.split('/').map(toByteName)
    const name = segments.pop() ?? ''
    const folder = segments.reduce(folderIn, root)
    if (name === '') folder.isCleared = true
    else folder.files.set(name, content)
  }
  return root
}

function folderIn({ folders }: FolderEdit, name: string): FolderEdit {
  const folder = folders.get(name) ?? noEdit()
  folders.set(name, folder)
  return folder
}

interface Editing {
  write: StoreObject
  reader: ReadRepository
  format: ObjectFormat
}

const regularModes = new Set(['100644', '100755'])

/** The rows of a folder after its edit. A file that stays keeps its mode; a folder that becomes empty goes. */
async function editFolder(editing: Editing, edit: FolderEdit, folder: Sha | undefined): Promise<TreeRow[]> {
  const content = folder && (await editing.reader.read([folder])).get(folder)
  const before = new Map((content ? parseTree(content, editing.format) : []).map((row) => [row.name, row]))
  const rows = new Map(edit.isCleared ? [] : before)
  for (const [name, content] of edit.files) {
    const mode = before.get(name)?.mode ?? ''
    if (typeof content === 'string') {
      const id = await editing.write('blob', Buffer.from(content))
      rows.set(name, { mode: regularModes.has(mode) ? mode : '100644', name, id })
    } else if (content !== null) rows.set(name, { mode: content.mode, name, id: content.id })
    else if (mode !== folderMode) rows.delete(name)
  }
  for (const [name, below] of edit.folders) {
    const known = rows.get(name)
    const isFolder = known?.mode === folderMode
    const left = await editFolder(editing, below, isFolder ? known.id : undefined)
    if (left.length > 0) {
      rows.set(name, { mode: folderMode, name, id: await editing.write('tree', formatTree(left)) })
    } else if (isFolder) rows.delete(name)
  }
  return [...rows.values()]
}

const compress = promisify(deflate)

/** Readers see the object whole or not at all: it is written beside its place and moved there. */
async function writeObject(
  store: ObjectStore,
  type: 'blob' | 'tree' | 'commit',
  content: Uint8Array,
): Promise<Sha> {
  const { id, bytes } = toObject(type, content, store.format)
  const folder = join(store.folder, id.slice(0, 2))
  const place = join(folder, id.slice(2))
  try {
    if (await isThere(place)) return id
    await mkdir(folder, { recursive: true })
    // Git's clean-up knows this prefix.
    const draft = join(folder, `tmp_obj_${id.slice(2)}`)
    await writeFile(draft, await compress(bytes))
    await rename(draft, place)
    return id
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown cause'
    throw new AdapterError({
      system: 'git',
      operation: 'write',
      target: store.target,
      retryable: true,
      message: `a ${type} could not be stored (${code})`,
      cause,
    })
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

function commitText(commit: CommitToWrite): string {
  const payload = commitPayload(commit)
  return commit.sign ? joinSignature(payload, commit.sign(payload), commit.tree.length) : payload
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

function requirePath(target: string, path: string): void {
  const segments = path.replace(/\/$/, '').split('/')
  const isPlain = !path.includes('\0') && segments.every((segment) => !['', '.', '..'].includes(segment))
  if (isPlain && !segments.some((segment) => segment.toLowerCase() === '.git')) return
  throw new AdapterError({
    system: 'git',
    operation: 'writeTree',
    target,
    retryable: false,
    message: `${JSON.stringify(path)} is not a path inside a repository`,
  })
}
