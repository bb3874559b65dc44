import { AdapterError } from '../../ports/adapter-error.ts'
import type { Sha } from '../../domain/refs.ts'
import type { GitRepository } from '../../ports/git.ts'
import { type GitContext, type GitRun, runGit, textOf } from './git-command.ts'
import { type Remote, remoteAccess } from './remote-access.ts'

/** Faults that old, honest histories have and that harm nobody; everything else that fsck finds is refused. */
const harmlessFaults = [
  'zeroPaddedFilemode',
  'missingSpaceBeforeDate',
  'missingSpaceBeforeEmail',
  'badTimezone',
  'badDate',
  'badDateOverflow',
  'zeroPaddedDate',
  'missingNameBeforeEmail',
  'missingEmail',
  'badName',
]

const fsckConfig: [string, string][] = [
  ['fetch.fsckObjects', 'true'],
  ...harmlessFaults.map((fault): [string, string] => [`fetch.fsck.${fault}`, 'ignore']),
]

/** Branches, tags and the heads of pull requests; what the remote deleted goes here too. */
const refspecs = [
  '+refs/heads/*:refs/remotes/origin/*',
  '+refs/tags/*:refs/tags/*',
  '+refs/pull/*/head:refs/pull/*/head',
]

/** Everything that the mirror keeps, whatever it has already; what the remote deleted goes. */
export function fetchEverything(context: GitContext, remote: Remote): Promise<void> {
  return fetchByGit(context, remote, ['--prune'], refspecs)
}

/** The objects of these ids, as what these refs of the mirror point to from now on. */
export function fetchRefs(
  context: GitContext,
  remote: Remote,
  refs: [ref: string, id: Sha][],
): Promise<void> {
  return fetchByGit(
    context,
    remote,
    [],
    refs.map(([ref, id]) => `+${id}:${ref}`),
  )
}

async function fetchByGit(
  context: GitContext,
  remote: Remote,
  options: string[],
  wanted: string[],
): Promise<void> {
  const always = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head']
  await runGit(context, {
    arguments: ['fetch', ...always, ...options, '--stdin', '--end-of-options', remote.url],
    stdin: `${wanted.join('\n')}\n`,
    ...(await transportOf(context, remote)),
  })
}

/** Whether the remote has no such object any more: its branches moved on after they were listed. */
export function isGone(error: unknown): boolean {
  return error instanceof AdapterError && /not our ref/.test(error.message)
}

/** Compare-and-swap of one branch on the remote, and in the mirror. A refusal that is not a lost race throws. */
export async function pushRemote(
  context: GitContext,
  remote: Remote,
  ...[branch, commit, expected]: Parameters<GitRepository['push']>
): Promise<'pushed' | 'moved'> {
  const ref = `refs/heads/${branch}`
  const transport = await transportOf(context, remote)
  const result = await runGit(context, {
    arguments: [
      'push',
      '--porcelain',
      '--no-verify',
      '--no-recurse-submodules',
      `--force-with-lease=${ref}:${expected ?? ''}`,
      '--end-of-options',
      remote.url,
      `${commit}:${ref}`,
    ],
    accept: [0, 1],
    ...transport,
  })
  const report = textOf(result)
    .split('\n')
    .find((line) => line.includes(`:${ref}\t`))
  if (result.exitCode === 0 && report) {
    await runGit(context, {
      arguments: ['update-ref', '--no-deref', `refs/remotes/origin/${branch}`, commit],
    })
    return 'pushed'
  }
  if (report && isLostRace(report)) return 'moved'
  throw new AdapterError({
    system: 'git',
    operation: 'push',
    target: `${context.target} ${branch}`,
    retryable: !report,
    message: report ? `refused: ${reasonOf(report)}` : 'the remote gave no answer about the branch',
  })
}

/** `!\t<from>:<to>\t[rejected] (stale info)`: the lease did not hold, or somebody was faster in between. */
function isLostRace(report: string): boolean {
  return (
    /\[rejected\] \((?:stale info|fetch first|non-fast-forward|already exists|remote ref updated since checkout)\)/.test(
      report,
    ) ||
    /\[remote rejected\] .*(?:cannot lock ref|failed to update ref|reference already exists|incorrect old value)/.test(
      report,
    )
  )
}

function reasonOf(report: string): string {
  return (report.split('\t')[2] ?? '').slice(0, 200)
}

/** What the one child that talks to the remote may use: its own scheme only, and the token as a header for the remote's own host only. */
async function transportOf(
  context: GitContext,
  remote: Remote,
): Promise<Pick<GitRun, 'config' | 'timeoutMs'>> {
  const { scheme, url, authorization } = await remoteAccess(remote, context.target)
  const config: [string, string][] = [
    ...fsckConfig,
    [`protocol.${scheme}.allow`, 'always'],
    ['http.followRedirects', 'initial'],
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', '60'],
  ]
  if (url && authorization)
    config.push([`http.${url.origin}/.extraHeader`, `Authorization: ${authorization}`])
  return { config, timeoutMs: remote.transferMs }
}
