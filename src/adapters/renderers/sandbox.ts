import { join } from 'node:path'
import type { ChildProcesses, Command, CommandResult } from '../../ports/child-process.ts'
import type { RendererDescription } from '../../ports/renderer.ts'
import { firstExecutable } from './first-executable.ts'
import { seccompFilter } from './seccomp-filter.ts'
import { type SandboxProbe, whyNotClosed } from './sandbox-probe.ts'

/** One tool, run once, over one job's folder. */
export interface SandboxJob {
  /** Whole path of the binary; it is all of the machine that the job sees. */
  binary: string
  /** As the tool sees the job's files; see `jobFolder`. */
  arguments: string[]
  /** The job's folder on this machine: `files/` with the inputs, `tmp/` to write. */
  folder: string
  /** Where the tool starts, relative to the job's files; their root where absent. */
  workingFolder?: string
  /** Further paths of the machine that it sees, at the same place, to be read. */
  readable?: string[]
  signal?: AbortSignal
}

export interface Sandbox {
  description: RendererDescription['sandbox']
  /** The job's folder as the tool sees it. */
  jobFolder(folder: string): string
  run(job: SandboxJob): Promise<CommandResult>
}

/** Bounds of one render; each ends it. */
const limits = {
  timeoutMs: 30_000,
  stdoutBytes: 32 * 1024 * 1024,
  stderrBytes: 64 * 1024,
  /** Large sets of CRDs need 1.5 GiB of it, of which 0.2 GiB are ever resident. */
  addressSpaceBytes: 2 * 1024 ** 3,
  cpuSeconds: 60,
  fileBytes: 64 * 1024 * 1024,
}

/** What the Go tools are given: little memory, few threads, no way out. */
const goEnvironment = { GOMEMLIMIT: '600MiB', GOMAXPROCS: '1', GOGC: 'off', GIT_ALLOW_PROTOCOL: 'none' }

/** Namespaces of its own for everything, the network included; no capability; nothing inherited. */
const isolation = (
  '--unshare-all --unshare-user --disable-userns --die-with-parent --new-session --cap-drop ALL --clearenv ' +
  '--hostname sandbox --dev /dev --size 67108864 --tmpfs /tmp'
).split(' ')

/** The tool and its job, nothing else of the machine: no shell, no git, no libraries, no /etc, no /proc. */
function mounts(job: SandboxJob): string[] {
  const start = join('/job/files', job.workingFolder ?? '.')
  const readable = (job.readable ?? []).flatMap((path) => ['--ro-bind', path, path])
  const own = ['--ro-bind', job.binary, '/bin/tool', '--ro-bind', job.folder, '/job', '--chdir', start]
  // The root that bubblewrap makes is memory without a bound, and writable until here.
  return [...readable, ...own, '--remount-ro', '/']
}

/** A port on which nothing answers, for tools that would ask a proxy where there is no network namespace. */
const deadProxy = 'http://127.0.0.1:9'

/** bubblewrap where it holds, tried once; otherwise limits only, which is not enough for untrusted content. */
export async function openSandbox(
  children: ChildProcesses,
  searchPath: readonly string[],
  probe: SandboxProbe,
): Promise<Sandbox> {
  const prlimit = await firstExecutable('prlimit', searchPath)
  const bwrap = await firstExecutable('bwrap', searchPath)
  if (bwrap === undefined) return limitsOnly(children, prlimit, 'bwrap (bubblewrap) is not installed')
  const sandbox = bubblewrap(children, bwrap, prlimit)
  const reason = await whyNotClosed(sandbox, probe)
  return reason === undefined ? sandbox : limitsOnly(children, prlimit, reason)
}

function bubblewrap(children: ChildProcesses, bwrap: string, prlimit: string | undefined): Sandbox {
  const filter = seccompFilter(process.arch)
  return {
    description: {
      kind: 'bubblewrap',
      detail: `own namespaces, no network, no file of the machine but the tool${filter ? ', system calls filtered' : ''}; tried at the start`,
    },
    jobFolder: () => '/job',
    run: (job) => {
      const variables = { ...goEnvironment, PATH: '/bin', HOME: '/tmp' }
      const inside = [
        ...isolation,
        ...(filter ? ['--seccomp', '0'] : []),
        ...Object.entries(variables).flatMap((pair) => ['--setenv', ...pair]),
        ...mounts(job),
        '/bin/tool',
        ...job.arguments,
      ]
      // bubblewrap reads the filter from its input and closes that, so tools have none.
      return children.run({ ...limited(prlimit, bwrap, inside, {}, job), stdin: filter })
    },
  }
}

function limitsOnly(children: ChildProcesses, prlimit: string | undefined, reason: string): Sandbox {
  return {
    description: {
      kind: 'limits-only',
      detail: `${reason}; pull requests from forks are not rendered`,
    },
    jobFolder: (folder) => folder,
    run: (job) => {
      const environment = {
        ...goEnvironment,
        PATH: '/nonexistent',
        HOME: join(job.folder, 'tmp'),
        TMPDIR: join(job.folder, 'tmp'),
        HTTP_PROXY: deadProxy,
        HTTPS_PROXY: deadProxy,
        http_proxy: deadProxy,
        https_proxy: deadProxy,
      }
      return children.run(limited(prlimit, job.binary, job.arguments, environment, job))
    },
  }
}

function limited(
  prlimit: string | undefined,
  file: string,
  arguments_: string[],
  environment: Record<string, string>,
  job: SandboxJob,
): Command {
  const bounds = [
    `--as=${limits.addressSpaceBytes}`,
    `--cpu=${limits.cpuSeconds}`,
    `--fsize=${limits.fileBytes}`,
    '--nofile=256',
    '--core=0',
  ]
  return {
    file: prlimit ?? file,
    arguments: prlimit ? [...bounds, file, ...arguments_] : arguments_,
    cwd: join(job.folder, 'files', job.workingFolder ?? '.'),
    environment,
    limits: {
      timeoutMs: limits.timeoutMs,
      stdoutBytes: limits.stdoutBytes,
      stderrBytes: limits.stderrBytes,
    },
    signal: job.signal,
  }
}
