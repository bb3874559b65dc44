import type { RepositoryRef } from '../../domain/refs.ts'
import type { Clock } from '../../ports/clock.ts'
import type { GitHub } from '../../ports/github.ts'
import type { GitHubClient } from './github-client.ts'
import { hasStatus, orUndefined } from './github-fault.ts'
import { byAge, type GitHubComment, toComment } from './github-mapping.ts'
import { mergePull, readMergeRules } from './merge-pull.ts'
import { publishDeployment } from './publish-deployment.ts'
import { readWhole } from './read-whole.ts'
import { type ReadGitHub, scopeOf } from './read-github.ts'
import { writeCheckRuns } from './write-check-runs.ts'

export type WriteGitHub = Omit<GitHub, keyof ReadGitHub>

/** Every write looks first: what is there already, as it should be, is left alone. */
export function createWriteGitHub(
  client: GitHubClient,
  reader: ReadGitHub,
  appId: string,
  clock: Clock,
): WriteGitHub {
  const scope = (repository: RepositoryRef) => scopeOf(client, repository, 'review')

  return {
    async upsertComment(ref, marker, text, knownId) {
      const { octokit, at } = scope(ref.repository)
      const body = withMarker(marker, text)
      const known =
        knownId && (await orUndefined(octokit.rest.issues.getComment({ ...at, comment_id: Number(knownId) })))
      const own = known && isOwn(known.data, appId, marker) ? [known.data] : await findOwn()
      const [current, ...duplicates] = own
      for (const duplicate of duplicates) {
        await orUndefined(octokit.rest.issues.deleteComment({ ...at, comment_id: duplicate.id }))
      }
      if (!current) {
        return createComment(octokit.rest.issues.createComment({ ...at, issue_number: ref.number, body }))
      }
      if (current.body !== body) {
        await octokit.rest.issues.updateComment({ ...at, comment_id: current.id, body })
      }
      return { id: String(current.id) }

      /** Oldest first: the oldest is the one people know. */
      async function findOwn(): Promise<GitHubComment[]> {
        const list = octokit.rest.issues.listComments
        const read = () => octokit.paginate(list, { ...at, issue_number: ref.number, per_page: 100 })
        const comments = await readWhole(read, 100, 'id')
        return comments.filter((comment) => isOwn(comment, appId, marker)).toSorted(byAge)
      }
    },

    async react(ref, commentId, reaction) {
      const { octokit, at } = scope(ref.repository)
      await orUndefined(
        octokit.rest.reactions.createForIssueComment({
          ...at,
          comment_id: Number(commentId),
          content: reaction,
        }),
      )
    },

    publishChecks: (repository, checks) => writeCheckRuns(scope(repository), { appId, clock }, checks),

    async requestReviewers({ repository, number }, users, teams) {
      const { octokit, at } = scope(repository)
      const slugs = teams.map((team) => team.slice(team.indexOf('/') + 1))
      const request = (reviewers: string[], team_reviewers: string[]) =>
        octokit.rest.pulls.requestReviewers({ ...at, pull_number: number, reviewers, team_reviewers })
      const all = await unlessRefused(request(users, slugs))
      if (all === 'done' || users.length + slugs.length === 1) return
      // One person who cannot be asked (the author, no access) makes GitHub refuse the whole request.
      for (const user of users) await unlessRefused(request([user], []))
      for (const slug of slugs) await unlessRefused(request([], [slug]))
    },

    async openPull(repository, proposal) {
      const { octokit, at } = scope(repository)
      const open = async () => {
        const found = await reader.pullFrom(repository, proposal.branch)
        return found?.state === 'open' ? found : undefined
      }
      const existing = await open()
      if (existing) {
        await this.editPull(existing.ref, proposal.title, proposal.body)
        return { number: existing.ref.number, url: existing.url }
      }
      try {
        const { data } = await octokit.rest.pulls.create({
          ...at,
          title: proposal.title,
          body: proposal.body,
          head: proposal.branch,
          base: proposal.baseBranch,
          draft: proposal.isDraft,
          maintainer_can_modify: false,
        })
        if (proposal.labels.length > 0) {
          await octokit.rest.issues.addLabels({ ...at, issue_number: data.number, labels: proposal.labels })
        }
        return { number: data.number, url: data.html_url }
      } catch (error) {
        // Somebody opened it between our look and our call.
        const opened = hasStatus(error, 422) ? await open() : undefined
        if (!opened) throw error
        return { number: opened.ref.number, url: opened.url }
      }
    },

    async editPull({ repository, number }, title, body) {
      const { octokit, at } = scope(repository)
      const { data } = await octokit.rest.pulls.get({ ...at, pull_number: number })
      if (data.title === title && (data.body ?? '') === body) return
      await octokit.rest.pulls.update({ ...at, pull_number: number, title, body })
    },

    mergeRules: (ref) => readMergeRules(client, ref),
    mergePull: (ref, sha, method, title) => mergePull(client, ref, sha, method, title),

    async openIssue(repository, marker, title, text) {
      const { octokit, at } = scopeOf(client, repository, 'issues')
      try {
        const { data: newest } = await octokit.rest.issues.listForRepo({ ...at, state: 'all', per_page: 100 })
        const known = newest.find((issue) => isOwnIssue(issue, appId, marker))
        if (known) return { id: String(known.number), url: known.html_url }
        const body = withMarker(marker, text)
        const { data } = await octokit.rest.issues.create({ ...at, title, body })
        return { id: String(data.number), url: data.html_url }
      } catch (error) {
        // 422: the installation has not granted the permission, so no token is given; 410: issues are turned off.
        if (hasStatus(error, 403, 404, 410, 422)) return undefined
        throw error
      }
    },

    publishDeployment: (repository, deployment, knownId) =>
      publishDeployment(client, appId, repository, deployment, knownId),

    async closePull({ repository, number }) {
      const { octokit, at } = scope(repository)
      const { data } = await octokit.rest.pulls.get({ ...at, pull_number: number })
      if (data.state === 'open')
        await octokit.rest.pulls.update({ ...at, pull_number: number, state: 'closed' })
    },
  }
}

/** A conversation that somebody locked takes no comment; what gates the merge does not hang on one. */
async function createComment(request: Promise<{ data: { id: number | bigint } }>): Promise<{ id: string }> {
  try {
    return { id: String((await request).data.id) }
  } catch (error) {
    if (hasStatus(error, 403) && /locked/i.test(error.reason)) return { id: '' }
    throw error
  }
}

export function markerOf(name: string): string {
  return `<!-- drawbridge:${name} -->`
}

function withMarker(name: string, body: string): string {
  return body.startsWith(markerOf(name)) ? body : `${markerOf(name)}\n${body}`
}

/** Anybody can write a marker; it counts only in what our own app wrote. */
function isOwn(comment: GitHubComment, appId: string, marker: string): boolean {
  const { appId: writtenBy, body } = toComment(comment)
  return writtenBy === appId && body.startsWith(markerOf(marker))
}

function isOwnIssue(
  issue: { body?: string | null; performed_via_github_app?: { id?: number } | null },
  appId: string,
  marker: string,
): boolean {
  const isOurs = String(issue.performed_via_github_app?.id) === appId
  return isOurs && (issue.body ?? '').startsWith(markerOf(marker))
}

async function unlessRefused(request: Promise<unknown>): Promise<'done' | 'refused'> {
  try {
    await request
    return 'done'
  } catch (error) {
    if (hasStatus(error, 404, 422)) return 'refused'
    throw error
  }
}
