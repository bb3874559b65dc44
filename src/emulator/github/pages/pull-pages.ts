import { pullCommits } from '../merge.ts'
import { askMergeability, forkPoint } from '../pulls.ts'
import { fullNameOf, type CheckRun, type Pull } from '../state.ts'
import { checksOf, runPath, runTone, runWords, statusTone, toneIcon } from './check-view.ts'
import { commitList } from './commit-pages.ts'
import { diffView } from './diff-view.ts'
import { icon } from './icons.ts'
import { isSafeAddress, renderMarkdown } from './markdown.ts'
import { html, nothing, type Markup } from './markup.ts'
import { mergeBox } from './merge-box.ts'
import { avatar, branchLabel, pathOf, person, plural, pullPath, pullState, when } from './pieces.ts'
import { description, timeline } from './timeline.ts'
import type { Page, RepositoryVisit } from './visit.ts'

export function pullPage(visit: RepositoryVisit): Promise<Page | undefined> | undefined {
  const [number = '', tab = ''] = visit.rest
  const pull = visit.repository.pulls.get(Number(number))
  if (!pull || visit.rest.length > 2) return undefined
  switch (tab) {
    case '':
      return conversation(visit, pull)
    case 'commits':
      return commitsTab(visit, pull)
    case 'checks':
      return checksTab(visit, pull)
    case 'files':
      return filesTab(visit, pull)
    default:
      return undefined
  }
}

async function conversation(visit: RepositoryVisit, pull: Pull): Promise<Page> {
  askMergeability(visit.hub, pull)
  const commits = await pullCommits(visit.hub, pull)
  return pageOf(
    pull,
    'conversation',
    html`<div class="columns">
      <div class="main-column conversation">
        <div data-live="description">${description(pull)}</div>
        <div data-live="timeline" class="timeline">${timeline(visit.hub, pull, commits)}</div>
        <div data-live="merge">${await mergeBox(visit, pull)}</div>
        ${visit.viewer ? commentForm(visit, pull) : nothing}
      </div>
      <aside data-live="aside">${aside(pull)}</aside>
    </div>`,
  )
}

function commentForm({ viewer, refusal }: RepositoryVisit, pull: Pull): Markup {
  const isOpen = pull.state === 'open'
  const isOwn = viewer === pull.author
  return html`<form method="post" action="${pullPath(pull)}" class="card comment-form">
    <div class="card-avatar">${avatar(viewer!, 'large')}</div>
    <div class="box padded">
      <h3>Add a comment</h3>
      <textarea
        name="body"
        rows="5"
        aria-label="Comment"
        placeholder="Markdown is fine. /help lists Drawbridge's commands."
      >
${refusal?.typed.get('body') ?? ''}</textarea>
      <div class="actions">
        ${isOpen ? html`<button name="do" value="close">Close pull request</button>` : nothing}
        ${!isOpen && !pull.merged ? html`<button name="do" value="reopen">Reopen pull request</button>` : nothing}
        <span class="grow"></span>
        ${
          isOpen && !isOwn
            ? html`<button name="do" value="review">Review</button>
                <button name="do" value="refuse" class="bad">Request changes</button>
                <button name="do" value="approve" class="good">${icon('check')} Approve</button>`
            : nothing
        }
        <button class="primary" name="do" value="comment">Comment</button>
      </div>
    </div>
  </form>`
}

function aside(pull: Pull): Markup {
  const names = [...pull.requestedUsers].map(
    (account) => html`<li>${avatar(account)} ${account.login} <span class="muted">asked</span></li>`,
  )
  const teams = [...pull.requestedTeams].map(
    (team) => html`<li>@${team.organization.login}/${team.slug} <span class="muted">asked</span></li>`,
  )
  const latest = new Map(
    pull.reviews.filter((review) => review.state !== 'PENDING').map((review) => [review.author, review]),
  )
  const tones = {
    APPROVED: 'good',
    CHANGES_REQUESTED: 'bad',
    COMMENTED: 'quiet',
    DISMISSED: 'quiet',
    PENDING: 'busy',
  } as const
  const reviewers = [...latest.values()].map(
    (review) =>
      html`<li>${avatar(review.author)} ${review.author.login} ${toneIcon(tones[review.state])}</li>`,
  )
  const labels = [...pull.labels].map((label) => html`<span class="badge">${label.name}</span> `)
  const assignees = [...pull.assignees].map((account) => html`<li>${avatar(account)} ${account.login}</li>`)
  const all = [...reviewers, ...names, ...teams]
  return html`<h2>Reviewers</h2>
    <ul class="side">
      ${all.length > 0 ? all : html`<li class="muted">None yet</li>`}
    </ul>
    <h2>Assignees</h2>
    <ul class="side">
      ${assignees.length > 0 ? assignees : html`<li class="muted">Nobody</li>`}
    </ul>
    <h2>Labels</h2>
    <p class="side">${labels.length > 0 ? labels : html`<span class="muted">None</span>`}</p>`
}

async function commitsTab(visit: RepositoryVisit, pull: Pull): Promise<Page> {
  const commits = await pullCommits(visit.hub, pull)
  return pageOf(pull, 'commits', html`<div data-live="commits">${await commitList(visit, commits)}</div>`)
}

async function filesTab({ hub }: RepositoryVisit, pull: Pull): Promise<Page> {
  const files = await hub.git.files(pull.repository.folder, await forkPoint(hub, pull), pull.headSha)
  return pageOf(pull, 'files', html`<div data-live="diff">${diffView(files)}</div>`)
}

async function checksTab(visit: RepositoryVisit, pull: Pull): Promise<Page> {
  const { runs, statuses } = checksOf(pull.repository, pull.headSha)
  const isEmpty = runs.length + statuses.length === 0
  return pageOf(
    pull,
    'checks',
    html`<div data-live="checks">
      ${isEmpty ? html`<p class="box empty">No check has been reported for ${pull.headSha.slice(0, 7)}.</p>` : nothing}
      ${runs.map((run) => runView(run, pullPath(pull), visit.viewer !== undefined))}
      ${statuses.map(
        (status) =>
          html`<div class="box box-head">
            ${toneIcon(statusTone(status))}
            <strong>${status.context}</strong> ${status.description ?? status.state}
          </div>`,
      )}
    </div>`,
  )
}

/** `/runs/{id}`: one check run on a page of its own. */
export function runPage(visit: RepositoryVisit): Page | undefined {
  const run = visit.repository.runs.find((each) => String(each.id) === visit.rest[0])
  if (!run) return undefined
  const pull = [...visit.repository.pulls.values()].findLast((each) => each.headSha === run.suite.sha)
  const body = html`<div data-live="checks">${runView(run, runPath(run), visit.viewer !== undefined)}</div>`
  if (pull) return pageOf(pull, 'checks', body)
  return { title: `${run.name} · ${fullNameOf(visit.repository)}`, tab: 'commits', body }
}

function runView(run: CheckRun, action: string, canAct: boolean): Markup {
  const place = { repository: pathOf(run.suite.repository) }
  const { summary, text } = run.output
  const outside = run.detailsUrl && isSafeAddress(run.detailsUrl) ? run.detailsUrl : undefined
  return html`<details class="box run" open id="run-${run.id}">
    <summary class="box-head">
      ${toneIcon(runTone(run))}
      <span
        ><a href="${runPath(run)}"><strong>${run.name}</strong></a>
        <span class="muted">${runWords(run)}</span></span
      >
      <span class="row-end muted">
        ${(run.conclusion ?? run.status).replaceAll('_', ' ')} ${when(run.completedAt ?? run.startedAt)}
      </span>
    </summary>
    ${summary ? html`<div class="markdown">${renderMarkdown(summary, place)}</div>` : nothing}
    ${text ? html`<div class="markdown">${renderMarkdown(text, place)}</div>` : nothing}
    ${run.annotations.map((annotation) => annotationView(annotation))}
    <form method="post" action="${action}" class="run-foot">
      <input type="hidden" name="run" value="${run.id}" />
      ${outside ? html`<a href="${outside}" rel="noreferrer">View more on ${run.suite.app.name}</a>` : nothing}
      <span class="grow"></span>
      ${canAct ? run.actions.map((each) => html`<button name="press" value="${each.identifier}" title="${each.description}">${each.label}</button>`) : nothing}
      ${canAct ? html`<button name="do" value="rerun">Re-run</button>` : nothing}
    </form>
  </details>`
}

function annotationView(annotation: Record<string, unknown>): Markup {
  const word = (name: string) => {
    const value = annotation[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  const level = ['notice', 'warning', 'failure'].find((each) => each === word('annotation_level')) ?? 'notice'
  const details = word('raw_details')
  return html`<div class="annotation ${level}">
    <p class="place">
      <code>${word('path')}:${word('start_line')}</code> <span class="badge">${level}</span>
    </p>
    <p><strong>${word('title')}</strong></p>
    <p class="kept">${word('message')}</p>
    ${details ? html`<pre>${details}</pre>` : nothing}
  </div>`
}

type Tab = 'conversation' | 'commits' | 'checks' | 'files'

function pageOf(pull: Pull, current: Tab, body: Markup): Page {
  const path = pullPath(pull)
  const { runs, statuses } = checksOf(pull.repository, pull.headSha)
  const tab = (name: Tab, href: string, label: Markup, count: number) =>
    html`<a class="tab ${current === name ? 'current' : ''}" href="${href}"
      >${label} <span class="count">${count}</span></a
    >`
  const numbers = html`<span class="row-end numbers"
    ><span class="plus">+${pull.size.additions}</span>
    <span class="minus">−${pull.size.deletions}</span></span
  >`
  return {
    title: `${pull.title} · Pull request #${pull.number} · ${fullNameOf(pull.repository)}`,
    tab: 'pulls',
    body: html`<div data-live="head" class="pull-head">
        <h1>${pull.title} <span class="muted">#${pull.number}</span></h1>
        <p>
          ${pullState(pull)}
          <span class="muted">
            ${person(pull.merged?.by ?? pull.author)} ${pull.merged ? 'merged' : 'wants to merge'}
            ${plural(pull.size.commits, 'commit')} into ${branchLabel(pull.repository, pull.baseBranch)} from
            ${branchLabel(pull.repository, pull.headBranch)}
          </span>
        </p>
        <nav class="tabs" aria-label="Pull request">
          ${tab('conversation', path, html`${icon('comment')} Conversation`, pull.comments.length + pull.reviews.length)}
          ${tab('commits', `${path}/commits`, html`${icon('commit')} Commits`, pull.size.commits)}
          ${tab('checks', `${path}/checks`, html`${icon('check')} Checks`, runs.length + statuses.length)}
          ${tab('files', `${path}/files`, html`${icon('file')} Files changed`, pull.size.changedFiles)}
          ${numbers}
        </nav>
      </div>
      ${body}`,
  }
}
