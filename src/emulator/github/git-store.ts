import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Instant, Sha } from '../../domain/refs.ts'
import type { ChildProcesses } from '../../ports/child-process.ts'
import { parseCommits, parseFiles, type CommitEntry, type FileEntry } from './git-output.ts'
import { updateHook } from './update-hook.ts'

/** Git's own work on the bare repositories: objects, refs, merges. Knows nothing of pull requests. */
export interface GitStore {
  init(name: string, defaultBranch: string): Promise<string>
  /** Full ref name → object; without the passing ones of `commitFiles`. */
  refs(folder: string): Promise<Map<string, Sha>>
  resolve(folder: string, revision: string): Promise<Sha | undefined>
  /** Compare-and-swap; `after` undefined deletes. False: the ref was not at `before`. */
  updateRef(folder: string, ref: string, before: Sha | undefined, after: Sha | undefined): Promise<boolean>
  /** A commit on `parent` with the files put in; null deletes. Touches no branch. */
  commitFiles(folder: string, parent: Sha | undefined, commit: CommitText, files: Files): Promise<Sha>
  /** Lets the repository use the objects of another one on this machine, which is only read. */
  borrow(folder: string, from: string): Promise<void>
  commitTree(folder: string, tree: Sha, parents: Sha[], commit: CommitText): Promise<Sha>
  commits(folder: string, ...range: string[]): Promise<CommitEntry[]>
  mergeBase(folder: string, left: Sha, right: Sha): Promise<Sha | undefined>
  isAncestor(folder: string, ancestor: Sha, descendant: Sha): Promise<boolean>
  /** The tree of both sides merged; undefined where they conflict. */
  mergeTree(folder: string, ours: Sha, theirs: Sha): Promise<Sha | undefined>
  files(folder: string, from: Sha, to: Sha): Promise<FileEntry[]>
  /** The names in a folder of a commit, or every path below. */
  list(folder: string, sha: Sha, path: string, isRecursive: boolean): Promise<TreeEntry[]>
  read(folder: string, sha: Sha, path: string): Promise<Buffer | undefined>
  /** A stable id of what the commits of a branch change, as `git patch-id` computes it. */
  patchId(folder: string, from: Sha, to: Sha): Promise<string>
  /** Runs git's own server side; `variables` reach its hooks. */
  serve(
    folder: string,
    service: string,
    options: string[],
    input: Uint8Array,
    variables: Record<string, string>,
  ): Promise<Buffer>
}

export type Files = Record<string, string | Uint8Array | null>

export interface TreeEntry {
  mode: string
  type: 'blob' | 'tree' | 'commit'
  sha: Sha
  path: string
  size: number
}

export interface Person {
  name: string
  email: string
}

export interface CommitText {
  message: string
  author: Person
  committer: Person
  at: Instant
  /** `at` where not given. */
  authoredAt?: Instant
}

const path = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin'
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const limits = { timeoutMs: 120_000, stdoutBytes: 512 * 1024 * 1024, stderrBytes: 1024 * 1024 }

export function createGitStore(children: ChildProcesses, root: string): GitStore {
  let temporary = 0

  const attempt = (
    folder: string,
    args: string[],
    stdin: string | Uint8Array = '',
    environment: Record<string, string> = {},
  ) =>
    children.run({
      file: 'git',
      arguments: args,
      cwd: folder,
      environment: {
        PATH: path,
        HOME: root,
        LC_ALL: 'C',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        ...environment,
      },
      stdin,
      limits,
    })

  const run = async (
    folder: string,
    args: string[],
    stdin?: string | Uint8Array,
    environment?: Record<string, string>,
  ) => {
    const result = await attempt(folder, args, stdin, environment)
    if (result.exitCode !== 0) {
      throw new Error(`git ${args[0]} in ${folder} ended with ${result.exitCode}: ${result.stderr}`)
    }
    return Buffer.from(result.stdout)
  }
  const line = async (...args: Parameters<typeof run>) => (await run(...args)).toString().trim()

  return {
    async init(name, defaultBranch) {
      const folder = join(root, `${name}.git`)
      await mkdir(folder, { recursive: true })
      await run(folder, ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, '.'])
      const settings = {
        'uploadpack.allowAnySHA1InWant': 'true',
        'uploadpack.allowFilter': 'true',
        'transfer.hideRefs': 'refs/emulator',
        'receive.autogc': 'false',
        'gc.auto': '0',
        // The server decides which refs may be written; pull request refs are its own.
        'receive.hideRefs': 'refs/pull',
      }
      const text = Object.entries(settings).map(([key, value]) => {
        const dot = key.indexOf('.')
        return `[${key.slice(0, dot)}]\n\t${key.slice(dot + 1)} = ${value}\n`
      })
      await writeFile(join(folder, 'config'), text.join(''), { flag: 'a' })
      await mkdir(join(folder, 'hooks'), { recursive: true })
      await writeFile(join(folder, 'hooks', 'update'), updateHook, { mode: 0o755 })
      return folder
    },

    async refs(folder) {
      const text = await line(folder, ['for-each-ref', '--format=%(objectname) %(refname)'])
      const rows = text.split('\n').filter((row) => row !== '' && !row.includes(' refs/emulator/'))
      return new Map(rows.map((row) => [row.slice(row.indexOf(' ') + 1), row.slice(0, row.indexOf(' '))]))
    },

    async resolve(folder, revision) {
      const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]
      const result = await attempt(folder, args)
      return result.exitCode === 0 ? Buffer.from(result.stdout).toString().trim() : undefined
    },

    async updateRef(folder, ref, before, after) {
      const zero = '0'.repeat(40)
      const command = after
        ? `update ${ref}\0${after}\0${before ?? zero}\0`
        : `delete ${ref}\0${before ?? ''}\0`
      const result = await attempt(folder, ['update-ref', '-z', '--stdin'], command)
      return result.exitCode === 0
    },

    async commitFiles(folder, parent, commit, files) {
      temporary += 1
      const ref = `refs/emulator/${temporary}`
      const stream = fastImport(ref, parent, commit, files)
      await run(folder, ['fast-import', '--quiet', '--force', '--date-format=raw'], stream)
      const sha = await line(folder, ['rev-parse', ref])
      await run(folder, ['update-ref', '-d', ref])
      return sha
    },

    async borrow(folder, from) {
      const objects = await line(from, ['rev-parse', '--path-format=absolute', '--git-path', 'objects'])
      await writeFile(join(folder, 'objects', 'info', 'alternates'), `${objects}\n`)
    },

    commitTree(folder, tree, parents, commit) {
      const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-']
      return line(folder, args, commit.message, identity(commit))
    },

    async commits(folder, ...range) {
      const format = '%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x01'
      const output = await run(folder, ['log', `--format=${format}`, ...range, '--'])
      return parseCommits(output.toString())
    },

    async mergeBase(folder, left, right) {
      const result = await attempt(folder, ['merge-base', left, right])
      return result.exitCode === 0 ? Buffer.from(result.stdout).toString().trim() : undefined
    },

    async isAncestor(folder, ancestor, descendant) {
      return (await attempt(folder, ['merge-base', '--is-ancestor', ancestor, descendant])).exitCode === 0
    },

    async mergeTree(folder, ours, theirs) {
      const result = await attempt(folder, ['merge-tree', '--write-tree', '--no-messages', ours, theirs])
      if (result.exitCode > 1) throw new Error(`git merge-tree: ${result.stderr}`)
      return result.exitCode === 0 ? Buffer.from(result.stdout).toString().trim() : undefined
    },

    async files(folder, from, to) {
      const args = ['diff', '-M', '--no-color', '--full-index', '--no-ext-diff', '--no-textconv']
      const [raw, numbers, patch] = await Promise.all([
        run(folder, [...args, '--raw', '-z', from, to]),
        run(folder, [...args, '--numstat', '-z', from, to]),
        run(folder, [...args, '--patch', from, to]),
      ])
      return parseFiles(raw.toString(), numbers.toString(), patch.toString())
    },

    async list(folder, sha, path, isRecursive) {
      const treeish = path ? `${sha}:${path}` : sha
      const args = [
        'ls-tree',
        '-z',
        '--long',
        ...(isRecursive ? ['-r', '-t'] : []),
        '--end-of-options',
        treeish,
      ]
      const result = await attempt(folder, args)
      if (result.exitCode !== 0) return []
      return Buffer.from(result.stdout)
        .toString()
        .split('\0')
        .filter(Boolean)
        .map((row) => {
          const tab = row.indexOf('\t')
          const [mode, type, object, size] = row.slice(0, tab).split(/ +/)
          const name = row.slice(tab + 1)
          return {
            mode: mode!,
            type: type as TreeEntry['type'],
            sha: object!,
            path: path ? `${path}/${name}` : name,
            size: size === '-' ? 0 : Number(size),
          }
        })
    },

    async read(folder, sha, path) {
      const result = await attempt(folder, ['cat-file', 'blob', `${sha}:${path}`])
      return result.exitCode === 0 ? Buffer.from(result.stdout) : undefined
    },

    async patchId(folder, from, to) {
      const patch = await run(folder, ['diff', '--full-index', from, to])
      return (await line(folder, ['patch-id', '--stable'], patch)).split(' ')[0] ?? emptyTree
    },

    async serve(folder, service, options, input, variables) {
      const result = await attempt(folder, [service, '--stateless-rpc', ...options, '.'], input, variables)
      // What git refuses it says in its output too, for the client.
      if (result.exitCode === 0 || result.stdout.length > 0) return Buffer.from(result.stdout)
      throw new Error(`git ${service} in ${folder} ended with ${result.exitCode}: ${result.stderr}`)
    },
  }
}

function identity(commit: CommitText): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: commit.author.name,
    GIT_AUTHOR_EMAIL: commit.author.email,
    GIT_AUTHOR_DATE: `@${seconds(commit.authoredAt ?? commit.at)} +0000`,
    GIT_COMMITTER_NAME: commit.committer.name,
    GIT_COMMITTER_EMAIL: commit.committer.email,
    GIT_COMMITTER_DATE: `@${seconds(commit.at)} +0000`,
  }
}

const seconds = (instant: Instant) => Math.floor(instant / 1000)

/** One commit in the language of `git fast-import`. */
function fastImport(ref: string, parent: Sha | undefined, commit: CommitText, files: Files): Buffer {
  const message = Buffer.from(commit.message)
  const { author, committer } = commit
  const head = [
    `commit ${ref}`,
    `author ${author.name} <${author.email}> ${seconds(commit.authoredAt ?? commit.at)} +0000`,
    `committer ${committer.name} <${committer.email}> ${seconds(commit.at)} +0000`,
    `data ${message.length}`,
    '',
  ]
  const parts = [Buffer.from(head.join('\n')), message, Buffer.from('\n')]
  if (parent) parts.push(Buffer.from(`from ${parent}\n`))
  for (const [path, content] of Object.entries(files)) {
    const quoted = `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
    if (content === null) {
      parts.push(Buffer.from(`D ${quoted}\n`))
      continue
    }
    const data = Buffer.from(content as Uint8Array)
    parts.push(Buffer.from(`M 100644 inline ${quoted}\ndata ${data.length}\n`), data, Buffer.from('\n'))
  }
  parts.push(Buffer.from('done\n'))
  return Buffer.concat(parts)
}
