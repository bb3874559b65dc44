import type { CommitChecks } from '../../domain/check-answer.ts'
import type { PromotionRule } from '../../domain/configuration.ts'
import type { RepositoryRef, Sha } from '../../domain/refs.ts'
import type { GitHub } from '../../ports/github.ts'

/** What the checks that a rule asks for say of these commits; none where it asks for none. */
export async function readSourceChecks(
  { github }: { github: Pick<GitHub, 'checkAnswers'> },
  repository: RepositoryRef,
  rule: Pick<PromotionRule, 'checks'> | undefined,
  commits: readonly Sha[],
): Promise<CommitChecks[]> {
  const names = rule?.checks?.map(({ name }) => name)
  if (!names) return []
  return Promise.all(
    [...new Set(commits)].map(async (sha) => {
      const answers = await github.checkAnswers(repository, sha, names)
      return { sha, ...(answers && { answers }) }
    }),
  )
}
