import { fromLedgerFiles, isLedgerRecord, parseRecords } from '../features/attestation/ledger-files.ts'
import type { Rendered } from '../journeys/sync/read-cluster-status.ts'
import { readTexts } from '../journeys/repository/read-organisation.ts'
import type { GitRepository } from '../ports/git.ts'
import { findRenderedRefs } from './rendered-refs.ts'
import { type Given, UsageError } from './subcommand.ts'

/** What the rendered refs of a clone say; undefined where it has none. Signatures are for `drawbridge verify` to check. */
export async function readRendered(given: Given, repository: GitRepository): Promise<Rendered | undefined> {
  try {
    const refs = await findRenderedRefs(given, repository)
    const all = await Promise.all(
      refs.map(async ({ environment, tip }) =>
        fromLedgerFiles(environment, parseRecords(await readTexts(repository, tip, isLedgerRecord))),
      ),
    )
    return {
      attestations: all.flatMap(({ attestations }) => attestations),
      pauses: all.flatMap(({ controls }) => controls.pauses),
    }
  } catch (error) {
    if (error instanceof UsageError) return undefined
    throw error
  }
}
