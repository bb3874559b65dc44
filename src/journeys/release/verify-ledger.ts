import {
  attestedObjects,
  evidenceRevision,
  fromLedgerFiles,
  isLedgerRecord,
  parseRecords,
  readRenderedObject,
  type LedgerContent,
} from '../../features/attestation/ledger-files.ts'
import { sequenceOf, trailerLines } from '../../features/attestation/ledger-trailers.ts'
import { verifySsh } from '../../features/attestation/ssh-signature.ts'
import { targetPath, type Sha } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import { gateNames, optionalGates } from '../../domain/verdict.ts'
import type { GitCommit, GitRepository } from '../../ports/git.ts'

export interface LedgerCheck {
  environment: string
  commits: number
  /** Releases whose tree was compared with what is attested. */
  releases: number
  faults: LedgerFault[]
}

export interface LedgerFault {
  /** Stable: `unsigned`, `bad-signature`, `wrong-binding`, `not-linear`, `unreadable`, `unattested`, `gate-not-open`, `went-back`, `sequence`. */
  code: string
  commit: Sha
  message: string
}

export interface LedgerToVerify {
  environment: string
  tip: Sha
  /** `ssh-ed25519 AAAA…` lines that are believed. */
  trustedKeys: readonly string[]
  /** GitHub's number of the repository, which every commit must name; undefined: the one that the first commit names. */
  repositoryId?: string
  /** Commits looked at, from the newest back. */
  limit: number
  onProgress?(done: number, all: number): void
}

/**
 * Walks the history of a rendered ref and checks every commit offline: signed by a believed key, bound to this repository and
 * environment, on one line of history and numbered along it, holding exactly the trees that it attests, released through open gates, and
 * never looking at an older commit of the base branch than the one before. With `trustedKeys` of today alone, commits by former
 * keys are faults: those keys are named for this, too.
 */
export async function verifyLedger(git: GitRepository, request: LedgerToVerify): Promise<LedgerCheck> {
  const { environment, tip, limit } = request
  const log = await git.firstParentLog(undefined, tip, limit)
  const check: LedgerCheck = { environment, commits: log.length, releases: 0, faults: [] }
  let repositoryId = request.repositoryId
  let before: { commit: GitCommit; content: LedgerContent | undefined } | undefined
  for (const [index, commit] of log.entries()) {
    request.onProgress?.(index + 1, log.length)
    const fault = (code: string, message: string) => check.faults.push({ code, commit: commit.sha, message })
    repositoryId ??= trailerOf(commit, 'Repository')
    const unsound = await signatureFaults(git, commit, request, repositoryId)
    for (const [code, message] of unsound) fault(code, message)
    if (commit.parents.length > 1) fault('not-linear', 'it has more than one parent')
    const [last, own] = [sequenceOf(before?.commit.message ?? ''), sequenceOf(commit.message)]
    if (unsound.length === 0 && own <= last) fault('sequence', `its number is ${own}, after ${last}`)
    const content = await readContent(git, environment, commit.sha).catch((error: unknown) => {
      fault('unreadable', error instanceof Error ? error.message : 'its records cannot be read')
      return undefined
    })
    if (content) {
      const changed = await changedPaths(git, before?.commit.sha, commit.sha)
      for (const each of await treeFaults(git, commit.sha, content, changed)) fault('unattested', each)
      const released = content.attestations.filter((attestation) => isTouched(attestation, changed))
      check.releases += released.length
      for (const each of released.flatMap(gateFaults)) fault('gate-not-open', each)
      const back = isResumed(commit) ? undefined : await wentBack(git, before?.content, content)
      if (back) fault('went-back', back)
    }
    before = { commit, content: content ?? before?.content }
  }
  return check
}

async function signatureFaults(
  git: GitRepository,
  commit: GitCommit,
  { environment, trustedKeys }: LedgerToVerify,
  repositoryId: string | undefined,
): Promise<[code: string, message: string][]> {
  const { payload, signature } = await git.signedPayload(commit.sha)
  if (signature === undefined) return [['unsigned', 'it carries no signature']]
  const faults: [string, string][] = []
  if (!verifySsh(payload, signature, trustedKeys))
    faults.push(['bad-signature', 'no believed key has signed it'])
  const named = { repository: trailerOf(commit, 'Repository'), environment: trailerOf(commit, 'Environment') }
  if (named.repository !== repositoryId || named.environment !== environment) {
    const words = `it is bound to repository ${named.repository ?? '?'} and environment ${named.environment ?? '?'}`
    faults.push(['wrong-binding', `${words}, expected ${repositoryId ?? '?'} and ${environment}`])
  }
  return faults
}

/** A line of the last paragraph of the message. */
function trailerOf({ message }: GitCommit, name: string): string | undefined {
  return trailerLines(message)
    .find((line) => line.startsWith(`${name}: `))
    ?.slice(name.length + 2)
}

async function readContent(git: GitRepository, environment: string, sha: Sha): Promise<LedgerContent> {
  return fromLedgerFiles(environment, parseRecords(await readTexts(git, sha, isLedgerRecord)))
}

async function readTexts(
  git: GitRepository,
  sha: Sha,
  isWanted: (path: string) => boolean,
): Promise<Map<string, string>> {
  const { entries } = await git.tree(sha)
  const wanted = entries.filter(({ path, mode }) => mode === '100644' && isWanted(path))
  const contents = await git.read(wanted.map(({ id }) => id))
  return new Map(wanted.map(({ path, id }) => [path, Buffer.from(contents.get(id) ?? []).toString('utf8')]))
}

/** Every path that differs from the commit before; all of them in the first. */
async function changedPaths(git: GitRepository, before: Sha | undefined, sha: Sha): Promise<string[]> {
  if (before === undefined) return (await git.tree(sha)).entries.map(({ path }) => path)
  const changed = await git.changedPaths(before, sha)
  return changed.flatMap(({ path, previousPath }) => (previousPath ? [path, previousPath] : [path]))
}

function isTouched({ target }: Attestation, changed: readonly string[]): boolean {
  const folder = targetPath(target)
  return changed.some((path) => path.startsWith(`${folder}/`) || path === `${folder}.release.json`)
}

/** Trees that are not as attested, and files that nothing attests. */
async function treeFaults(
  git: GitRepository,
  sha: Sha,
  { attestations }: LedgerContent,
  changed: readonly string[],
): Promise<string[]> {
  const faults: string[] = []
  const folders = new Set(attestations.map(({ target }) => targetPath(target)))
  for (const attestation of attestations.filter((each) => isTouched(each, changed))) {
    const folder = `${targetPath(attestation.target)}/`
    const files = await readTexts(git, sha, (path) => path.startsWith(folder))
    try {
      const named = [...files].map(
        ([path, text]) => [path.slice(folder.length), readRenderedObject(text)] as const,
      )
      attestedObjects(attestation, new Map(named))
    } catch (error) {
      faults.push(error instanceof Error ? error.message : `${folder} cannot be read`)
    }
  }
  const present = new Set((await git.tree(sha)).entries.map(({ path }) => path))
  const foreign = changed.filter(
    (path) =>
      present.has(path) &&
      !isLedgerRecord(path) &&
      evidenceRevision(path) === undefined &&
      !folders.has(path.split('/').slice(0, 2).join('/')),
  )
  return [...faults, ...foreign.map((path) => `${path} belongs to nothing that is attested`)]
}

/** A release speaks of every gate, and every one was open; what was found at installation speaks of none. */
function gateFaults({ target, kind, verdicts, pull }: Attestation): string[] {
  if (kind === 'baseline') return []
  const closed = verdicts.filter(({ outcome }) => outcome !== 'pass').map(({ gate }) => gate)
  const asked = gateNames.filter((name) => !optionalGates.includes(name))
  const missing = pull ? asked.filter((name) => !verdicts.some(({ gate }) => gate === name)) : []
  const where = targetPath(target)
  return [
    ...closed.map((gate) => `${where} was released while ${gate} was closed`),
    ...missing.map((gate) => `${where} says nothing of ${gate}`),
  ]
}

/** A person has accepted that the base branch was force-pushed; the commit is signed like any other. */
function isResumed({ message }: GitCommit): boolean {
  return message.startsWith('resume ')
}

async function wentBack(
  git: GitRepository,
  before: LedgerContent | undefined,
  { seen }: LedgerContent,
): Promise<string | undefined> {
  const last = before?.seen?.revision
  if (last === undefined || seen === undefined || last === seen.revision) return undefined
  if ((await git.resolve(last)) === undefined || (await git.resolve(seen.revision)) === undefined) {
    return undefined
  }
  if (await git.isAncestor(last, seen.revision)) return undefined
  return `it looked at ${seen.revision.slice(0, 7)} after ${last.slice(0, 7)}, which that does not follow`
}
