import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLedger, type LedgerOptions } from '../../../src/adapters/git/ledger.ts'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { type Attestation, noControls } from '../../../src/domain/release.ts'
import { publicKeyLine } from '../../../src/features/attestation/ssh-key.ts'
import { signSsh } from '../../../src/features/attestation/ssh-signature.ts'
import { canonicalise, digestOf } from '../../../src/features/rendering/canonical.ts'
import type { GitRepository } from '../../../src/ports/git.ts'
import { gitSandbox } from './git-sandbox.ts'

const newKey = () =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const [ours, theirs] = [newKey(), newKey()]
const shop = { id: '42', owner: 'shop', name: 'deploy', installation: '7' }
const revision = 'a'.repeat(40)
const self = { name: 'drawbridge[bot]', email: 'bot@example.com' }
const controls = noControls

let sandbox: ReturnType<typeof gitSandbox>
let repository: GitRepository

beforeEach(async () => {
  sandbox = gitSandbox()
  sandbox.commit({ 'README.md': 'shop' })
  sandbox.push('main')
  repository = await sandbox.git().open(sandbox.remote)
})

afterEach(async () => {
  await repository.close()
  sandbox.remove()
})

const now = Date.parse('2026-11-20T16:30:00Z')

function ledgerOf(key = ours, more: Partial<LedgerOptions> = {}) {
  return createLedger({
    repository: async () => repository,
    clock: { now: () => now, sleep: async () => undefined },
    self,
    sign: (payload) => signSsh(payload, key),
    trustedKeys: () => [publicKeyLine(ours)],
    ...more,
  })
}

function configMap(name: string, value: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data: { value } }
}

function release(application: string, values: string[], more: Partial<Attestation> = {}) {
  const { objects } = canonicalise(values.map((value, index) => configMap(`config-${index}`, value)))
  const attestation: Attestation = {
    target: { application, environment: 'dev', cluster: 'kind' },
    revision,
    digest: digestOf(objects),
    source: `apps/${application}`,
    kind: 'change',
    verdicts: [],
    images: {},
    at: 0,
    ...more,
  }
  return { attestation, objects }
}

const change = (...releases: ReturnType<typeof release>[]) => ({ releases, removed: [] })

async function committed(
  ...parameters: Parameters<ReturnType<typeof createLedger>['commit']>
): Promise<string> {
  const answer = await ledgerOf().commit(...parameters)
  return answer.kind === 'committed' ? answer.commit : 'conflict'
}

describe('an environment’s ledger', () => {
  it('is not there before the first commit', async () => {
    expect(await ledgerOf().read(shop, 'dev')).toBeUndefined()
    expect(await ledgerOf().history(shop, 'dev', 10)).toEqual([])
  })

  it('gives back what was committed', async () => {
    const checkout = release('checkout', ['no', '0x1F', 'multi\nline\n'], {
      pull: { number: 12, title: 't', author: { id: '1', login: 'ada', isBot: false }, approvedBy: [] },
    })
    const rollouts = [{ application: 'checkout', revision, waves: [['kind']], reached: 0 }]
    const seen = { branch: 'main', revision }
    const commit = await committed(
      shop,
      'dev',
      undefined,
      { ...change(checkout), rollouts, controls, seen },
      'release checkout',
    )
    const state = await ledgerOf().read(shop, 'dev')
    expect(state).toEqual({
      repository: shop,
      environment: 'dev',
      commit,
      trust: 'trusted',
      sequence: now / 1000,
      attestations: [checkout.attestation],
      rollouts,
      controls,
      seen,
    })
    expect(state && (await ledgerOf().objects(state, checkout.attestation.target))).toEqual(checkout.objects)
    expect((await repository.commit(commit)).message).toBe(
      `release checkout\n\nSource-Revision: ${revision}\nPull-Request: shop/deploy#12\nSequence: 1795192200\nRepository: 42\nEnvironment: dev\n`,
    )
  })

  it('has the attested digest as the tree of the target', async () => {
    const checkout = release('checkout', ['1', '2'])
    await committed(shop, 'dev', undefined, change(checkout), 'm')
    const tree = sandbox.run(['rev-parse', 'drawbridge/rendered/dev:kind/checkout'], sandbox.origin)
    expect(tree).toBe(checkout.attestation.digest)
  })

  it('replaces whole targets, removes others and leaves the rest alone', async () => {
    const first = await committed(
      shop,
      'dev',
      undefined,
      change(release('a', ['1', '2']), release('b', ['1']), release('c', ['1'])),
      'm',
    )
    const [a, c] = [release('a', ['3']), release('c', ['1'])]
    await committed(
      shop,
      'dev',
      first,
      { ...change(a), removed: [{ cluster: 'kind', application: 'b' }] },
      'm',
    )
    const state = await ledgerOf().read(shop, 'dev')
    expect(state?.attestations).toEqual([a.attestation, c.attestation])
    expect(state && (await ledgerOf().objects(state, a.attestation.target))).toEqual(a.objects)
    await expect(
      state && ledgerOf().objects(state, { ...a.attestation.target, application: 'b' }),
    ).rejects.toThrow('nothing is attested for kind/b')
  })

  it('knows which targets have objects of some names', async () => {
    const releases = change(release('a', ['1', '2']), release('b', ['1']))
    await committed(shop, 'dev', undefined, releases, 'm')
    const state = await ledgerOf().read(shop, 'dev')
    const holders = async (...files: string[]) =>
      state && (await ledgerOf().holders(state, new Set(files))).map(({ target }) => target.application)
    expect(await holders('configmap-shop-config-0.yaml')).toEqual(['a', 'b'])
    expect(await holders('configmap-shop-config-1.yaml', 'a.release.json')).toEqual(['a'])
  })

  it('holds a target without any object', async () => {
    const empty = release('empty', [])
    await committed(shop, 'dev', undefined, change(empty), 'm')
    const state = await ledgerOf().read(shop, 'dev')
    expect(state && (await ledgerOf().objects(state, empty.attestation.target))).toEqual([])
  })

  it('lets the faster of two win, and the other one reads again', async () => {
    const first = await committed(shop, 'dev', undefined, change(release('a', ['1'])), 'first')
    const second = await committed(shop, 'dev', first, change(release('a', ['2'])), 'second')
    expect(await committed(shop, 'dev', first, change(release('a', ['3'])), 'late')).toBe('conflict')
    expect(await committed(shop, 'dev', undefined, change(release('a', ['4'])), 'late')).toBe('conflict')
    expect((await ledgerOf().read(shop, 'dev'))?.commit).toBe(second)
    expect((await ledgerOf().history(shop, 'dev', 10)).map(({ commit }) => commit)).toEqual([second, first])
    expect(await ledgerOf().history(shop, 'dev', 1)).toHaveLength(1)
  })

  it('refuses to attest other objects than the digest names', async () => {
    const wrong = { ...release('a', ['1']), objects: [configMap('other', 'x')] }
    await expect(ledgerOf().commit(shop, 'dev', undefined, change(wrong), 'm')).rejects.toThrow(
      'the objects of kind/a are the attested ones',
    )
  })
})

describe('a commit that is not ours', () => {
  const tampered = {
    'kind/a/configmap-shop-config-0.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: evil\n',
  }

  async function push(
    expected: string,
    options: { key?: string; message?: string; environment?: string; files?: Record<string, string> },
  ) {
    const {
      key,
      message = 'Repository: 42\nEnvironment: dev',
      environment = 'dev',
      files = tampered,
    } = options
    const commit = await repository.writeCommit({
      tree: await repository.writeTree(expected, files),
      parents: [expected],
      message,
      author: self,
      at: 0,
      ...(key && { sign: (payload) => signSsh(payload, key) }),
    })
    const branch = `drawbridge/rendered/${environment}`
    expect(await repository.push(branch, commit, environment === 'dev' ? expected : undefined)).toBe('pushed')
    return commit
  }

  it.each([
    ['without a signature', {}, 'unsigned'],
    ['signed by another key', { key: theirs }, 'bad-signature'],
    [
      'signed by us for another repository',
      { key: ours, message: 'm\n\nRepository: 43\nEnvironment: dev' },
      'bad-signature',
    ],
    [
      'signed by us for another environment',
      { key: ours, message: 'm\n\nRepository: 42\nEnvironment: prod' },
      'bad-signature',
    ],
    [
      'signed by us, named before the last paragraph',
      { key: ours, message: 'Repository: 42\nEnvironment: dev\n\nend' },
      'bad-signature',
    ],
  ])('%s says nothing and is not built upon', async (_case, options, trust) => {
    const first = await committed(shop, 'dev', undefined, change(release('a', ['1'])), 'm')
    const evil = await push(first, options)
    expect(await ledgerOf().read(shop, 'dev')).toMatchObject({ commit: evil, trust, attestations: [] })
    await expect(ledgerOf().commit(shop, 'dev', evil, change(release('a', ['2'])), 'm')).rejects.toThrow(
      'carries a commit that is not ours',
    )
  })

  it('is found out also where our own key signed a tree that is not the attested one', async () => {
    const first = await committed(shop, 'dev', undefined, change(release('a', ['1'])), 'm')
    await push(first, { key: ours })
    const state = await ledgerOf().read(shop, 'dev')
    expect(state?.trust).toBe('trusted')
    await expect(state && ledgerOf().objects(state, release('a', []).attestation.target)).rejects.toThrow(
      /kind\/a: the tree is \w+, attested is/,
    )
  })

  it('cannot carry an attestation to another place', async () => {
    const first = await committed(shop, 'dev', undefined, change(release('a', ['1'])), 'm')
    await push(first, {
      key: ours,
      files: { 'kind/b.release.json': JSON.stringify(release('a', ['1']).attestation) },
    })
    await expect(ledgerOf().read(shop, 'dev')).rejects.toThrow(
      'kind/b.release.json: is not an attestation of dev for this place',
    )
  })
})

describe('a former key', () => {
  const believed = (...keys: string[]) => ({ trustedKeys: () => keys.map(publicKeyLine) })

  it('is believed while it is listed, and is told from the present one', async () => {
    await committed(shop, 'dev', undefined, change(release('a', ['1'])), 'm')
    const rotated = ledgerOf(theirs, { ...believed(theirs, ours), ownKey: publicKeyLine(theirs) })
    const before = await rotated.read(shop, 'dev')
    expect(before).toMatchObject({ trust: 'trusted', isByFormerKey: true })
    await rotated.commit(shop, 'dev', before?.commit, change(), 'sign dev anew')
    expect(await rotated.read(shop, 'dev')).not.toHaveProperty('isByFormerKey')
  })

  it('can be taken out once the tip is signed anew: what lies below stays readable', async () => {
    const first = await committed(shop, 'dev', undefined, change(release('a', ['1'])), 'm')
    await ledgerOf(theirs, believed(theirs, ours)).commit(shop, 'dev', first, change(), 'sign dev anew')
    const after = ledgerOf(theirs, believed(theirs))
    expect(await after.read(shop, 'dev')).toMatchObject({
      trust: 'trusted',
      attestations: [{ target: { application: 'a' } }],
    })
    expect((await after.history(shop, 'dev', 10)).map(({ trust }) => trust)).toEqual(['trusted', 'trusted'])
  })

  it('is not believed from the moment it is not listed any more', async () => {
    await committed(shop, 'dev', undefined, change(release('a', ['1'])), 'm')
    let keys = [ours, theirs]
    const ledger = ledgerOf(theirs, { trustedKeys: () => keys.map(publicKeyLine) })
    expect(await ledger.read(shop, 'dev')).toMatchObject({ trust: 'trusted' })
    keys = [theirs]
    expect(await ledger.read(shop, 'dev')).toMatchObject({ trust: 'bad-signature', attestations: [] })
    expect(await ledger.history(shop, 'dev', 10)).toMatchObject([{ trust: 'bad-signature' }])
  })
})

describe('a rendered ref that went back', () => {
  async function twoCommits() {
    const first = await committed(shop, 'dev', undefined, change(release('a', ['1'])), 'm')
    const second = await committed(shop, 'dev', first, change(release('a', ['2'])), 'm')
    return { first, second }
  }
  const branch = 'refs/heads/drawbridge/rendered/dev'
  const resetTo = (commit: string) => sandbox.run(['update-ref', branch, commit], sandbox.origin)

  it('counts its commits by the clock, and by one where they come faster', async () => {
    const { first } = await twoCommits()
    const [second, before] = await ledgerOf().history(shop, 'dev', 10)
    expect(before).toMatchObject({ commit: first, sequence: now / 1000 })
    expect(second).toMatchObject({ sequence: now / 1000 + 1 })
  })

  it('is refused by who has seen the newer commit, until that is put back', async () => {
    const { first, second } = await twoCommits()
    const ledger = ledgerOf()
    await ledger.read(shop, 'dev')
    resetTo(first)
    expect(await ledger.read(shop, 'dev')).toMatchObject({
      commit: first,
      trust: 'rewritten',
      newest: second,
      attestations: [],
    })
    await expect(ledger.commit(shop, 'dev', first, change(release('a', ['3'])), 'm')).rejects.toThrow(
      `the branch went back from ${second}`,
    )
    resetTo(second)
    expect(await ledger.read(shop, 'dev')).toMatchObject({ commit: second, trust: 'trusted' })
  })

  it('is refused after a start too, by what is remembered', async () => {
    const { first, second } = await twoCommits()
    resetTo(first)
    const remembered = async () => ({ commit: second, sequence: now / 1000 + 1 })
    expect(await ledgerOf(ours, { remembered }).read(shop, 'dev')).toMatchObject({
      trust: 'rewritten',
      newest: second,
    })
    // Who has no memory cannot know.
    expect(await ledgerOf().read(shop, 'dev')).toMatchObject({ commit: first, trust: 'trusted' })
  })

  it('is not taken for one that never was when it is deleted', async () => {
    const { second } = await twoCommits()
    const ledger = ledgerOf()
    await ledger.read(shop, 'dev')
    sandbox.run(['update-ref', '-d', branch], sandbox.origin)
    expect(await ledger.read(shop, 'dev')).toMatchObject({ trust: 'rewritten', newest: second })
  })

  it('is looked at again before it is refused: another process may have been faster than our mirror', async () => {
    const first = await committed(shop, 'dev', undefined, change(release('a', ['1'])), 'm')
    const slow = await sandbox.git({ folder: join(sandbox.folder, 'slow') }).open(sandbox.remote)
    let remembered: { commit: string; sequence: number } | undefined
    const reader = ledgerOf(ours, {
      repository: async () => slow,
      staleAfterMs: 60_000,
      remembered: async () => remembered,
    })
    expect(await reader.read(shop, 'dev')).toMatchObject({ commit: first })
    const second = await committed(shop, 'dev', first, change(release('a', ['2'])), 'm')
    remembered = { commit: second, sequence: now / 1000 + 1 }
    expect(await reader.read(shop, 'dev')).toMatchObject({ commit: second, trust: 'trusted' })
    await slow.close()
  })
})

const hasSshKeygen = spawnSync('ssh-keygen', ['-Q', 'key']).error === undefined

it.skipIf(!hasSshKeygen)(
  'is accepted by git verify-commit (skipped where OpenSSH is not installed)',
  async () => {
    const commit = await committed(shop, 'dev', undefined, change(release('a', ['1'])), 'm')
    const allowed = join(sandbox.folder, 'allowed')
    writeFileSync(allowed, `${self.email} ${publicKeyLine(ours)}\n`)
    const verified = spawnSync(
      'git',
      ['-c', `gpg.ssh.allowedSignersFile=${allowed}`, 'verify-commit', commit],
      { cwd: sandbox.origin },
    )
    expect(verified.stderr.toString()).toContain(`Good "git" signature for ${self.email}`)
    expect(verified.status).toBe(0)
  },
)
