import { type Configuration, type Promoted, promotedByDefault } from '../domain/configuration.ts'
import type { KubernetesObject } from '../domain/kubernetes-object.ts'
import type { Attestation } from '../domain/release.ts'
import type { RepositoryFiles } from '../domain/repository-files.ts'
import { ruleFor } from '../features/discovery/name-sources.ts'
import type { PromotionSide, PromotionToPlan } from '../features/promotion/promotion-to-plan.ts'
import { type OwnPaths, ownPaths } from '../features/release/own-paths.ts'
import { isWithin } from '../features/rendering/paths.ts'
import type { GitRepository } from '../ports/git.ts'
import type { LedgerState } from '../ports/ledger.ts'
import { readExactTexts } from './read-exact-texts.ts'
import { loadFiles, renderRevision } from './render-revision.ts'
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
  }
}

async function readSide(
  git: GitRepository,
  { tree }: RepositoryFiles,
  own: OwnPaths,
  rest: { environment: string; objects: KubernetesObject[] },
): Promise<PromotionSide> {
  const folder = own.sources[0]?.path ?? '.'
  return {
    ...rest,
    folder,
    files: await readExactTexts(git, tree, own.paths),
    entries: tree.entries.filter(({ path }) => isWithin(path, folder)),
  }
}

export function promotedIn(configuration: Configuration, folder: string): readonly Promoted[] {
  return ruleFor(folder, configuration)?.promote ?? promotedByDefault
}
