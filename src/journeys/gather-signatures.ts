import type { CommitSignature } from '../domain/commit-signature.ts'
import type { Configuration } from '../domain/configuration.ts'
import type { Pull } from '../domain/pull.ts'
import type { RepositoryFiles } from '../domain/repository-files.ts'
import type { Sha } from '../domain/refs.ts'
import { readSigners, type Signer } from '../features/signatures/signer-lines.ts'
import { verifySigner } from '../features/signatures/verify-signer.ts'
import type { GitCommit, GitRepository } from '../ports/git.ts'
import type { Ports } from './ports.ts'

/**
 * Who signed the commits of a pull request and, once it is merged, what was made of them. Undefined: no environment asks, or
 * the commits cannot be read. The files of signers are those of the base: nobody adds a key by the change that it signs.
 */
export async function gatherSignatures(
  ports: Pick<Ports, 'github' | 'self'>,
  git: GitRepository,
  pull: Pull,
  { base, head }: { base: Sha; head: Sha },
  rules: { configuration: Configuration; files: RepositoryFiles },
): Promise<CommitSignature[] | undefined> {
  const asked = rules.configuration.environments.flatMap(({ signedCommits }) => signedCommits ?? [])
  if (asked.length === 0) return undefined
  const paths = [...new Set(asked.flatMap(({ allowedSigners }) => allowedSigners ?? []))]
  const signers = await readSignerFiles(git, rules.files, paths)
  const tip = await git.resolve(pull.headSha)
  if (tip === undefined) return undefined
  const isMerged = head !== pull.headSha && (await git.resolve(head)) !== undefined
  const commits = new Map<Sha, GitCommit>()
  for (const each of [tip, ...(isMerged ? [head] : [])])
    for (const commit of await git.log(base, each)) commits.set(commit.sha, commit)
  return Promise.all(
    [...commits.values()].map((commit) => signatureOf(ports, git, pull, commit, head, signers)),
  )
}

/** A file that is not there lists nobody. */
async function readSignerFiles(
  git: GitRepository,
  { tree }: RepositoryFiles,
  paths: readonly string[],
): Promise<Map<string, Signer[]>> {
  const entries = tree.entries.filter(({ path }) => paths.includes(path))
  const blobs = await git.read(entries.map(({ id }) => id))
  const textOf = (path: string) => {
    const entry = entries.find((each) => each.path === path)
    return new TextDecoder().decode(entry && blobs.get(entry.id))
  }
  return new Map(paths.map((path) => [path, readSigners(textOf(path))]))
}

async function signatureOf(
  { github, self }: Pick<Ports, 'github' | 'self'>,
  git: GitRepository,
  pull: Pull,
  commit: GitCommit,
  head: Sha,
  signers: ReadonlyMap<string, Signer[]>,
): Promise<CommitSignature> {
  const { payload, signature } = await git.signedPayload(commit.sha)
  const isOurs = signature !== undefined && self.verify(payload, signature)
  const found = [...signers].map(
    ([path, lines]) => [path, verifySigner(payload, signature, lines, commit.committer.at)] as const,
  )
  const isKnown = found.length > 0 && found.every(([, result]) => 'principal' in result)
  const isResult = commit.sha === head && commit.sha !== pull.headSha
  const mayAsk = (signature !== undefined || isResult) && !isOurs && !isKnown
  return {
    sha: commit.sha,
    author: `${commit.author.name} <${commit.author.email}>`,
    subject: commit.message.split('\n', 1)[0] ?? '',
    isResult,
    isOurs,
    isVerifiedByGitHub: mayAsk && (await github.isVerified(pull.ref.repository, commit.sha)),
    signers: Object.fromEntries(found),
  }
}
