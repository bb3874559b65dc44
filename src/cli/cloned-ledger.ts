import type { RepositoryRef, Sha } from '../domain/refs.ts'
import { targetPath } from '../domain/refs.ts'
import { findAttestation } from '../features/attestation/find-attestation.ts'
import {
  attestedObjects,
  fromLedgerFiles,
  isLedgerRecord,
  parseRecords,
  readRenderedObject,
  releasePaths,
} from '../features/attestation/ledger-files.ts'
import { readTexts } from '../journeys/repository/read-organisation.ts'
import type { GitRepository } from '../ports/git.ts'
import type { Ledger, LedgerState } from '../ports/ledger.ts'

/** The rendered refs of a clone, taken at their word: signatures are for `drawbridge verify` to check. */
export function clonedLedger(
  git: GitRepository,
  refs: readonly { environment: string; tip: Sha }[],
): Pick<Ledger, 'read' | 'history' | 'objects'> {
  const stateAt = async (
    repository: RepositoryRef,
    environment: string,
    commit: Sha,
  ): Promise<LedgerState> => ({
    ...fromLedgerFiles(environment, parseRecords(await readTexts(git, commit, isLedgerRecord))),
    repository,
    environment,
    commit,
    trust: 'trusted',
    sequence: 0,
  })
  const tipOf = (name: string) => refs.find(({ environment }) => environment === name)?.tip
  return {
    async read(repository, environment) {
      const tip = tipOf(environment)
      return tip === undefined ? undefined : stateAt(repository, environment, tip)
    },
    async history(repository, environment, limit, application) {
      const tip = tipOf(environment)
      if (tip === undefined) return []
      const { attestations } = await stateAt(repository, environment, tip)
      const paths = application === undefined ? undefined : releasePaths(attestations, application)
      const log = paths?.length === 0 ? [] : await git.firstParentLog(undefined, tip, limit, paths)
      return Promise.all(log.toReversed().map(({ sha }) => stateAt(repository, environment, sha)))
    },
    async objects(state, target) {
      const attestation = findAttestation(state.attestations, target)
      const folder = `${targetPath(target)}/`
      const texts = await readTexts(git, state.commit, (path) => path.startsWith(folder))
      const files = [...texts].map(
        ([path, text]) => [path.slice(folder.length), readRenderedObject(text)] as const,
      )
      return attestation ? attestedObjects(attestation, new Map(files)) : []
    },
  }
}
