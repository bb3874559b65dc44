import { AdapterError } from '../../ports/adapter-error.ts'
import type { GitRepository } from '../../ports/git.ts'
import { type GitContext, type GitRun, runGit, textOf } from './git-command.ts'

export interface Remote {
  url: string
  token?: () => Promise<string>
}

/** A first clone of a big repository may take this long. */
const transferTimeoutMs = 15 * 60_000

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

export async function fetchRemote(context: GitContext, remote: Remote): Promise<void> {
  await runGit(context, {
    arguments: [
      'fetch',
      '--quiet',
      '--no-tags',
      '--prune',
      '--no-recurse-submodules',
      '--no-write-fetch-head',
      '--end-of-options',
      remote.url,
      ...refspecs,
    ],
    ...(await transportOf(context, remote)),
  })
}

/** Compare-and-swap of one branch on the remote; after `moved` the mirror knows the winner. A refusal that is not a lost race throws. */
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
  if (report && isLostRace(report)) {
    await fetchRemote(context, remote)
    return 'moved'
  }
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

/**
 * What the one child that talks to the remote may use: its own scheme only, and the token as a header for the remote's
 * own host only. Plain http is for this machine (an emulator) alone.
 */
async function transportOf(
  context: GitContext,
  remote: Remote,
): Promise<Pick<GitRun, 'config' | 'timeoutMs'>> {
  const url = URL.canParse(remote.url) ? new URL(remote.url) : undefined
  const scheme = remote.url.startsWith('/') ? 'file' : url?.protocol.replace(':', '')
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url?.hostname ?? '')
  const isAllowed = scheme === 'https' || scheme === 'file' || (scheme === 'http' && isLoopback)
  if (!isAllowed || !scheme || url?.password || url?.username) {
    throw new AdapterError({
      system: 'git',
      operation: 'transport',
      target: context.target,
      retryable: false,
      message: 'the address must be https (or http on this machine, or a file) and name no account',
    })
  }
  const config: [string, string][] = [
    ...fsckConfig,
    [`protocol.${scheme}.allow`, 'always'],
    ['http.followRedirects', 'initial'],
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', '60'],
  ]
  if (remote.token && url && scheme !== 'file') {
    const basic = Buffer.from(`x-access-token:${await remote.token()}`).toString('base64')
    config.push([`http.${url.origin}/.extraHeader`, `Authorization: Basic ${basic}`])
  }
  return { config, timeoutMs: transferTimeoutMs }
}
