import { fullNameOf } from '../state.ts'
import { branchNames } from './commits-page.ts'
import { html, type Html } from './html.ts'
import { layout, type PageContext } from './layout.ts'

/** Branch names hold slashes: the longest branch that begins the address is meant, the rest is the path. */
export async function splitBranch(
  context: PageContext,
  address: string,
): Promise<{ branch: string; path: string } | undefined> {
  const names = (await branchNames(context)).filter(
    (name) => address === name || address.startsWith(`${name}/`),
  )
  const [branch] = names.toSorted((a, b) => b.length - a.length)
  return branch === undefined ? undefined : { branch, path: address.slice(branch.length + 1) }
}

export async function treePage(context: PageContext, address: string): Promise<string | undefined> {
  const { hub, repository } = context
  const at = await splitBranch(context, address)
  const sha = at && (await hub.git.resolve(repository.folder, `refs/heads/${at.branch}`))
  if (!at || !sha) return undefined
  const entries = await hub.git.list(repository.folder, sha, at.path, false)
  const root = `/${fullNameOf(repository)}`
  const rows = entries
    .toSorted((a, b) => Number(b.type === 'tree') - Number(a.type === 'tree'))
    .map((entry) => {
      const kind = entry.type === 'tree' ? 'tree' : 'blob'
      const name = entry.path.split('/').at(-1)
      return html`<tr>
        <td>
          <a href="${root}/${kind}/${at.branch}/${entry.path}">${kind === 'tree' ? '▸ ' : ''}${name}</a>
        </td>
      </tr>`
    })
  const choices = (await branchNames(context)).map(
    (name) => html`<a class="branch" href="${root}/tree/${name}">${name}</a> `,
  )
  const body = html`<p class="meta">${choices}</p>
    <h1>${trail(context, at.branch, at.path)}</h1>
    <div class="box">
      <table class="list">
        ${rows}
      </table>
    </div>`
  return layout(context, 'code', at.path || repository.name, body)
}

export async function blobPage(context: PageContext, address: string): Promise<string | undefined> {
  const found = await readBlob(context, address)
  if (!found) return undefined
  const { branch, path, text } = found
  const edit = `/${fullNameOf(context.repository)}/edit/${branch}/${path}`
  const body = html`<h1>${trail(context, branch, path)}</h1>
    <div class="box">
      <div class="head">
        <b>${path.split('/').at(-1)}</b><a class="button" style="margin-left: auto" href="${edit}">Edit</a>
      </div>
      <pre class="blob">${text}</pre>
    </div>`
  return layout(context, 'code', path, body)
}

export async function editPage(context: PageContext, address: string): Promise<string | undefined> {
  const found = await readBlob(context, address)
  if (!found) return undefined
  const { branch, path, text } = found
  const proposed = `${context.person.login}-${path.split('/').at(-1)!.split('.')[0]}-${context.repository.nextNumber}`
  const body = html`<h1>Edit ${path}</h1>
    <form method="post" action="/${fullNameOf(context.repository)}/edit/${branch}/${path}">
      <div class="box">
        <div class="head"><b>${path}</b> on <span class="branch">${branch}</span></div>
        <textarea class="code" name="content" aria-label="Content" spellcheck="false">${text}</textarea>
      </div>
      <div class="box">
        <div class="head"><b>Propose this change</b></div>
        <div class="body">
          <p>
            <input type="text" name="message" aria-label="Title" value="Update ${path.split('/').at(-1)}" />
          </p>
          <p><textarea name="description" aria-label="Description" placeholder="Why?"></textarea></p>
          <p>
            <label>New branch <input type="text" name="branch" value="${proposed}" /></label>
          </p>
          <div class="actions">
            <button name="how" value="direct">Commit to ${branch}</button
            ><button class="primary" name="how" value="propose">Open a pull request</button>
          </div>
        </div>
      </div>
    </form>`
  return layout(context, 'code', `Edit ${path}`, body)
}

async function readBlob(context: PageContext, address: string) {
  const { hub, repository } = context
  const at = await splitBranch(context, address)
  const sha = at && (await hub.git.resolve(repository.folder, `refs/heads/${at.branch}`))
  const content = sha && (await hub.git.read(repository.folder, sha, at.path))
  return content ? { ...at, text: content.toString() } : undefined
}

function trail(context: PageContext, branch: string, path: string): Html {
  const root = `/${fullNameOf(context.repository)}/tree/${branch}`
  const steps = path.split('/').filter(Boolean)
  return html`<a href="${root}">${context.repository.name}</a
    >${steps.map((step, index) => html` / <a href="${root}/${steps.slice(0, index + 1).join('/')}">${step}</a>`)}
    <span class="branch">${branch}</span>`
}
