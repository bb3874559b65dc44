import { accountByEmail } from '../present/commit.ts'
import { fullNameOf } from '../state.ts'
import { checkRows, commitTone, toneIcon } from './check-view.ts'
import { diffView } from './diff-view.ts'
import { findRevision } from './find-revision.ts'
import type { CommitEntry } from '../git-output.ts'
import { icon } from './icons.ts'
import { html, nothing, type Markup } from './markup.ts'
import { author, avatar, branchLabel, pathOf, shortSha, when } from './pieces.ts'
import { signedCommits } from './signed-commits.ts'
import type { Page, RepositoryVisit } from './visit.ts'

const pageSize = 50
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

export async function commitsPage(visit: RepositoryVisit): Promise<Page | undefined> {
  const { hub, repository, url } = visit
  const rest = visit.rest.length > 0 ? visit.rest : repository.defaultBranch.split('/')
  const revision = await findRevision(hub, repository, rest)
  if (!revision) return undefined
  const page = Math.min(Math.max(Math.trunc(Number(url.searchParams.get('page'))) || 1, 1), 10_000)
  const range = [`--max-count=${pageSize + 1}`, `--skip=${(page - 1) * pageSize}`, revision.sha]
  const commits = await hub.git.commits(repository.folder, ...range)
  const shown = commits.slice(0, pageSize)
  const older =
    commits.length > pageSize ? html`<a class="button" href="?page=${page + 1}">Older</a>` : nothing
  return {
    title: `Commits of ${revision.name} · ${fullNameOf(repository)}`,
    tab: 'commits',
    body: html`<h1 class="page-title">Commits of ${branchLabel(repository, revision.name)}</h1>
      <div data-live="commits">${await commitList(visit, shown)}</div>
      ${older}`,
  }
}

export async function commitList(visit: RepositoryVisit, commits: CommitEntry[]): Promise<Markup> {
  const { hub, repository } = visit
  const signed = await signedCommits(
    hub,
    repository.folder,
    commits.map((commit) => commit.sha),
  )
  return html`<ul class="box rows commits">
    ${commits.map((commit) => {
      const tone = commitTone(repository, commit.sha)
      const [subject, ...body] = commit.message.split('\n')
      const more = body.join('\n').trim()
      return html`<li class="row" id="commit-${commit.sha}">
        ${avatar(accountByEmail(hub, commit.author.email) ?? commit.author.name)}
        <div class="grow">
          <a class="title" href="${pathOf(repository)}/commit/${commit.sha}">${subject}</a>
          ${
            more
              ? html`<details class="message">
                  <summary>…</summary>
                  <pre>${more}</pre>
                </details>`
              : nothing
          }
          <div class="muted">
            ${commit.author.name} committed ${when(commit.committer.at)} ${tone ? toneIcon(tone) : nothing}
          </div>
        </div>
        ${signed.has(commit.sha) ? signedBadge : nothing} ${shortSha(repository, commit.sha)}
      </li>`
    })}
    ${commits.length === 0 ? html`<li class="empty">There is no commit.</li>` : nothing}
  </ul>`
}

const signedBadge = html`<span class="badge signed" title="The commit carries a signature"
  >${icon('lock')} Signed</span
>`

export async function commitPage(visit: RepositoryVisit): Promise<Page | undefined> {
  const { hub, repository, rest } = visit
  const revision = await findRevision(hub, repository, rest)
  if (!revision || revision.path) return undefined
  const { folder } = repository
  const [[commit], signed] = await Promise.all([
    hub.git.commits(folder, '--max-count=1', revision.sha),
    signedCommits(hub, folder, [revision.sha]),
  ])
  if (!commit) return undefined
  const files = await hub.git.files(folder, commit.parents[0] ?? emptyTree, commit.sha)
  const [subject, ...body] = commit.message.split('\n')
  const rows = checkRows(repository, commit.sha)
  return {
    title: `${subject} · ${fullNameOf(repository)}@${commit.sha.slice(0, 7)}`,
    tab: 'commits',
    body: html`<div class="box commit-head">
        <h1>${subject}</h1>
        ${body.join('').trim() ? html`<pre>${body.join('\n').trim()}</pre>` : nothing}
        <div class="muted">
          ${author(hub, commit.author)} committed ${when(commit.committer.at)}
          ${signed.size > 0 ? signedBadge : nothing}
          <span class="row-end">
            ${commit.parents.map((parent) => html`parent ${shortSha(repository, parent)} `)} commit
            <code>${commit.sha}</code>
          </span>
        </div>
      </div>
      <div data-live="checks">
        ${
          rows.length > 0
            ? html`<ul class="box rows checks">
                ${rows}
              </ul>`
            : nothing
        }
      </div>
      <div data-live="diff">${diffView(files)}</div>`,
  }
}

/** What one commit has over another: `base...head`. */
export async function comparePage(visit: RepositoryVisit): Promise<Page | undefined> {
  const { hub, repository } = visit
  const [base = '', head = ''] = visit.rest.join('/').split(/\.{2,3}/)
  const [from, to] = await Promise.all(
    [base, head].map((name) => findRevision(hub, repository, name.split('/'))),
  )
  if (!from || !to) return undefined
  const fork = (await hub.git.mergeBase(repository.folder, from.sha, to.sha)) ?? from.sha
  const [commits, files] = await Promise.all([
    hub.git.commits(repository.folder, `--max-count=${pageSize}`, `${fork}..${to.sha}`),
    hub.git.files(repository.folder, fork, to.sha),
  ])
  return {
    title: `${base}...${head} · ${fullNameOf(repository)}`,
    tab: 'commits',
    body: html`<h1 class="page-title">Comparing <code>${base}</code> … <code>${head}</code></h1>
      ${await commitList(visit, commits)} ${diffView(files)}`,
  }
}
