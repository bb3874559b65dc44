import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SignedBy } from '../../domain/commit-signature.ts'
import { dearmorKeys } from '../../features/signatures/dearmor-keys.ts'
import { readGpgvStatus } from '../../features/signatures/read-gpgv-status.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { ChildProcesses } from '../../ports/child-process.ts'
import type { OpenPgp } from '../../ports/openpgp.ts'

const limits = { timeoutMs: 10_000, stdoutBytes: 64 * 1024, stderrBytes: 64 * 1024 }

export interface GpgvOptions {
  children: Pick<ChildProcesses, 'run'>
  /** Default: the one on the PATH. */
  file?: string
  path?: string
}

/**
 * OpenPGP by GnuPG's gpgv, which verifies and does nothing else: no agent, no trust database, no key server. Keyring and
 * signature are files in a folder that is gone afterwards.
 */
export function createGpgv({
  children,
  file = 'gpgv',
  path = process.env['PATH'] ?? '',
}: GpgvOptions): OpenPgp {
  const run = async (folder: string, payload: string): Promise<SignedBy> => {
    const { stdout, exceeded } = await children.run({
      file,
      arguments: [
        '--homedir',
        folder,
        '--keyring',
        join(folder, 'keys.gpg'),
        '--weak-digest',
        'SHA1',
        '--status-fd',
        '1',
        join(folder, 'signature.asc'),
        '-',
      ],
      environment: { PATH: path, LC_ALL: 'C' },
      stdin: payload,
      limits,
    })
    return exceeded === undefined
      ? readGpgvStatus(new TextDecoder().decode(stdout))
      : { fault: 'its OpenPGP signature takes too long to check' }
  }
  return {
    async verify(payload, signature, keys) {
      const keyring = dearmorKeys(keys)
      if (keyring === undefined) return { fault: 'the file holds no OpenPGP key that can be read' }
      const folder = await mkdtemp(join(tmpdir(), 'drawbridge-openpgp-'))
      try {
        await writeFile(join(folder, 'keys.gpg'), keyring)
        await writeFile(join(folder, 'signature.asc'), signature)
        return await run(folder, payload)
      } catch (error) {
        if (!(error instanceof AdapterError) || error.retryable) throw error
        return {
          fault:
            'it is signed with OpenPGP, and there is no gpgv where Drawbridge runs; have it installed there (Debian: apt-get install gpgv)',
        }
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}
