import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SignedCommits } from '../../src/domain/commit-signature.ts'
import type { Sha } from '../../src/domain/refs.ts'
import { publicKeyLine } from '../../src/features/attestation/ssh-key.ts'
import { signSsh, verifySsh } from '../../src/features/attestation/ssh-signature.ts'
import { gatherSignatures } from '../../src/journeys/review/gather-signatures.ts'
import { gatherRenderedFacts } from '../../src/journeys/review/gather-rendered-facts.ts'
import { loadFiles } from '../../src/journeys/repository/render-revision.ts'
import type { GitRepository } from '../../src/ports/git.ts'
import type { OpenPgp } from '../../src/ports/openpgp.ts'
import { gitSandbox } from '../adapters/git/git-sandbox.ts'
import { aConfiguration, anEnvironment, aPull } from '../builders.ts'

const aKey = () =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const [ada, ours] = [aKey(), aKey()]
const file = '.github/allowed_signers'

describe('who signed the commits of a pull request', () => {
  const sandbox = gitSandbox()
  let git: GitRepository
  let base: Sha
  beforeAll(async () => {
    base = sandbox.commit({ [file]: `ada@shop.example ${publicKeyLine(ada)}\n`, a: '1' })
    git = await sandbox.git().open(sandbox.local)
  })
  afterAll(async () => {
    await git.close()
    sandbox.remove()
  })

  const commit = async (parent: Sha, key: string | undefined, files: Record<string, string> = {}) =>
    git.writeCommit({
      tree: await git.writeTree(parent, files),
      parents: [parent],
      message: 'Raise checkout\n\nlonger',
      author: { name: 'Ada', email: 'ada@shop.example' },
      at: Date.parse('2026-11-20T12:00:00Z'),
      ...(key && { sign: (payload: string) => signSsh(payload, key) }),
    })
  const asked: Sha[] = []
  const gather = async (
    headSha: Sha,
    head: Sha,
    signedCommits: SignedCommits = { allowedSigners: file, isGitHubBelieved: false },
    from = base,
  ) => {
    asked.length = 0
    const isVerified = async (_: unknown, sha: Sha) => asked.push(sha) > 0 && sha === head
    const openPgp: OpenPgp = {
      verify: async (payload, signature, keys) => ({
        principal: [keys, signature.split('\n')[0], payload.includes('Raise checkout')].join(' '),
      }),
    }
    const self = {
      verify: (payload: string, signature: string) => verifySsh(payload, signature, [publicKeyLine(ours)]),
    }
    return gatherSignatures(
      { github: { isVerified }, openPgp, self } as unknown as Parameters<typeof gatherSignatures>[0],
      git,
      aPull({ headSha }),
      { base: from, head },
      {
        configuration: aConfiguration({ environments: [anEnvironment({ signedCommits })] }),
        files: await loadFiles(git, from),
      },
    )
  }

  it('is told for each of them, by the signers of the base', async () => {
    const first = await commit(base, ada)
    const other = aKey()
    const second = await commit(first, other, { [file]: `ken@shop.example ${publicKeyLine(other)}\n` })
    const third = await commit(second, undefined)
    const { tree } = await git.commit(third)
    const found = await gather(third, tree)
    expect(found?.map(({ sha, signers }) => [sha, signers[file]])).toEqual([
      [first, { principal: 'ada@shop.example' }],
      [second, { fault: 'it is signed with a key that the file does not list' }],
      [third, { fault: 'it is not signed' }],
    ])
    expect(found?.[2]).toMatchObject({
      author: 'Ada <ada@shop.example>',
      subject: 'Raise checkout',
      isResult: false,
    })
    expect(asked).toEqual([second])
  })

  it('is told of the commit that was made of them, too', async () => {
    const head = await commit(base, ada)
    const squashed = await commit(base, undefined, { a: '2' })
    const found = await gather(head, squashed)
    expect(
      found?.map(({ sha, isResult, isVerifiedByGitHub }) => [sha, isResult, isVerifiedByGitHub]),
    ).toEqual([
      [head, false, false],
      [squashed, true, true],
    ])
  })

  it('is ourselves for a proposal', async () => {
    const head = await commit(base, ours)
    expect(await gather(head, (await git.commit(head)).tree)).toMatchObject([{ isOurs: true }])
    expect(asked).toEqual([])
  })

  it('is not known where the head is not there', async () => {
    expect(await gather('f'.repeat(40), base)).toBeUndefined()
  })

  it('with OpenPGP is asked of the file of keys of the base', async () => {
    const asPgp = (payload: string) => signSsh(payload, ada).replaceAll('SSH SIGNATURE', 'PGP SIGNATURE')
    const write = async (parent: Sha, sign?: (payload: string) => string) =>
      git.writeCommit({
        tree: await git.writeTree(parent, { 'keys.asc': 'keys of the change' }),
        parents: [parent],
        message: 'Raise checkout',
        author: { name: 'Ada', email: 'ada@shop.example' },
        at: Date.parse('2026-11-20T12:00:00Z'),
        ...(sign && { sign }),
      })
    const start = await git.writeCommit({
      tree: await git.writeTree(base, { 'keys.asc': 'keys of the base' }),
      parents: [base],
      message: 'Keys',
      author: { name: 'Ada', email: 'ada@shop.example' },
      at: Date.parse('2026-11-20T11:00:00Z'),
    })
    const first = await write(start, asPgp)
    const second = await write(first)
    const third = await write(second, (payload) => signSsh(payload, ada))
    const found = await gather(
      third,
      third,
      { openpgpKeys: 'keys.asc', allowedSigners: file, isGitHubBelieved: false },
      start,
    )
    expect(found?.map(({ sha, signers }) => [sha, signers['keys.asc']])).toEqual(
      expect.arrayContaining([
        [first, { principal: 'keys of the base -----BEGIN PGP SIGNATURE----- true' }],
        [second, { fault: 'it is not signed' }],
        [third, { fault: 'it is not signed with OpenPGP, and the file holds OpenPGP keys' }],
      ]),
    )
  })
})

describe('allowed signers that nobody can read', () => {
  const sandbox = gitSandbox()
  let git: GitRepository
  afterAll(async () => {
    await git.close()
    sandbox.remove()
  })

  const problemsOf = async (base: Sha, head: Sha) => {
    const renderer = { render: () => Promise.reject(new Error('nothing is to be rendered')) } as never
    const policies = { evaluate: async () => ({ findings: [], problems: [] }), close: async () => undefined }
    const scope = { kind: 'repository' as const }
    const facts = await gatherRenderedFacts({ renderer, policies }, git, {
      sides: { base, head },
      scope,
      isTrusted: true,
    })
    return facts.configurationProblems.map(({ code, line, message }) => `${code} ${line} ${message}`)
  }

  it('are a problem of the pull request that makes them so, and of no other', async () => {
    const asks = (path: string) => `environments: { prod: { signedCommits: { allowedSigners: ${path} } } }\n`
    const known = `ada@shop.example ${publicKeyLine(ada)}\nold-line\n`
    const base = sandbox.commit({ '.drawbridge.yaml': asks(file), [file]: known })
    const broken = sandbox.commit({ [file]: `${known}ken@shop.example ssh-ed25519 AAAA\n` })
    const other = sandbox.commit({ '.github/CODEOWNERS': '* @ada\n' })
    const gone = sandbox.commit({ '.drawbridge.yaml': asks('nowhere') })
    git = await sandbox.git().open(sandbox.local)
    expect(await problemsOf(base, broken)).toEqual([
      'SIGNERS_LINE 3 "ken@shop.example ssh-ed25519 AAAA": its key is damaged, so nobody is believed by this line',
    ])
    expect(await problemsOf(broken, other)).toEqual([])
    expect(await problemsOf(other, gone)).toEqual([expect.stringContaining('SIGNERS_MISSING 0')])
  })
})
