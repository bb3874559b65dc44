import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Attestation, Pin } from '../../domain/release.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import type { PromotionSide, PromotionToPlan } from '../../features/promotion/promotion-to-plan.ts'
import { type OwnPaths, ownPaths } from '../../features/release/own-paths.ts'
import type { GitRepository } from '../../ports/git.ts'
import type { LedgerState } from '../../ports/ledger.ts'
import { readOwnFiles } from './read-own-files.ts'
import { readPinned } from './read-pinned.ts'
import { loadFiles, renderRevision } from '../repository/render-revision.ts'
import type { PromotionPorts, PromotionRequest } from './settle-promotion.ts'

/** The application where it comes from, at a release of it. */
export async function readSource(
  ports: PromotionPorts,
  { tip, application }: PromotionRequest,
  state: LedgerState,
  source: Attestation,
): Promise<PromotionSide> {
  const files = await loadFiles(tip.git, source.revision)
  const own = ownPaths(files, tip.configuration, application, state.environment)
  const objects = await ports.ledger.objects(state, source.target)
  return readSide(tip.git, files, own, { environment: state.environment, objects })
}

/** The application where it goes to, as the branch has it. */
export async function readTarget(
  ports: PromotionPorts,
  { repository, tip, files, application, to }: PromotionRequest,
  own: OwnPaths,
): Promise<PromotionToPlan['target']> {
  const rendering = await renderRevision(ports.renderer, tip.git, files, tip.configuration, {
    isTrusted: true,
    only: (candidate) => candidate.application === application && candidate.environment === to,
  })
  const state = await ports.ledger.read(repository, to)
  const objects = rendering.targets[0]?.objects ?? []
  return {
    ...(await readSide(tip.git, files, own, { environment: to, objects })),
    valueFiles: own.sources.flatMap(({ valueFiles }) => valueFiles),
    shared: own.shared,
    pins: state?.controls.pins ?? [],
    pinned: await readPinned(tip.git, tip.configuration, pinsOf(state, application)),
  }
}

function pinsOf(state: LedgerState | undefined, application: string): Pin[] {
  return state?.controls.pins.filter((pin) => pin.application === application) ?? []
}

async function readSide(
  git: GitRepository,
  files: RepositoryFiles,
  own: OwnPaths,
  { environment, objects }: { environment: string; objects: KubernetesObject[] },
): Promise<PromotionSide> {
  return { objects, ...(await readOwnFiles(git, files, own, environment)) }
}
