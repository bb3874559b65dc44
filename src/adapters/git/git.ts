import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve as absolutePath } from 'node:path'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { ChildProcesses } from '../../ports/child-process.ts'
import type { Git, GitLocation, GitRepository } from '../../ports/git.ts'
import { DamagedRepository, type GitContext, runGit, textOf } from './git-command.ts'
import { followRemote } from './follow-remote.ts'
import { createKnownTrees } from './known-trees.ts'
import { createListRefs, type ListRefs } from './list-refs.ts'
import { createMutex } from './mutex.ts'
import { cloneRefs, createReadRepository, mirrorRefs } from './read-repository.ts'
import { pushRemote } from './remote.ts'
import type { Remote } from './remote-access.ts'
import { createWriteObjects } from './write-objects.ts'

export interface GitOptions {
  children: ChildProcesses
  /** Ours alone: mirrors and scratch files. */
  folder: string
  /** Default `git`, found on `environment.PATH`. */
  gitPath?: string
  /** The whole environment of git besides our own settings: PATH, proxies, certificate bundles. */
  environment?: Record<string, string>
  /** With a remote: until an answer to a small question, and for a whole transfer. */
  patience?: { answerMs: number; transferMs: number }
}

/** A first clone of a big repository may take long. */
const defaultPatience = { answerMs: 20_000, transferMs: 15 * 60_000 }

/** The first version with `merge-tree --write-tree`. */
const oldestVersion: [number, number] = [2, 38]

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin'

/** Repositories by the installed git. A remote is mirrored in `folder`; a person's clone is read where it is and never written to. */
export function createGit(options: GitOptions): Git {
  const environment = { PATH: defaultPath, ...options.environment }
  const base = {
    children: options.children,
    gitPath: options.gitPath ?? 'git',
    environment,
    trees: createKnownTrees(),
  }
  const patience = options.patience ?? defaultPatience
  const listRefs = createListRefs(environment, { timeoutMs: patience.answerMs })
  const open = new Map<string, Promise<GitRepository>>()
  let version: Promise<void> | undefined

  const openOnce = async (location: GitLocation): Promise<GitRepository> => {
    version ??= requireVersion({ ...base, target: base.gitPath, gitFolder: '/nonexistent' })
    await version
    await mkdir(options.folder, { recursive: true, mode: 0o700 })
    return location.kind === 'local'
      ? openClone(base, absolutePath(location.folder), options.folder)
      : openMirror(base, { ...location, transferMs: patience.transferMs }, options.folder, listRefs)
  }

  return {
    async open(location) {
      const key =
        location.kind === 'local' ? `local ${absolutePath(location.folder)}` : `remote ${location.key}`
      const known = open.get(key)
      if (known) return known
      const forget = () => void open.delete(key)
      const opening = openOnce(location).then((repository) => ({
        ...repository,
        async close() {
          forget()
          await repository.close()
        },
      }))
      open.set(key, opening)
      opening.catch(forget)
      return opening
    },
  }
}

async function requireVersion(context: GitContext): Promise<void> {
  const words = textOf(await runGit(context, { arguments: ['version'] }))
  const match = /(\d+)\.(\d+)/.exec(words)
  const [major, minor] = [Number(match?.[1]), Number(match?.[2])]
  if (major > oldestVersion[0] || (major === oldestVersion[0] && minor >= oldestVersion[1])) return
  throw new AdapterError({
    system: 'git',
    operation: 'version',
    target: context.gitPath,
    retryable: false,
    message: `git ${oldestVersion.join('.')} or newer is needed; this is ${words.trim().slice(0, 60)}`,
  })
}

type Base = Pick<GitContext, 'children' | 'gitPath' | 'environment' | 'trees'>

/** A bare mirror of a remote. One that is damaged is deleted and cloned again, once per fetch. */
async function openMirror(
  base: Base,
  remote: Remote & { key: string },
  folder: string,
  listRefs: ListRefs,
): Promise<GitRepository> {
  const gitFolder = join(folder, `${mirrorName(remote.key)}.git`)
  const context: GitContext = { ...base, target: remote.url, gitFolder }
  const follower = followRemote(context, remote, listRefs)
  const reader = createReadRepository(context, mirrorRefs, false)
  const writer = createWriteObjects(
    { target: remote.url, folder: join(gitFolder, 'objects'), format: 'sha1' },
    reader,
  )
  const mutex = createMutex()
  let isDamaged = false
  let waitingFetch: Promise<void> | undefined

  const initialise = () =>
    runGit(context, {
      arguments: ['init', '--quiet', '--bare', '--template=', '--initial-branch=none', gitFolder],
    })

  const rebuild = async () => {
    reader.stop()
    await rm(gitFolder, { recursive: true, force: true })
    await initialise()
    isDamaged = false
    follower.forget()
    await follower.look()
  }

  const fetchNow = async () => {
    waitingFetch = undefined
    if (isDamaged) return rebuild()
    try {
      await follower.look()
    } catch (error) {
      if (!(error instanceof DamagedRepository)) throw error
      await rebuild()
    }
  }

  const push: GitRepository['push'] = async (branch, commit, expected) => {
    const answer = await pushRemote(context, remote, branch, commit, expected)
    if (answer === 'pushed') follower.moved(branch, commit)
    // The mirror has to know the winner.
    else await follower.look()
    return answer
  }

  /** Remembers the damage, so that the next fetch repairs it. */
  const watching =
    <Parameters extends unknown[], Result>(task: (...parameters: Parameters) => Promise<Result>) =>
    async (...parameters: Parameters): Promise<Result> => {
      try {
        return await task(...parameters)
      } catch (error) {
        isDamaged ||= error instanceof DamagedRepository
        throw error
      }
    }

  await initialise().catch(async () => {
    await rm(gitFolder, { recursive: true, force: true })
    await initialise()
  })

  return {
    ...reader,
    resolve: watching(reader.resolve),
    branches: watching(reader.branches),
    tree: watching(reader.tree),
    read: watching(reader.read),
    commit: watching(reader.commit),
    firstParentLog: watching(reader.firstParentLog),
    log: watching(reader.log),
    mergeTree: watching(reader.mergeTree),
    signedPayload: watching(reader.signedPayload),
    writeTree: (treeish, files) => mutex(watching(() => writer.writeTree(treeish, files))),
    writeCommit: (commit) => mutex(watching(() => writer.writeCommit(commit))),
    /** Who asks while a fetch runs shares the next one: the running one may have begun too early. */
    fetch: () => (waitingFetch ??= mutex(fetchNow)),
    push: (...change) => mutex(watching(() => push(...change))),
    async close() {
      reader.stop()
    },
  }
}

/** For people and unambiguous: the readable part of the key and a digest of the whole. */
function mirrorName(key: string): string {
  const readable = key.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 60)
  return `${readable}-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`
}

/** A person's clone or worktree. Objects that have to be written go to a folder of ours, which only we read. */
async function openClone(base: Base, folder: string, scratchRoot: string): Promise<GitRepository> {
  const asked = { ...base, target: folder, gitFolder: folder }
  const facts = await base.children
    .run({
      file: base.gitPath,
      arguments: [
        '-C',
        folder,
        'rev-parse',
        '--path-format=absolute',
        '--git-dir',
        '--git-common-dir',
        '--is-shallow-repository',
        '--show-object-format',
      ],
      environment: { ...base.environment, ...cloneQuestion },
    })
    .then((result) => (result.exitCode === 0 ? Buffer.from(result.stdout).toString().split('\n') : []))
  const [gitFolder, commonFolder, shallow, format] = facts
  if (!gitFolder || !commonFolder) {
    throw new AdapterError({
      system: 'git',
      operation: 'open',
      target: folder,
      retryable: false,
      message: 'this folder is not in a git repository',
    })
  }
  const scratch = await mkdtemp(join(scratchRoot, 'clone-'))
  const objectFolder = join(scratch, 'objects')
  await mkdir(objectFolder)
  const context: GitContext = {
    ...asked,
    gitFolder,
    environment: {
      ...base.environment,
      GIT_OBJECT_DIRECTORY: objectFolder,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: quotePath(join(commonFolder, 'objects')),
    },
  }
  const reader = createReadRepository(context, cloneRefs, shallow === 'true')
  return {
    ...reader,
    ...createWriteObjects(
      { target: folder, folder: objectFolder, format: format === 'sha256' ? 'sha256' : 'sha1' },
      reader,
    ),
    fetch: async () => undefined,
    async push(branch) {
      throw new AdapterError({
        system: 'git',
        operation: 'push',
        target: `${folder} ${branch}`,
        retryable: false,
        message: 'a local clone is only read',
      })
    },
    async close() {
      reader.stop()
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

/** Enough to ask where the repository is, whoever owns the folder. */
const cloneQuestion = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
  LC_ALL: 'C',
}

/** The list of object folders is separated by colons; git reads a quoted entry as one. */
function quotePath(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
