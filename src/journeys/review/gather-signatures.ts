import type { CommitSignature, SignedBy, SignedCommits } from '../../domain/commit-signature.ts'
import type { Configuration } from '../../domain/configuration.ts'
import type { Pull } from '../../domain/pull.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import type { Sha } from '../../domain/refs.ts'
import { readSigners, type Signer } from '../../features/signatures/signer-lines.ts'
import { verifySigner } from '../../features/signatures/verify-signer.ts'
import type { GitCommit, GitRepository } from '../../ports/git.ts'
import type { OpenPgp } from '../../ports/openpgp.ts'
import type { Ports } from '../ports.ts'

/**
 * Who signed the commits of a pull request and, once it is merged, what was made of them. Undefined: no environment asks, or
 * the commits cannot be read. The files of signers are those of the base: nobody adds a key by the change that it signs.
 */
export async function gatherSignatures(
  ports: SignaturePorts,
  git: GitRepository,
  pull: Pull,
  { base, head }: { base: Sha; head: Sha },
  rules: { configuration: Configuration; files: RepositoryFiles },
): Promise<CommitSignature[] | undefined> {
  const asked = rules.configuration.environments.flatMap(({ signedCommits }) => signedCommits ?? [])
  if (asked.length === 0) return undefined
  const signers = await readSignerFiles(git, rules.files, asked)
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

type SignaturePorts = Pick<Ports, 'github' | 'openPgp' | 'self'>

/** By path; a file that is not there lists nobody. */
interface SignerFiles {
  ssh: ReadonlyMap<string, Signer[]>
  openPgp: ReadonlyMap<string, string>
}

async function readSignerFiles(
  git: GitRepository,
  { tree }: RepositoryFiles,
  asked: readonly SignedCommits[],
): Promise<SignerFiles> {
  const ssh = [...new Set(asked.flatMap(({ allowedSigners }) => allowedSigners ?? []))]
  const openPgp = [...new Set(asked.flatMap(({ openpgpKeys }) => openpgpKeys ?? []))]
  const entries = tree.entries.filter(({ path }) => ssh.includes(path) || openPgp.includes(path))
  const blobs = await git.read(entries.map(({ id }) => id))
  const textOf = (path: string) => {
    const entry = entries.find((each) => each.path === path)
    return new TextDecoder().decode(entry && blobs.get(entry.id))
  }
  return {
    ssh: new Map(ssh.map((path) => [path, readSigners(textOf(path))])),
    openPgp: new Map(openPgp.map((path) => [path, textOf(path)])),
  }
}

async function signatureOf(
  { github, openPgp, self }: SignaturePorts,
  git: GitRepository,
  pull: Pull,
  commit: GitCommit,
  head: Sha,
  signers: SignerFiles,
): Promise<CommitSignature> {
  const { payload, signature } = await git.signedPayload(commit.sha)
  const isOurs = signature !== undefined && self.verify(payload, signature)
  const bySsh = [...signers.ssh].map(
    ([path, lines]) => [path, verifySigner(payload, signature, lines, commit.committer.at)] as const,
  )
  const byOpenPgp = [...signers.openPgp].map(
    async ([path, keys]) => [path, await verifyOpenPgp(openPgp, payload, signature, keys)] as const,
  )
  const found = [...bySsh, ...(await Promise.all(byOpenPgp))]
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

async function verifyOpenPgp(
  openPgp: OpenPgp,
  payload: string,
  signature: string | undefined,
  keys: string,
): Promise<SignedBy> {
  if (signature === undefined) return { fault: 'it is not signed' }
  if (!signature.includes('BEGIN PGP SIGNATURE'))
    return { fault: 'it is not signed with OpenPGP, and the file holds OpenPGP keys' }
  return openPgp.verify(payload, signature, keys)
}
