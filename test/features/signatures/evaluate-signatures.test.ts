import { expect, it } from 'vitest'
import type { CommitSignature, SignedCommits } from '../../../src/domain/commit-signature.ts'
import { evaluateSignatures } from '../../../src/features/signatures/evaluate-signatures.ts'
import { anEnvironment } from '../../builders.ts'

const file = '.github/allowed_signers'
const byFile: SignedCommits = { allowedSigners: file, isGitHubBelieved: false }
const byGitHub: SignedCommits = { isGitHubBelieved: true }

function aCommit(overrides: Partial<CommitSignature> = {}): CommitSignature {
  return {
    sha: 'abcdef0'.padEnd(40, '0'),
    author: 'Ada <ada@shop.example>',
    subject: 'Raise checkout',
    isResult: false,
    isOurs: false,
    isVerifiedByGitHub: false,
    signers: { [file]: { fault: 'it is not signed' } },
    ...overrides,
  }
}

const signed = aCommit({ signers: { [file]: { principal: 'ada@shop.example' } } })
const byKeys: SignedCommits = { openpgpKeys: 'keys.asc', isGitHubBelieved: false }
const signedByPgp = aCommit({
  signers: { [file]: { fault: 'it is signed with OpenPGP' }, 'keys.asc': { principal: '4AEE' } },
})
const verified = aCommit({ isVerifiedByGitHub: true })
const outcome = (asked: (SignedCommits | undefined)[], commits: CommitSignature[] | undefined) =>
  evaluateSignatures(
    asked.map((signedCommits) => anEnvironment({ signedCommits })),
    commits,
  )[0]?.outcome

it.each<[string, (SignedCommits | undefined)[], CommitSignature[] | undefined, string | undefined]>([
  ['nobody asks', [undefined], undefined, undefined],
  ['nobody asks, and it is not signed', [undefined], [aCommit()], undefined],
  ['signed by one of the file', [byFile], [signed], 'pass'],
  ['not signed', [byFile], [aCommit()], 'block'],
  ['one of two not signed', [byFile], [signed, aCommit()], 'block'],
  ['verified by GitHub where the file is asked', [byFile], [verified], 'block'],
  ['verified by GitHub where that is believed', [byGitHub], [verified], 'pass'],
  ['signed by one of a file where GitHub is asked', [byGitHub], [signed], 'block'],
  ['verified, where either counts', [{ ...byFile, isGitHubBelieved: true }], [verified, signed], 'pass'],
  ['good for one environment and not for the other', [byFile, byGitHub], [signed], 'block'],
  [
    'made by GitHub at the merge',
    [byFile],
    [signed, aCommit({ isResult: true, isVerifiedByGitHub: true })],
    'pass',
  ],
  ['landed without GitHub’s signature', [byFile], [signed, aCommit({ isResult: true })], 'block'],
  ['our own proposal', [byFile, byGitHub], [aCommit({ isOurs: true })], 'pass'],
  ['signed by one of another file', [byFile], [aCommit({ signers: { other: { principal: 'a' } } })], 'block'],
  ['signed with OpenPGP by one of the keys', [byKeys], [signedByPgp], 'pass'],
  ['signed with OpenPGP, where either counts', [{ ...byFile, ...byKeys }], [signedByPgp, signed], 'pass'],
  ['signed with OpenPGP where only SSH counts', [byFile], [signedByPgp], 'block'],
  ['commits that could not be read', [byFile], undefined, 'block'],
  ['no commits', [byFile], [], 'block'],
])('%s', (_, asked, commits, expected) => {
  expect(outcome(asked, commits)).toBe(expected)
})

it('says which commit, by whom, why, and how to sign', () => {
  const [verdict] = evaluateSignatures([anEnvironment({ signedCommits: byFile })], [signed, aCommit()])
  expect(verdict).toMatchObject({
    reason: 'prod asks for signed commits, and 1 commit is not signed by somebody who may',
    details: ['abcdef0 by Ada <ada@shop.example> (“Raise checkout”): it is not signed'],
    fix: expect.stringContaining('git config gpg.format ssh'),
  })
})
