import { fromLedgerFiles, isLedgerRecord } from '../features/attestation/ledger-files.ts'
import type { Attestation } from '../domain/release.ts'
import { readTexts } from '../journeys/read-organisation.ts'
import type { GitRepository } from '../ports/git.ts'
import { findRenderedRefs } from './rendered-refs.ts'
import { type Given, UsageError } from './subcommand.ts'

/** What the rendered refs of a clone attest; undefined where it has none. Signatures are for `drawbridge verify` to check. */
export async function readAttestations(
  given: Given,
  repository: GitRepository,
): Promise<Attestation[] | undefined> {
  try {
    const refs = await findRenderedRefs(given, repository)
    const all = await Promise.all(
      refs.map(async ({ environment, tip }) =>
        fromLedgerFiles(environment, await readTexts(repository, tip, isLedgerRecord)),
      ),
    )
    return all.flatMap(({ attestations }) => attestations)
  } catch (error) {
    if (error instanceof UsageError) return undefined
    throw error
  }
}
