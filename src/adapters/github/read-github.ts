import type { Octokit } from '@octokit/rest'
import type { RepositoryRef, Sha } from '../../domain/refs.ts'
import type { GitHub } from '../../ports/github.ts'
import { queuePrefix } from '../../features/review/queue-chain.ts'
import { readMergeQueue, readOriginal, readPullMarks } from './ask-graphql.ts'
import type { Purpose } from './app-tokens.ts'
import type { GitHubClient } from './github-client.ts'
import { hasStatus, orUndefined } from './github-fault.ts'
import { readCheckAnswers } from './read-check-answers.ts'
import { readOwnCheckRuns } from './read-check-runs.ts'
import { createReadTeam } from './read-team.ts'
import { readWhole } from './read-whole.ts'
import {
  coAuthors,
  type GitHubPull,
  type GitHubUser,
  toActor,
  toComment,
  toPermission,
  toPull,
  toReview,
  uniqueActors,
} from './github-mapping.ts'

export type ReadGitHub = Pick<
  GitHub,
  | 'repositories'
  | 'pull'
  | 'openPulls'
  | 'openPullMarks'
  | 'pullMergedAs'
  | 'pullFrom'
  | 'reviews'
  | 'commitActors'
  | 'isVerified'
  | 'requestedReviewers'
  | 'comments'
  | 'comment'
  | 'checks'
  | 'checkAnswers'
  | 'mergeQueue'
  | 'mergeGroups'
  | 'permission'
  | 'teamMembers'
  | 'user'
>

const perPage = 100

/** The list of a pull request's commits ends here without a word. Source: GitHub Docs, "List commits on a pull request". */
const mostListedCommits = 250

export interface Scope {
  octokit: Octokit
  /** Address parameters of every call about the repository. */
  at: { owner: string; repo: string }
}

export function scopeOf(client: GitHubClient, repository: RepositoryRef, purpose: Purpose): Scope {
  return {
    octokit: client.scoped({
      installation: repository.installation,
      repositoryId: repository.id,
      purpose,
    }),
    at: { owner: repository.owner, repo: repository.name },
  }
}

export function createReadGitHub(client: GitHubClient, appId: string): ReadGitHub {
  const scope = (repository: RepositoryRef) => scopeOf(client, repository, 'review')

  const tipOf = async (repository: RepositoryRef, branch: string): Promise<Sha | undefined> => {
    const { octokit, at } = scope(repository)
    const answer = await orUndefined(octokit.rest.git.getRef({ ...at, ref: `heads/${branch}` }))
    return answer?.data.object.sha
  }

  const withTip = async (repository: RepositoryRef, pull: GitHubPull) =>
    toPull(repository, pull, (await tipOf(repository, pull.base.ref)) ?? pull.base.sha)

  const readPull: GitHub['pull'] = async ({ repository, number }) => {
    const { octokit, at } = scope(repository)
    const answer = await orUndefined(octokit.rest.pulls.get({ ...at, pull_number: number }))
    return answer && withTip(repository, answer.data)
  }

  return {
    async repositories() {
      const list = client.app.rest.apps.listInstallations
      const read = () => client.app.paginate(list, { per_page: perPage })
      const installations = await readWhole(read, perPage, 'id')
      const active = installations.filter(({ suspended_at }) => !suspended_at)
      const lists = await Promise.all(active.map(({ id }) => repositoriesOf(client, String(id))))
      return lists.flat()
    },

    pull: readPull,

    async openPulls(repository) {
      const { octokit, at } = scope(repository)
      const read = () =>
        octokit.paginate(octokit.rest.pulls.list, { ...at, state: 'open', per_page: perPage })
      const pulls = await readWhole(read, perPage, 'id')
      const branches = [...new Set(pulls.map((pull) => pull.base.ref))]
      const tips = await Promise.all(branches.map((branch) => tipOf(repository, branch)))
      const tipByBranch = new Map(branches.map((branch, index) => [branch, tips[index]]))
      return pulls.map((pull) => toPull(repository, pull, tipByBranch.get(pull.base.ref) ?? pull.base.sha))
    },

    openPullMarks: (repository) => readPullMarks(scope(repository)),

    async pullMergedAs(repository, commit) {
      const { octokit, at } = scope(repository)
      const list = octokit.rest.repos.listPullRequestsAssociatedWithCommit
      const pulls = await octokit
        .paginate(list, { ...at, commit_sha: commit, per_page: perPage })
        .catch((error: unknown) => {
          if (hasStatus(error, 404, 422)) return []
          throw error
        })
      const merged = pulls.find((pull) => pull.merged_at && pull.merge_commit_sha === commit)
      return merged && readPull({ repository, number: merged.number })
    },

    async pullFrom(repository, branch) {
      const { octokit, at } = scope(repository)
      const pulls = await octokit.paginate(octokit.rest.pulls.list, {
        ...at,
        state: 'all',
        head: `${repository.owner}:${branch}`,
        per_page: perPage,
      })
      const own = pulls.filter(
        ({ head }) =>
          head.ref === branch && String((head.repo as { id: number } | null)?.id) === repository.id,
      )
      const newestFirst = own.toSorted((left, right) => right.number - left.number)
      const found = newestFirst.find(({ state }) => state === 'open') ?? newestFirst[0]
      return found && readPull({ repository, number: found.number })
    },

    async reviews({ repository, number }) {
      const { octokit, at } = scope(repository)
      const list = octokit.rest.pulls.listReviews
      const read = () => octokit.paginate(list, { ...at, pull_number: number, per_page: perPage })
      return (await readWhole(read, perPage, 'id')).map(toReview).filter((review) => review !== undefined)
    },

    async commitActors({ repository, number }) {
      const { octokit, at } = scope(repository)
      const list = octokit.rest.pulls.listCommits
      const read = () => octokit.paginate(list, { ...at, pull_number: number, per_page: perPage })
      const listed = await readWhole(read, perPage, 'sha')
      const commits = listed.length < mostListedCommits ? listed : await allCommits(scope(repository), number)
      const accounts = commits.flatMap(({ author, committer }) => [
        ...accountOf(author),
        ...accountOf(committer),
      ])
      const named = commits.flatMap(({ commit }) => coAuthors(commit.message))
      return uniqueActors([...accounts.map(toActor), ...named])
    },

    async isVerified(repository, sha) {
      const { octokit, at } = scope(repository)
      const { data } = await octokit.rest.git.getCommit({ ...at, commit_sha: sha })
      return data.verification.verified
    },

    async requestedReviewers({ repository, number }) {
      const { octokit, at } = scope(repository)
      const { data } = await octokit.rest.pulls.listRequestedReviewers({ ...at, pull_number: number })
      return { users: data.users.map(({ login }) => login), teams: data.teams.map(({ slug }) => slug) }
    },

    async comments({ repository, number }) {
      const { octokit, at } = scope(repository)
      const list = octokit.rest.issues.listComments
      const read = () => octokit.paginate(list, { ...at, issue_number: number, per_page: perPage })
      return (await readWhole(read, perPage, 'id')).map(toComment)
    },

    async comment({ repository, number }, id) {
      const { octokit, at } = scope(repository)
      const answer = await orUndefined(octokit.rest.issues.getComment({ ...at, comment_id: Number(id) }))
      const isOfPull = answer?.data.issue_url.endsWith(`/issues/${number}`)
      if (!answer || !isOfPull) return undefined
      const comment = toComment(answer.data)
      return comment.isEdited ? comment : readOriginal(octokit, comment, answer.data.node_id)
    },

    async checks(repository, sha) {
      const { runs } = await readOwnCheckRuns(scope(repository), appId, [sha])
      return runs.get(sha) ?? []
    },

    checkAnswers(repository, sha, names) {
      const statuses = scopeOf(client, repository, 'statuses')
      return readCheckAnswers({ runs: scope(repository), statuses }, sha, names)
    },

    mergeQueue: (repository, baseBranch) => readMergeQueue(scopeOf(client, repository, 'queue'), baseBranch),

    async mergeGroups(repository) {
      const { octokit, at } = scope(repository)
      const list = octokit.rest.git.listMatchingRefs
      const read = () => octokit.paginate(list, { ...at, ref: `heads/${queuePrefix}`, per_page: perPage })
      const refs = await readWhole(read, perPage, 'ref')
      return refs.map(({ ref, object }) => ({ branch: ref.replace(/^refs\/heads\//, ''), sha: object.sha }))
    },

    async permission(repository, actor) {
      const { octokit, at } = scope(repository)
      const answer = await orUndefined(
        octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username: actor.login }),
      )
      // A login can be given up and registered by somebody else; the id tells.
      const isSame = answer?.data.user && String(answer.data.user.id) === actor.id
      return answer && isSame ? toPermission(answer.data) : 'none'
    },

    teamMembers: createReadTeam(client),

    async user(login) {
      const { data: installations } = await client.app.rest.apps.listInstallations({ per_page: 1 })
      const [installation] = installations
      if (!installation) return undefined
      const octokit = client.scoped({ installation: String(installation.id), purpose: 'list' })
      const answer = await orUndefined(octokit.rest.users.getByUsername({ username: login }))
      return answer && toActor(answer.data)
    },
  }
}

async function repositoriesOf(client: GitHubClient, installation: string) {
  const octokit = client.scoped({ installation, purpose: 'list' })
  const list = octokit.rest.apps.listReposAccessibleToInstallation
  const repositories = await readWhole(() => octokit.paginate(list, { per_page: perPage }), perPage, 'id')
  return repositories
    .filter(({ archived }) => !archived)
    .map((repository) => ({
      id: String(repository.id),
      owner: repository.owner.login,
      name: repository.name,
      installation,
      defaultBranch: repository.default_branch,
      gitUrl: repository.clone_url,
    }))
}

/** A comparison lists every commit, in pages. */
async function allCommits({ octokit, at }: Scope, number: number) {
  const { data: pull } = await octokit.rest.pulls.get({ ...at, pull_number: number })
  const basehead = `${pull.base.sha}...${pull.head.sha}`
  const pages = octokit.paginate.iterator(octokit.rest.repos.compareCommitsWithBasehead, {
    ...at,
    basehead,
    per_page: perPage,
  })
  const commits = []
  for await (const { data } of pages) commits.push(...commitsOf(data))
  return commits
}

type ListedCommit = Awaited<ReturnType<Octokit['rest']['pulls']['listCommits']>>['data'][number]

/** The plugin hands over the page's list itself, where it finds one. */
function commitsOf(page: unknown): ListedCommit[] {
  return Array.isArray(page) ? page : (page as { commits: ListedCommit[] }).commits
}

/** GitHub answers null, or an empty object, for an address that no account has. */
function accountOf(account: Partial<GitHubUser> | null): GitHubUser[] {
  const { id, login, type } = account ?? {}
  return id === undefined || login === undefined ? [] : [{ id, login, type }]
}
