import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGit } from '../../src/adapters/git/git.ts'
import { createLedger } from '../../src/adapters/git/ledger.ts'
import { programs } from '../programs.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import type { RepositoryRef, Target } from '../../src/domain/refs.ts'
import type { TenantLimits } from '../../src/domain/tenant.ts'
import { publicKeyLine } from '../../src/features/attestation/ssh-key.ts'
import { signSsh } from '../../src/features/attestation/ssh-signature.ts'
import { digestOf } from '../../src/features/rendering/canonical.ts'
import type { LedgerMark } from '../../src/ports/ledger.ts'

/** What one target is to have. */
export interface AttestedObjects {
  target: Target
  objects: KubernetesObject[]
  images?: Record<string, string>
  tenants?: TenantLimits[]
}

/** The rendered branch of one environment, signed as the app signs it, in a bare repository of its own. */
export interface SignedBranch {
  repository: RepositoryRef
  environment: string
  /** Folder of the repository, and the address that agents fetch it from. */
  remote: string
  url: string
  /** `ssh-ed25519 …` line of the key that signs it. */
  trustedKey: string
  /** One commit that attests these objects of each target at this version. */
  release(version: string, attested: readonly AttestedObjects[]): Promise<LedgerMark>
  remove(): Promise<void>
}

export async function createSignedBranch(
  repository: RepositoryRef,
  environment: string,
  signingKey = newSigningKey(),
): Promise<SignedBranch> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-branch-'))
  const remote = join(folder, 'remote.git')
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch', 'main', remote])
  const url = `file://${remote}`
  const git = createGit({ children: programs, folder: join(folder, 'mirror') })
  const trustedKey = publicKeyLine(signingKey)
  const ledger = createLedger({
    repository: () => git.open({ kind: 'remote', key: repository.id, url }),
    clock: systemClock,
    self: { name: 'drawbridge', email: 'drawbridge@shop.example' },
    sign: (payload) => signSsh(payload, signingKey),
    trustedKeys: () => [trustedKey],
  })
  return {
    repository,
    environment,
    remote,
    url,
    trustedKey,
    async release(version, attested) {
      const before = await ledger.read(repository, environment)
      const change = { releases: attested.map((one) => attest(version, one)), removed: [] }
      const words = `Release ${version}`
      const answer = await ledger.commit(repository, environment, before?.commit, change, words)
      if (answer.kind !== 'committed') throw new Error('somebody else wrote the rendered branch')
      return answer
    },
    async remove() {
      await (await git.open({ kind: 'remote', key: repository.id, url })).close()
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

export function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}

function attest(version: string, { target, objects, images = {}, tenants }: AttestedObjects) {
  const attestation = {
    target,
    revision: version.padEnd(40, '0'),
    digest: digestOf(objects),
    source: `apps/${target.application}`,
    kind: 'change' as const,
    verdicts: [],
    images,
    at: systemClock.now(),
    ...(tenants && { tenants }),
  }
  return { attestation, objects }
}
