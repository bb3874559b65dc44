import { hasPermission } from '../permissions.ts'
import { pushRefusal } from '../protection.ts'
import { fullNameOf, type Repository } from '../state.ts'
import { yamlLine } from './code-lines.ts'
import { findRevision, type Revision } from './find-revision.ts'
import { icon } from './icons.ts'
import { renderMarkdown } from './markdown.ts'
import { escapeAll, html, nothing, raw, type Markup } from './markup.ts'
import { author, encodePath, pathOf, shortSha, when } from './pieces.ts'
import type { Page, RepositoryVisit } from './visit.ts'

/** Bytes of a file that are shown. */
const largest = 512 * 1024

export async function treePage(visit: RepositoryVisit): Promise<Page | undefined> {
  const revision = await findRevision(visit.hub, visit.repository, visit.rest)
  if (!revision) return undefined
  return {
    title: `${revision.path || revision.name} · ${fullNameOf(visit.repository)}`,
    tab: 'code',
    body: html`${crumbs(visit, revision)}
      <div data-live="files">${await fileList(visit, revision)}</div>
      ${await readme(visit, revision)}`,
  }
}

export async function fileList({ hub, repository }: RepositoryVisit, revision: Revision): Promise<Markup> {
  const { folder } = repository
  const [entries, [latest]] = await Promise.all([
    hub.git.list(folder, revision.sha, revision.path, false),
    hub.git.commits(folder, '--max-count=1', revision.sha),
  ])
  const sorted = entries.toSorted((a, b) => b.type.localeCompare(a.type) || (a.path < b.path ? -1 : 1))
  const base = pathOf(repository)
  const link = (entry: (typeof entries)[number]) =>
    `${base}/${entry.type === 'tree' ? 'tree' : 'blob'}/${encodePath(`${revision.name}/${entry.path}`)}`
  return html`<div class="box">
    <div class="box-head">
      ${latest ? html`${author(hub, latest.author)} <span class="cut">${latest.message.split('\n')[0]}</span>` : nothing}
      <span class="row-end muted">
        ${latest ? html`${shortSha(repository, latest.sha)} ${when(latest.committer.at)}` : nothing}
        <a href="${base}/commits/${encodePath(revision.name)}">${icon('commit')} History</a>
      </span>
    </div>
    <ul class="rows files">
      ${sorted.map(
        (entry) =>
          html`<li class="row">
            <span class="${entry.type}">${icon(entry.type === 'tree' ? 'folder' : 'file')}</span>
            <a href="${link(entry)}">${entry.path.split('/').at(-1)}</a>
            <span class="row-end muted">${entry.type === 'blob' ? bytes(entry.size) : ''}</span>
          </li>`,
      )}
    </ul>
  </div>`
}

const bytes = (size: number) => (size < 1024 ? `${size} B` : `${(size / 1024).toFixed(1)} KB`)

export async function readme({ hub, repository }: RepositoryVisit, revision: Revision): Promise<Markup> {
  const path = revision.path ? `${revision.path}/README.md` : 'README.md'
  const content = await hub.git.read(repository.folder, revision.sha, path)
  if (!content) return nothing
  const shown = renderMarkdown(content.toString(), {
    repository: pathOf(repository),
    folder: folderOf(repository, revision, path),
  })
  return html`<div class="box">
    <div class="box-head">${icon('file')} README.md</div>
    <div class="markdown">${shown}</div>
  </div>`
}

/** What relative addresses in a file start with. */
function folderOf(repository: Repository, revision: Revision, path: string): string {
  const folder = [revision.name, ...path.split('/').slice(0, -1)].join('/')
  return `${pathOf(repository)}/blob/${encodePath(folder)}/`
}

function crumbs({ repository }: RepositoryVisit, revision: Revision): Markup {
  const base = `${pathOf(repository)}/tree/${encodePath(revision.name)}`
  const names = revision.path.split('/').filter(Boolean)
  const links = names.map((name, index) => {
    const path = encodePath(names.slice(0, index + 1).join('/'))
    return index === names.length - 1
      ? html` / <strong>${name}</strong>`
      : html` / <a href="${base}/${path}">${name}</a>`
  })
  const label = revision.isBranch ? revision.name : revision.name.slice(0, 7)
  return html`<div class="crumbs">
    <span class="branch">${icon('branch')} ${label}</span> <a href="${base}">${repository.name}</a>${links}
  </div>`
}

export async function blobPage(visit: RepositoryVisit): Promise<Page | undefined> {
  const { hub, repository } = visit
  const revision = await findRevision(hub, repository, visit.rest)
  const content = revision && (await hub.git.read(repository.folder, revision.sha, revision.path))
  // A link may name a folder.
  if (!content) return revision?.path ? folderInstead(visit, revision) : undefined
  const address = encodePath(`${revision.name}/${revision.path}`)
  return {
    title: `${revision.path} · ${fullNameOf(repository)}`,
    tab: 'code',
    body: html`${crumbs(visit, revision)}
      <div class="box" data-live="file">
        <div class="box-head">
          <span class="muted">${bytes(content.length)}</span>
          ${
            revision.isBranch
              ? html`<a class="button row-end" href="${pathOf(repository)}/edit/${address}"
                  >${icon('pen')} Edit</a
                >`
              : nothing
          }
        </div>
        ${fileView(visit, revision, content)}
      </div>`,
  }
}

async function folderInstead(visit: RepositoryVisit, revision: Revision): Promise<Page | undefined> {
  const { hub, repository } = visit
  const entries = await hub.git.list(repository.folder, revision.sha, revision.path, false)
  return entries.length > 0 ? treePage(visit) : undefined
}

function fileView({ repository }: RepositoryVisit, revision: Revision, content: Buffer): Markup {
  const { path } = revision
  if (content.includes(0)) return html`<p class="empty">This file is not text.</p>`
  const text = content.toString('utf8', 0, largest)
  if (/\.md$/i.test(path)) {
    const shown = renderMarkdown(text, {
      repository: pathOf(repository),
      folder: folderOf(repository, revision, path),
    })
    return html`<div class="markdown">${shown}</div>`
  }
  const isYaml = /\.ya?ml$/.test(path)
  const rows = text
    .replace(/\n$/, '')
    .split('\n')
    .map((line, index) => {
      const code = isYaml ? yamlLine(line) : escapeAll(line)
      return `<tr id="L${index + 1}"><td class="number">${index + 1}</td><td class="text">${code}</td></tr>`
    })
  return html`<div class="scroll">
    <table class="diff blob">
      <tbody>
        ${raw(rows.join(''))}
      </tbody>
    </table>
  </div>`
}

export async function editPage(visit: RepositoryVisit): Promise<Page | undefined> {
  const { hub, repository, viewer, refusal } = visit
  const revision = await findRevision(hub, repository, visit.rest)
  if (!revision?.isBranch || !revision.path) return undefined
  const content = await hub.git.read(repository.folder, revision.sha, revision.path)
  const text = refusal?.typed.get('content') ?? content?.toString() ?? ''
  return {
    title: `Edit ${revision.path} · ${fullNameOf(repository)}`,
    tab: 'code',
    body: html`${crumbs(visit, revision)} ${viewer ? editForm(visit, revision, text) : nothing}`,
  }
}

function editForm(
  { repository, viewer, refusal }: RepositoryVisit,
  revision: Revision,
  text: string,
): Markup {
  const typed = (name: string) => refusal?.typed.get(name) ?? ''
  const isWriter = hasPermission(repository, viewer!, 'write')
  const directRefusal = isWriter
    ? pushRefusal(repository, revision.name, { account: viewer! })
    : 'You may not write to this repository.'
  return html`<form method="post" class="edit">
    <textarea name="content" class="editor" rows="24" spellcheck="false" aria-label="Content of the file">
${text}</textarea>
    <div class="box padded">
      <h2>Commit changes</h2>
      <input type="hidden" name="parent" value="${revision.sha}" />
      <input
        name="message"
        aria-label="Commit message"
        placeholder="Update ${revision.path}"
        value="${typed('message')}"
      />
      <textarea
        name="description"
        rows="3"
        aria-label="Description"
        placeholder="Say why, if it is not obvious"
      >
${typed('description')}</textarea>
      <input
        name="branch"
        aria-label="New branch"
        placeholder="Name of the new branch (made up if left empty)"
        value="${typed('branch')}"
      />
      <div class="actions">
        <button class="primary" name="do" value="propose">Propose changes as a pull request</button>
        <button name="do" value="commit" ${directRefusal ? raw('disabled') : nothing}>
          Commit directly to ${revision.name}
        </button>
      </div>
      ${directRefusal ? html`<p class="muted">${icon('lock')} ${directRefusal}</p>` : nothing}
    </div>
  </form>`
}
