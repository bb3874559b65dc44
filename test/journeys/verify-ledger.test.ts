import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLedger } from '../../src/adapters/git/ledger.ts'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import type { Sha } from '../../src/domain/refs.ts'
import type { Attestation } from '../../src/domain/release.ts'
import { gateNames, type Verdict } from '../../src/domain/verdict.ts'
import { publicKeyLine } from '../../src/features/attestation/ssh-key.ts'
import { signSsh } from '../../src/features/attestation/ssh-signature.ts'
import { canonicalise, digestOf } from '../../src/features/rendering/canonical.ts'
import { verifyLedger } from '../../src/journeys/release/verify-ledger.ts'
import type { GitRepository } from '../../src/ports/git.ts'
import { gitSandbox } from '../adapters/git/git-sandbox.ts'
import { anActor } from '../builders.ts'

const newKey = () =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const [ours, theirs] = [newKey(), newKey()]
const shop = { id: '42', owner: 'shop', name: 'deploy', installation: '7' }
const branch = 'drawbridge/rendered/dev'
const open: Verdict[] = gateNames.map((gate) => ({ gate, outcome: 'pass', reason: 'open', details: [] }))
const pull = { number: 7, title: 't', author: anActor('ada'), approvedBy: [] }

let sandbox: ReturnType<typeof gitSandbox>
let repository: GitRepository
let revisions: Sha[]

beforeEach(async () => {
  sandbox = gitSandbox()
  revisions = ['one', 'two'].map((text) => sandbox.commit({ 'README.md': text }))
  sandbox.push('main')
  repository = await sandbox.git().open(sandbox.remote)
  await repository.fetch()
})

afterEach(async () => {
  await repository.close()
  sandbox.remove()
})

function release(value: string, more: Partial<Attestation> = {}) {
  const object: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x' },
    data: { value },
  }
  const { objects } = canonicalise([object])
  const attestation: Attestation = {
    target: { application: 'checkout', environment: 'dev', cluster: 'kind' },
    revision: revisions[1] ?? '',
    digest: digestOf(objects),
    source: 'apps/checkout',
    kind: 'change',
    pull,
    verdicts: open,
    images: {},
    at: 0,
    ...more,
  }
  return { attestation, objects }
}

async function commit(
  expected: Sha | undefined,
  value: string,
  more: Partial<Attestation> = {},
  seen = revisions[1],
) {
  const ledger = createLedger({
    repository: async () => repository,
    clock: { now: () => Date.parse('2026-11-20T16:30:00Z'), sleep: async () => undefined },
    self: { name: 'drawbridge[bot]', email: 'bot@example.com' },
    sign: (payload) => signSsh(payload, ours),
    trustedKeys: () => [publicKeyLine(ours)],
  })
  const change = {
    releases: [release(value, more)],
    removed: [],
    seen: { branch: 'main', revision: seen ?? '' },
  }
  const answer = await ledger.commit(shop, 'dev', expected, change, 'release checkout')
  return answer.kind === 'committed' ? answer.commit : 'conflict'
}

/** Codes of the faults, oldest first. */
async function faults(
  tip: Sha,
  more: { trustedKeys?: string[]; repositoryId?: string; environment?: string } = {},
) {
  const check = await verifyLedger(repository, {
    environment: 'dev',
    tip,
    trustedKeys: [publicKeyLine(ours)],
    limit: 100,
    ...more,
  })
  return check.faults.map(({ code }) => code)
}

/** Somebody with write permission commits straight to the rendered ref. */
async function smuggle(files: Record<string, string | null>): Promise<Sha> {
  sandbox.run(['fetch', '-q', 'origin'])
  sandbox.run(['checkout', '-q', '-B', branch, `origin/${branch}`])
  const sha = sandbox.commit(files)
  sandbox.push(branch)
  await repository.fetch()
  return sha
}

// commit                               | found
// ours, tree as attested, gates open   | nothing
// unsigned, or by another key          | unsigned, bad-signature
// bound to another repository or stage | wrong-binding
// a tree that is not as attested       | unattested
// a file that nothing attests          | unattested
// released through a closed gate       | gate-not-open
// looks at an older commit than before | went-back
// numbered no higher than before       | sequence
describe('the history of a rendered ref', () => {
  it('holds, commit by commit', async () => {
    const first = await commit(
      undefined,
      '1',
      { kind: 'baseline', pull: undefined, verdicts: [] },
      revisions[0],
    )
    const second = await commit(first, '2')
    const check = await verifyLedger(repository, {
      environment: 'dev',
      tip: second,
      trustedKeys: [publicKeyLine(ours)],
      limit: 100,
    })
    expect(check).toEqual({ environment: 'dev', commits: 2, releases: 2, faults: [] })
  })

  it('is believed by its keys alone', async () => {
    const tip = await commit(undefined, '1')
    expect(await faults(tip, { trustedKeys: [publicKeyLine(theirs)] })).toEqual(['bad-signature'])
    expect(await faults(tip, { trustedKeys: [publicKeyLine(theirs), publicKeyLine(ours)] })).toEqual([])
  })

  it('belongs to one repository and one environment', async () => {
    const tip = await commit(undefined, '1')
    expect(await faults(tip, { repositoryId: '43' })).toEqual(['wrong-binding'])
    expect(await faults(tip, { environment: 'prod' })).toEqual(['wrong-binding', 'unreadable'])
  })

  it('shows what somebody changed', async () => {
    await commit(undefined, '1')
    const [name = ''] = Object.keys(release('1').objects.length > 0 ? { 'configmap-_-x.yaml': 1 } : {})
    expect(await faults(await smuggle({ [`kind/checkout/${name}`]: 'kind: Secret\n' }))).toEqual([
      'unsigned',
      'unattested',
    ])
  })

  it('shows what somebody added', async () => {
    await commit(undefined, '1')
    expect(await faults(await smuggle({ 'kind/other/x.yaml': 'kind: Secret\n' }))).toEqual([
      'unsigned',
      'unattested',
    ])
  })

  it.each<[string, Partial<Attestation>, string[]]>([
    [
      'a closed gate',
      {
        verdicts: open.map((verdict) =>
          verdict.gate === 'window' ? { ...verdict, outcome: 'wait' } : verdict,
        ),
      },
      ['gate-not-open'],
    ],
    ['a gate that is not spoken of', { verdicts: open.slice(1) }, ['gate-not-open']],
    ['a baseline, which speaks of none', { kind: 'baseline', verdicts: [], pull: undefined }, []],
  ])('was released through every gate: %s', async (_, attestation, codes) => {
    expect(await faults(await commit(undefined, '1', attestation))).toEqual(codes)
  })

  it('never looks back', async () => {
    const first = await commit(undefined, '1', {}, revisions[1])
    expect(await faults(await commit(first, '2', {}, revisions[0]))).toEqual(['went-back'])
  })

  it('is numbered along the line', async () => {
    const first = await commit(undefined, '1')
    const late = await repository.writeCommit({
      tree: await repository.writeTree(first, {}),
      parents: [first],
      message: 'm\n\nSequence: 1795192200\nRepository: 42\nEnvironment: dev',
      author: { name: 'drawbridge[bot]', email: 'bot@example.com' },
      at: 0,
      sign: (payload) => signSsh(payload, ours),
    })
    expect(await faults(late)).toEqual(['sequence'])
    expect(await faults(await commit(first, '2'))).toEqual([])
  })
})
