import type { CheckAnswer } from '../../domain/check-answer.ts'
import type { Sha } from '../../domain/refs.ts'
import { ifPermitted } from './github-fault.ts'
import type { Scope } from './read-github.ts'

const perPage = 100

/**
 * What check runs and commit statuses of these names say of a commit, whoever made them; undefined where we may not read
 * both, since one of each name may be there. By REST, since answers that have not changed are confirmed for free, and since
 * GraphQL tells of the statuses of one name the newest alone, whose ever it is.
 */
export async function readCheckAnswers(
  scopes: { runs: Scope; statuses: Scope },
  sha: Sha,
  names: readonly string[],
): Promise<CheckAnswer[] | undefined> {
  const [runs, statuses] = await Promise.all([
    ifPermitted(readRuns(scopes.runs, sha, names)),
    ifPermitted(readStatuses(scopes.statuses, sha, names)),
  ])
  return runs && statuses && [...runs, ...statuses]
}

/** GitHub leaves out what was run again. Source: GitHub Docs, "List check runs for a Git reference", `filter`. */
async function readRuns({ octokit, at }: Scope, sha: Sha, names: readonly string[]): Promise<CheckAnswer[]> {
  const list = octokit.rest.checks.listForRef
  const lists = await Promise.all(
    names.map((name) =>
      octokit.paginate(list, { ...at, ref: sha, check_name: name, filter: 'latest', per_page: perPage }),
    ),
  )
  return lists.flat().map(({ name, status, conclusion, app }) => ({
    name,
    kind: 'run',
    by: `${app?.slug ?? 'ghost'}[bot]`,
    says: status === 'completed' ? (conclusion ?? status) : status,
  }))
}

/** Newest first, as GitHub lists them; a status is never changed, only followed by another. */
async function readStatuses(
  { octokit, at }: Scope,
  sha: Sha,
  names: readonly string[],
): Promise<CheckAnswer[]> {
  const list = octokit.rest.repos.listCommitStatusesForRef
  const all = await octokit.paginate(list, { ...at, ref: sha, per_page: perPage })
  const newest = new Map<string, CheckAnswer>()
  for (const { context: name, creator, state: says } of all) {
    const by = creator?.login ?? 'ghost'
    const key = JSON.stringify([name, by])
    if (names.includes(name) && !newest.has(key)) newest.set(key, { name, kind: 'status', by, says })
  }
  return [...newest.values()]
}
