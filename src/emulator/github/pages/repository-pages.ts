import { permissionOf } from '../permissions.ts'
import { fullNameOf, type Pull, type Repository } from '../state.ts'
import { commitTone, toneIcon } from './check-view.ts'
import { fileList, readme } from './code-pages.ts'
import { branchesOf, findRevision } from './find-revision.ts'
import { icon } from './icons.ts'
import { html, nothing, type Markup } from './markup.ts'
import { avatar, encodePath, pathOf, person, plural, pullPath, pullState, when } from './pieces.ts'
import type { Page, RepositoryVisit, Visit } from './visit.ts'

export function homePage({ hub, viewer }: Visit): Page {
  const rows = hub.state.repositories.map(
    (repository) =>
      html`<li class="row">
        ${icon('repository')}
        <div>
          <a class="title" href="${pathOf(repository)}">${fullNameOf(repository)}</a>
          <span class="badge">${repository.isPrivate ? 'Private' : 'Public'}</span>
          <div class="muted">
            ${plural(openPulls(repository).length, 'open pull request')}, last push
            ${when(repository.pushedAt)}
            ${viewer ? html`, you may ${permissionOf(repository, viewer)}` : nothing}
          </div>
        </div>
      </li>`,
  )
  return {
    title: 'Repositories',
    body: html`${viewer ? whoAmI(viewer) : nothing}
      <ul class="box rows" data-live="repositories">
        ${rows.length > 0 ? rows : html`<li class="empty">There is no repository yet.</li>`}
      </ul>`,
  }
}

function whoAmI(viewer: NonNullable<Visit['viewer']>): Markup {
  const teams = [...viewer.teams].map((team) => `@${team.organization.login}/${team.slug}`)
  return html`<div class="who">
    ${avatar(viewer, 'large')}
    <div>
      <h1>${viewer.name}</h1>
      <p class="muted">${viewer.login}${teams.length > 0 ? `, ${teams.join(', ')}` : ''}</p>
    </div>
  </div>`
}

const openPulls = (repository: Repository) =>
  [...repository.pulls.values()].filter((pull) => pull.state === 'open').toReversed()

export async function repositoryPage(visit: RepositoryVisit): Promise<Page> {
  const { hub, repository } = visit
  const [branches, revision] = await Promise.all([
    branchesOf(hub, repository),
    findRevision(hub, repository, repository.defaultBranch.split('/')),
  ])
  const path = pathOf(repository)
  const pulls = openPulls(repository)
  return {
    title: fullNameOf(repository),
    tab: 'code',
    body: html`<div class="columns">
      <div class="main-column">
        <div data-live="files">
          ${revision ? await fileList(visit, revision) : html`<p class="box empty">This repository is empty.</p>`}
        </div>
        ${revision ? await readme(visit, revision) : nothing}
      </div>
      <aside data-live="aside">
        <h2>Pull requests</h2>
        <ul class="side">
          ${pulls.map((pull) => html`<li>${icon('pull')} <a href="${pullPath(pull)}">${pull.title}</a> <span class="muted">#${pull.number}</span></li>`)}
          ${pulls.length === 0 ? html`<li class="muted">None is open.</li>` : nothing}
        </ul>
        <h2>Branches</h2>
        <ul class="side">
          ${branches.map(({ name }) => html`<li>${icon('branch')} <a href="${path}/commits/${encodePath(name)}">${name}</a></li>`)}
        </ul>
      </aside>
    </div>`,
  }
}

export function pullsPage({ repository, url }: RepositoryVisit): Page {
  const isOpen = url.searchParams.get('state') !== 'closed'
  const all = [...repository.pulls.values()].toReversed()
  const shown = all.filter((pull) => (pull.state === 'open') === isOpen)
  const count = (state: string) => all.filter((pull) => pull.state === state).length
  const path = `${pathOf(repository)}/pulls`
  return {
    title: `Pull requests · ${fullNameOf(repository)}`,
    tab: 'pulls',
    body: html`<div class="box" data-live="pulls">
      <div class="box-head">
        <a class="${isOpen ? 'current' : ''}" href="${path}">${icon('pull')} ${count('open')} Open</a>
        <a class="${isOpen ? '' : 'current'}" href="${path}?state=closed"
          >${icon('check')} ${count('closed')} Closed</a
        >
      </div>
      <ul class="rows">
        ${shown.map(pullRow)}
        ${shown.length === 0 ? html`<li class="empty">There is no ${isOpen ? 'open' : 'closed'} pull request.</li>` : nothing}
      </ul>
    </div>`,
  }
}

function pullRow(pull: Pull): Markup {
  const tone = commitTone(pull.repository, pull.headSha)
  return html`<li class="row">
    ${pullState(pull)}
    <div>
      <a class="title" href="${pullPath(pull)}">${pull.title}</a> ${tone ? toneIcon(tone) : nothing}
      ${[...pull.labels].map((label) => html`<span class="badge">${label.name}</span>`)}
      <div class="muted">#${pull.number} opened ${when(pull.createdAt)} by ${person(pull.author)}</div>
    </div>
    <span class="row-end muted">${icon('comment')} ${pull.comments.length}</span>
  </li>`
}
