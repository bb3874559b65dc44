import type { CommitEntry } from '../git-output.ts'
import { fullNameOf } from '../state.ts'
import { accountByEmail } from '../present/commit.ts'
import { shownFiles } from './file-diffs.ts'
import { html, type Html } from './html.ts'
import { avatar, layout, moment, type PageContext } from './layout.ts'

export async function commitsPage(context: PageContext, branch: string): Promise<string | undefined> {
  const { hub, repository } = context
  const sha = await hub.git.resolve(repository.folder, `refs/heads/${branch}`)
  if (!sha) return undefined
  const [commits, branches] = await Promise.all([
    hub.git.commits(repository.folder, '--max-count=100', sha),
    branchNames(context),
  ])
  const root = `/${fullNameOf(repository)}/commits`
  const choices = branches.map((name) => html`<a class="branch" href="${root}/${name}">${name}</a> `)
  const body = html`<h1>Commits of <span class="branch">${branch}</span></h1>
    <p class="meta">${choices}</p>
    ${commitRows(context, commits)}`
  return layout(context, 'commits', `Commits of ${branch}`, body)
}

export async function branchNames(context: PageContext): Promise<string[]> {
  const refs = await context.hub.git.refs(context.repository.folder)
  return [...refs.keys()]
    .filter((ref) => ref.startsWith('refs/heads/'))
    .map((ref) => ref.slice('refs/heads/'.length))
}

export function commitRows(context: PageContext, commits: CommitEntry[]): Html {
  const root = `/${fullNameOf(context.repository)}/commit`
  return html`<div class="box">
    <table class="list">
      ${commits.map((commit) => {
        const author = accountByEmail(context.hub, commit.author.email)
        const [subject] = commit.message.split('\n')
        return html`<tr>
          <td>
            <a class="title" href="${root}/${commit.sha}">${subject}</a
            ><small
              >${author && avatar(author, 'small')} ${author?.login ?? commit.author.name} ·
              ${moment(commit.committer.at)}</small
            >
          </td>
          <td class="right"><a class="sha" href="${root}/${commit.sha}">${commit.sha.slice(0, 7)}</a></td>
        </tr>`
      })}
    </table>
  </div>`
}

export async function commitPage(context: PageContext, revision: string): Promise<string | undefined> {
  const { hub, repository } = context
  const sha = await hub.git.resolve(repository.folder, revision)
  if (!sha) return undefined
  const [commit] = await hub.git.commits(repository.folder, '--max-count=1', sha)
  const [parent] = commit!.parents
  const files = parent ? await hub.git.files(repository.folder, parent, sha) : []
  const [subject, ...rest] = commit!.message.split('\n')
  const body = html`<h1>${subject}</h1>
    <p class="meta">
      <b>${commit!.author.name}</b> · ${moment(commit!.committer.at)} · <span class="sha">${sha}</span>
    </p>
    ${rest.length > 0 && html`<div class="box"><pre class="blob">${rest.join('\n').trim()}</pre></div>`}${shownFiles(files)}`
  return layout(context, 'commits', subject ?? sha, body)
}
