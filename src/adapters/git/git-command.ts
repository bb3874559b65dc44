import { AdapterError } from '../../ports/adapter-error.ts'
import type { ChildProcesses, RunningProcess } from '../../ports/child-process.ts'
import type { KnownTrees } from './known-trees.ts'

/** What every git process of one repository shares. */
export interface GitContext {
  children: ChildProcesses
  gitPath: string
  /** The repository for people: its address or folder. */
  target: string
  gitFolder: string
  /** PATH, proxies and certificate bundles, and where objects are written. */
  environment: Record<string, string>
  /** Of all repositories of the process. */
  trees: KnownTrees
}

export interface GitRun {
  arguments: string[]
  stdin?: string | Uint8Array
  /** Exit codes that are an answer; others are failures. */
  accept?: number[]
  config?: [key: string, value: string][]
  environment?: Record<string, string>
  timeoutMs?: number
}

export interface GitResult {
  exitCode: number
  stdout: Uint8Array
  stderr: string
}

/** Settings of every git process of ours: nothing of the machine's or a person's configuration, no hook, no helper, no transport. */
const hardenedConfig: [string, string][] = [
  ['protocol.allow', 'never'],
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.symlinks', 'false'],
  ['core.quotePath', 'false'],
  ['core.logAllRefUpdates', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['credential.helper', ''],
  ['submodule.recurse', 'false'],
  ['safe.directory', '*'],
  ['safe.bareRepository', 'all'],
  ['gc.autoDetach', 'false'],
  ['maintenance.autoDetach', 'false'],
  ['diff.renames', 'true'],
  ['advice.detachedHead', 'false'],
]

const hardenedEnvironment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  GIT_LFS_SKIP_SMUDGE: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_FLUSH: '1',
  HOME: '/nonexistent',
  XDG_CONFIG_HOME: '/nonexistent',
  LC_ALL: 'C',
  LANGUAGE: 'C',
}

const outputLimits = { timeoutMs: 120_000, stdoutBytes: 256 * 1024 * 1024, stderrBytes: 64 * 1024 }

/** Runs git to its end; an exit code that is not accepted throws AdapterError with the scrubbed reason. */
export async function runGit(context: GitContext, run: GitRun): Promise<GitResult> {
  const result = await context.children.run({
    file: context.gitPath,
    arguments: [`--git-dir=${context.gitFolder}`, ...run.arguments],
    cwd: '/',
    environment: environmentOf(context, run),
    stdin: run.stdin,
    limits: { ...outputLimits, ...(run.timeoutMs && { timeoutMs: run.timeoutMs }) },
  })
  const isAccepted = !result.exceeded && (run.accept ?? [0]).includes(result.exitCode)
  if (isAccepted) return result
  throw gitFault(context, run, result.exceeded ? `exceeded its limit of ${result.exceeded}` : result.stderr)
}

/** Starts git for request and answer. */
export function startGit(context: GitContext, args: string[]): RunningProcess {
  return context.children.start({
    file: context.gitPath,
    arguments: [`--git-dir=${context.gitFolder}`, ...args],
    cwd: '/',
    environment: environmentOf(context, { arguments: args }),
  })
}

export function textOf(result: GitResult): string {
  return Buffer.from(result.stdout).toString('utf8')
}

/** The words between NULs; the last NUL ends the list. */
export function splitByNul(result: GitResult): string[] {
  const text = textOf(result)
  return text === '' ? [] : text.replace(/\0$/, '').split('\0')
}

/** Configuration goes by the environment of the one child: arguments are visible to every user of the machine. */
function environmentOf(context: GitContext, run: GitRun): Record<string, string> {
  const config = [...hardenedConfig, ...(run.config ?? [])]
  const pairs = config.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return {
    ...context.environment,
    ...hardenedEnvironment,
    ...run.environment,
    GIT_CONFIG_COUNT: String(config.length),
    ...Object.fromEntries(pairs),
  }
}

/** What git says when objects or the repository's own files are damaged, or a killed process left its lock behind. */
const damage =
  /object file .* is empty|loose object .* is corrupt|corrupt loose object|bad object|unable to read (?:sha1|tree|object|[0-9a-f]{40})|not a git repository|packfile .* (?:cannot be accessed|does not match)|index file .* is too small|inflate|fatal: missing (?:blob|tree|commit)|did not send all necessary objects|unable to create '.*\.lock': file exists/i

/** Nothing is broken then: what is there stays, and what is to come has to wait. */
const fullDisk = /no space left on device|disk quota exceeded/i

/** The repository is broken on this machine; a mirror is rebuilt from its remote. */
export class DamagedRepository extends AdapterError {}

function gitFault(context: GitContext, run: GitRun, stderr: string): AdapterError {
  const isDiskFull = fullDisk.test(stderr)
  const isDamaged = !isDiskFull && damage.test(stderr)
  const Fault = isDamaged ? DamagedRepository : AdapterError
  const isRefused = /authentication failed|could not read username|repository .*not found|403|permission/i
  return new Fault({
    system: 'git',
    operation: run.arguments[0] ?? 'git',
    target: context.target,
    retryable: isDamaged || isDiskFull || !isRefused.test(stderr),
    message: isDiskFull ? 'no space is left on the disk of the mirror' : firstComplaint(stderr),
  })
}

/** The line that says what is wrong, without credentials, at most 300 characters. */
function firstComplaint(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const complaint =
    lines.find((line) => /^(?:fatal|error|remote|!)/i.test(line)) ?? lines[0] ?? 'gave no reason'
  return complaint
    .replace(/\/\/[^/@\s]+@/g, '//')
    .replace(/(authorization:?\s*)\S+(\s+\S+)?/gi, '$1***')
    .replace(/\bgh[a-z]_\w+|\bgithub_pat_\w+/g, '***')
    .slice(0, 300)
}
