import type { CommitSignature, SignedCommits } from '../../domain/commit-signature.ts'
import type { Environment } from '../../domain/configuration.ts'
import type { Verdict } from '../../domain/verdict.ts'

/**
 * The gate of environments that want their commits signed; none where no such environment changes. Each commit must be
 * signed by somebody whom each of them believes:
 *
 * | signed by                                   | believed                                          |
 * | ------------------------------------------- | ------------------------------------------------- |
 * | a key of the file `allowedSigners`          | where the environment names the file              |
 * | a key of the file `openpgpKeys`             | where the environment names the file              |
 * | whatever GitHub calls verified              | where the environment says `github: true`         |
 * | Drawbridge                                  | always: its proposals prove themselves            |
 * | GitHub                                      | for the commit that GitHub made at the merge      |
 */
export function evaluateSignatures(
  environments: readonly Environment[],
  commits: readonly CommitSignature[] | undefined,
): Verdict[] {
  const asking = environments.flatMap(({ name, signedCommits }) =>
    signedCommits ? [{ name, signedCommits }] : [],
  )
  if (asking.length === 0) return []
  const faults = (commits ?? []).flatMap((commit) => {
    const fault = asking
      .map(({ signedCommits }) => faultOf(commit, signedCommits))
      .find((each) => each !== undefined)
    return fault === undefined
      ? []
      : [`${commit.sha.slice(0, 7)} by ${commit.author} (“${commit.subject}”): ${fault}`]
  })
  const names = asking.map(({ name }) => name).join(', ')
  if (commits === undefined || commits.length === 0)
    return [
      {
        gate: 'signatures',
        outcome: 'block',
        reason: `${names} asks for signed commits, and which commits these are could not be read`,
        details: [],
      },
    ]
  if (faults.length === 0)
    return [
      {
        gate: 'signatures',
        outcome: 'pass',
        reason: 'every commit is signed by somebody who may',
        details: [],
      },
    ]
  const count = `${faults.length} ${faults.length === 1 ? 'commit is' : 'commits are'}`
  return [
    {
      gate: 'signatures',
      outcome: 'block',
      reason: `${names} asks for signed commits, and ${count} not signed by somebody who may`,
      details: faults,
      fix: 'sign them: `git config gpg.format ssh; git config user.signingkey ~/.ssh/id_ed25519.pub; git rebase --exec "git commit --amend --no-edit -S" origin/HEAD`, then push; a new key is added to the signers by a pull request of its own',
    },
  ]
}

function faultOf(commit: CommitSignature, asked: SignedCommits): string | undefined {
  const { allowedSigners, openpgpKeys, isGitHubBelieved } = asked
  if (commit.isOurs) return undefined
  if (commit.isVerifiedByGitHub && (isGitHubBelieved || commit.isResult)) return undefined
  const files = [allowedSigners, openpgpKeys].filter((file) => file !== undefined)
  if (files.length === 0) return 'GitHub does not call its signature verified'
  const found = files.map((file) => commit.signers[file] ?? { fault: `${file} could not be read` })
  if (found.some((signer) => 'principal' in signer)) return undefined
  return [...new Set(found.flatMap((signer) => ('fault' in signer ? [signer.fault] : [])))].join('; ')
}
