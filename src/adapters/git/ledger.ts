import type { LedgerChange } from '../../domain/action.ts'
import { fullName, type Instant, type RepositoryRef, type Sha, targetPath } from '../../domain/refs.ts'
import { sequenceOf, sequenceTrailer, trailerLines } from '../../features/attestation/ledger-trailers.ts'
import {
  attestedObjects,
  fromLedgerFiles,
  isLedgerRecord,
  type LedgerContent,
  parseRecord,
  readRenderedObject,
  releasePaths,
  toLedgerFiles,
} from '../../features/attestation/ledger-files.ts'
import { verifySsh } from '../../features/attestation/ssh-signature.ts'
import { noControls } from '../../domain/release.ts'
import type { GitEntry, GitTree } from '../../domain/repository-files.ts'
import { findAttestation } from '../../features/attestation/find-attestation.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { GitCommit, GitRepository } from '../../ports/git.ts'
import type { Ledger, LedgerMark, LedgerState } from '../../ports/ledger.ts'
import { createParsedBlobs, type ParsedBlobs } from './parsed-blobs.ts'

export interface LedgerOptions {
  repository: (ref: RepositoryRef) => Promise<GitRepository>
  clock: Clock
  /** Who the commits are by. */
  self: { name: string; email: string }
  /** The armoured SSH signature of a commit's payload. Readers that never commit leave it out. */
  sign?: (payload: string) => string
  /** `ssh-ed25519 AAAA…` lines, asked for at every look; a commit signed by another key is not trusted. */
  trustedKeys(): readonly string[]
  /** The key of `sign`: commits by other trusted keys are marked as such. */
  ownKey?: string
  /** The newest commit of an environment that is remembered beyond the life of this process. */
  remembered?(ref: RepositoryRef, environment: string): Promise<LedgerMark | undefined>
  /** Milliseconds for which a look at the remote holds; default 0: every read looks. What this process writes is seen at once. */
  staleAfterMs?: number
  /** All targets of a cluster are looked at one after the other: the files of the next ones are read ahead. */
  isReadInTurn?: boolean
}

/** States of this many commits are kept; a commit never changes. They share the records that are the same. */
const keptStates = 200

/** Of records, and of rendered objects: some tens of thousands of each. */
const keptCharacters = 16 * 1024 * 1024

/** Whose files are read ahead. */
const targetsAhead = 32

const nothing: LedgerContent = {
  attestations: [],
  rollouts: [],
  controls: noControls,
}

/**
 * The rendered refs `drawbridge/rendered/<environment>`: every commit signed, bound by trailers to its repository and
 * environment, so that a signed commit of one cannot stand for another. Uses the pure translation in `features/attestation`.
 */
export function createLedger(options: LedgerOptions): Ledger {
  const states = new Map<string, LedgerState>()
  const records = createParsedBlobs(parseRecord, keptCharacters)
  const rendered = createParsedBlobs(readRenderedObject, keptCharacters)
  let believed = ''
  /** The newest commits that this process has seen, by repository and environment. */
  const marks = new Map<string, LedgerMark>()
  const fetchedAt = new Map<string, Instant>()
  /** The newest history that was asked for, by repository, environment and application; newest commit first. */
  const histories = new Map<string, { tip: Sha; limit: number; commits: Sha[] }>()

  const fetchIfOlder = async (ref: RepositoryRef, repository: GitRepository, ms: number): Promise<void> => {
    const now = options.clock.now()
    const last = fetchedAt.get(ref.id)
    if (last !== undefined && now - last < ms) return
    fetchedAt.set(ref.id, now)
    await repository.fetch()
  }

  const stateAt = async (
    ref: RepositoryRef,
    environment: string,
    sha: Sha,
    isVouchedFor = false,
  ): Promise<LedgerState> => {
    const keys = options.trustedKeys()
    if (keys.join('\n') !== believed) states.clear()
    believed = keys.join('\n')
    const key = `${ref.id}/${environment}/${sha}/${isVouchedFor}`
    const known = states.get(key)
    if (known) return { ...known, repository: ref }
    const state = await readState({ ...options, records }, keys, ref, environment, sha, isVouchedFor)
    const [oldest] = states.keys()
    if (states.size >= keptStates && oldest) states.delete(oldest)
    states.set(key, state)
    return state
  }

  const newestMark = async (ref: RepositoryRef, environment: string): Promise<LedgerMark | undefined> => {
    const seen = marks.get(`${ref.id}/${environment}`)
    const remembered = await options.remembered?.(ref, environment)
    return (seen?.sequence ?? -1) >= (remembered?.sequence ?? -1) ? seen : remembered
  }

  const raiseMark = ({ repository, environment, commit, sequence }: LedgerState): void => {
    marks.set(`${repository.id}/${environment}`, { commit, sequence })
  }

  return {
    async read(ref, environment) {
      const repository = await options.repository(ref)
      await fetchIfOlder(ref, repository, options.staleAfterMs ?? 0)
      const look = async () => {
        const tip = await repository.resolve(branchRef(environment))
        return tip === undefined ? undefined : stateAt(ref, environment, tip)
      }
      const mark = await newestMark(ref, environment)
      let state = await look()
      if (isBehind(state, mark)) {
        // Another process may have written what our mirror does not have yet.
        await fetchIfOlder(ref, repository, 0)
        state = await look()
      }
      if (mark && isBehind(state, mark)) return rewritten(ref, environment, state?.commit, mark)
      if (state?.trust === 'trusted') raiseMark(state)
      return state
    },

    async objects(state, target) {
      const attestation = findAttestation(state.attestations, target)
      if (!attestation)
        throw fault(
          state.repository,
          state.environment,
          'objects',
          `nothing is attested for ${targetPath(target)}`,
        )
      const folder = `${targetPath(target)}/`
      const repository = await options.repository(state.repository)
      const { entries, next } = await folderOf(repository, state.commit, folder)
      try {
        const ahead = options.isReadInTurn ? () => next(targetsAhead) : undefined
        const files = await rendered.read(repository, entries, ahead)
        const named = [...files].map(([path, object]) => [path.slice(folder.length), object] as const)
        return attestedObjects(attestation, new Map(named))
      } catch (cause) {
        throw cause instanceof AdapterError
          ? cause
          : fault(state.repository, state.environment, 'objects', messageOf(cause))
      }
    },

    async holders(state, files) {
      const repository = await options.repository(state.repository)
      const { entries } = await repository.tree(state.commit)
      const targets = new Map(state.attestations.map(({ target }) => [`${targetPath(target)}/`, target]))
      return entries.flatMap(({ path }) => {
        const folder = targetFolder(path)
        const file = path.slice(folder.length)
        const target = files.has(file) ? targets.get(folder) : undefined
        return target === undefined ? [] : [{ target, file }]
      })
    },

    async commit(ref, environment, expected, change, message) {
      const repository = await options.repository(ref)
      const parent = expected === undefined ? undefined : await stateAt(ref, environment, expected)
      if (parent && parent.trust !== 'trusted') {
        throw fault(
          ref,
          environment,
          'commit',
          `the branch carries a commit that is not ours (${parent.commit}); reset it to the newest signed one`,
        )
      }
      const mark = await newestMark(ref, environment)
      if (isBehind(parent, mark))
        throw fault(ref, environment, 'commit', `the branch went back from ${mark?.commit}; restore it first`)
      const { sign } = options
      if (!sign) throw fault(ref, environment, 'commit', 'there is no key to sign with here')
      const tree = await repository.writeTree(expected, toLedgerFiles(change))
      const at = options.clock.now()
      const sequence = nextSequence(parent, at)
      const commit = await repository.writeCommit({
        tree,
        parents: expected === undefined ? [] : [expected],
        message: `${message.trim()}\n\n${trailers(ref, environment, change, sequence)}`,
        author: options.self,
        at,
        sign,
      })
      const answer = await repository.push(branchOf(environment), commit, expected)
      return answer === 'pushed' ? { kind: 'committed', commit, sequence } : { kind: 'conflict' }
    },

    async history(ref, environment, limit, application) {
      const repository = await options.repository(ref)
      const tip = await repository.resolve(branchRef(environment))
      if (!tip) return []
      const present = await stateAt(ref, environment, tip)
      const key = `${ref.id}/${environment}/${application ?? ''}`
      const known = histories.get(key)
      const look = async () => {
        const paths = application === undefined ? undefined : releasePaths(present.attestations, application)
        const log = paths?.length === 0 ? [] : repository.firstParentLog(undefined, tip, limit, paths)
        return (await log).toReversed().map(({ sha }) => sha)
      }
      const commits = known?.tip === tip && known.limit === limit ? known.commits : await look()
      histories.set(key, { tip, limit, commits })
      // A commit names its parent by hash: who signs the tip vouches for all below, whatever became of their keys.
      const isVouchedFor = present.trust === 'trusted'
      return Promise.all(commits.map((sha) => stateAt(ref, environment, sha, isVouchedFor && sha !== tip)))
    },
  }
}

function branchOf(environment: string): string {
  return `drawbridge/rendered/${environment}`
}

function branchRef(environment: string): string {
  return `refs/heads/${branchOf(environment)}`
}

/** The environment's ref is not as new as it was: gone, or at a commit from before. What nobody of ours signed is no commit of before. */
function isBehind(state: LedgerState | undefined, mark: LedgerMark | undefined): boolean {
  if (!mark) return false
  if (!state) return true
  if (state.trust !== 'trusted') return false
  return state.sequence < mark.sequence || (state.sequence === mark.sequence && state.commit !== mark.commit)
}

function rewritten(
  repository: RepositoryRef,
  environment: string,
  commit: Sha | undefined,
  { commit: newest }: LedgerMark,
): LedgerState {
  return {
    repository,
    environment,
    commit: commit ?? newest,
    trust: 'rewritten',
    sequence: 0,
    newest,
    ...nothing,
  }
}

/** By the clock, so that a ref that begins anew is ahead of the one before; by count where commits come faster. */
function nextSequence(parent: LedgerState | undefined, now: Instant): number {
  return Math.max((parent?.sequence ?? 0) + 1, Math.floor(now / 1000))
}

async function readState(
  options: LedgerOptions & { records: ParsedBlobs<unknown> },
  keys: readonly string[],
  ref: RepositoryRef,
  environment: string,
  sha: Sha,
  isVouchedFor: boolean,
): Promise<LedgerState> {
  const repository = await options.repository(ref)
  const { payload, signature } = await repository.signedPayload(sha)
  const state = { repository: ref, environment, commit: sha, sequence: 0 }
  if (signature === undefined) return { ...state, trust: 'unsigned', ...nothing }
  const commit = await repository.commit(sha)
  const isBelieved = isVouchedFor || verifySsh(payload, signature, keys)
  if (!isBelieved || !isBoundTo(commit, ref, environment))
    return { ...state, trust: 'bad-signature', ...nothing }
  const { entries } = await repository.tree(sha)
  const isByFormerKey =
    options.ownKey !== undefined && !isVouchedFor && !verifySsh(payload, signature, [options.ownKey])
  try {
    const files = await options.records.read(
      repository,
      entries.filter(({ path }) => isLedgerRecord(path)),
    )
    return {
      ...state,
      sequence: sequenceOf(commit.message),
      trust: 'trusted',
      ...(isByFormerKey && { isByFormerKey }),
      ...fromLedgerFiles(environment, files),
    }
  } catch (cause) {
    throw cause instanceof AdapterError ? cause : fault(ref, environment, 'read', messageOf(cause))
  }
}

// The same tree always has the same folders, so remembering them changes no answer.
const foldersOf = new WeakMap<GitTree, Folders>()

interface Folders {
  /** By the cluster's and the application's part of their paths, in the order of the tree. */
  entries: Map<string, GitEntry[]>
  names: string[]
}

/** What lies in a target's folder, however many other targets there are, and in those of the same cluster after it. */
async function folderOf(
  repository: GitRepository,
  sha: Sha,
  folder: string,
): Promise<{ entries: GitEntry[]; next(count: number): GitEntry[] }> {
  const tree = await repository.tree(sha)
  const known = foldersOf.get(tree) ?? toFolders(tree)
  foldersOf.set(tree, known)
  const name = targetFolder(folder)
  return {
    entries: (known.entries.get(name) ?? []).filter(({ path }) => path.startsWith(folder)),
    next(count) {
      const index = known.names.indexOf(name) + 1
      const cluster = name.slice(0, name.indexOf('/') + 1)
      const others = known.names.slice(index, index + count).filter((other) => other.startsWith(cluster))
      return others.flatMap((other) => known.entries.get(other) ?? [])
    },
  }
}

function toFolders(tree: GitTree): Folders {
  const entries = Map.groupBy(tree.entries, ({ path }) => targetFolder(path))
  return { entries, names: [...entries.keys()] }
}

/** The cluster's and the application's part of a path. */
function targetFolder(path: string): string {
  return path.slice(0, path.indexOf('/', path.indexOf('/') + 1) + 1)
}

/** The last paragraph of every message of ours; nothing of the paragraphs before it is read back. */
function trailers(ref: RepositoryRef, environment: string, change: LedgerChange, sequence: number): string {
  const attestations = change.releases.map(({ attestation }) => attestation)
  const revisions = new Set(attestations.map(({ revision }) => revision))
  const pulls = new Set(attestations.flatMap(({ pull }) => (pull ? [pull.number] : [])))
  return [
    ...[...revisions].map((revision) => `Source-Revision: ${revision}`),
    ...[...pulls].map((number) => `Pull-Request: ${fullName(ref)}#${number}`),
    `${sequenceTrailer}${sequence}`,
    ...binding(ref, environment),
  ].join('\n')
}

function binding(ref: RepositoryRef, environment: string): string[] {
  return [`Repository: ${ref.id}`, `Environment: ${environment}`]
}

function isBoundTo(commit: GitCommit, ref: RepositoryRef, environment: string): boolean {
  const lines = trailerLines(commit.message)
  return binding(ref, environment).every((line) => lines.includes(line))
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'cannot be read'
}

function fault(ref: RepositoryRef, environment: string, operation: string, message: string): AdapterError {
  return new AdapterError({
    system: 'git',
    operation: `ledger ${operation}`,
    target: `${fullName(ref)} ${branchOf(environment)}`,
    retryable: false,
    message,
  })
}
