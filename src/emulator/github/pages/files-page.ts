import { pullCommits } from '../merge.ts'
import { forkPoint } from '../pulls.ts'
import type { Pull } from '../state.ts'
import { commitRows } from './commits-page.ts'
import { shownFiles } from './file-diffs.ts'
import { html } from './html.ts'
import { layout, pullHead, type PageContext } from './layout.ts'

export async function filesPage(context: PageContext, pull: Pull): Promise<string> {
  const { hub, repository } = context
  const files = await hub.git.files(repository.folder, await forkPoint(hub, pull), pull.headSha)
  return layout(
    context,
    'pulls',
    `Files of #${pull.number}`,
    html`${pullHead(pull, 'files')}${shownFiles(files)}`,
  )
}

export async function pullCommitsPage(context: PageContext, pull: Pull): Promise<string> {
  const commits = await pullCommits(context.hub, pull)
  const body = html`${pullHead(pull, 'commits')}${commitRows(context, commits)}`
  return layout(context, 'pulls', `Commits of #${pull.number}`, body)
}
