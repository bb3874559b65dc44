import { type Configuration, type Promoted, promotedByDefault } from '../../domain/configuration.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { ruleFor } from '../../features/discovery/name-sources.ts'
import type { PromotionFiles } from '../../features/promotion/promotion-to-plan.ts'
import type { OwnPaths } from '../../features/release/own-paths.ts'
import { isWithin } from '../../features/rendering/paths.ts'
import type { GitRepository } from '../../ports/git.ts'
import { readExactTexts } from '../repository/read-exact-texts.ts'

/** What of an application in an environment its own files say. */
export async function readOwnFiles(
  git: GitRepository,
  { tree }: RepositoryFiles,
  own: OwnPaths,
  environment: string,
): Promise<PromotionFiles> {
  const folder = own.sources[0]?.path ?? '.'
  return {
    environment,
    folder,
    files: await readExactTexts(git, tree, own.paths),
    entries: tree.entries.filter(({ path }) => isWithin(path, folder)),
  }
}

export function promotedIn(configuration: Configuration, folder: string): readonly Promoted[] {
  return ruleFor(folder, configuration)?.promote ?? promotedByDefault
}
