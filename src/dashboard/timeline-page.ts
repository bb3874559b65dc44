import { html } from 'hono/html'
import type { TimelineEntry } from '../features/rollback/release-timeline.ts'
import { type Html, instant, layout, reviewAddress } from './layout.ts'

export interface Timeline {
  /** `owner/name` */
  repository: string
  environment: string
  application: string
  entries: TimelineEntry[]
}

export function timelineAddress(repository: string, environment: string, application: string): string {
  return `/releases/${[...repository.split('/'), environment, application].map(encodeURIComponent).join('/')}`
}

/** What of an application was released to an environment, when, by whom, and what was taken back. */
export function timelinePage(
  { repository, environment, application, entries }: Timeline,
  login?: string,
): Html {
  return layout(
    `${application} in ${environment}`,
    html`<h1>${application} in ${environment} <span>${repository}</span></h1>
      <div class="card scroll">
        <table>
          <thead>
            <tr>
              <th>Released</th>
              <th>Commit</th>
              <th>Kind</th>
              <th>From</th>
              <th>By</th>
              <th>Images</th>
              <th>Clusters</th>
            </tr>
          </thead>
          <tbody>
            ${entries.map((entry) => row(repository, entry))}
          </tbody>
        </table>
      </div>`,
    { login },
  )
}

function row(repository: string, entry: TimelineEntry): Html {
  const { at, revision, kind, pull, images, clusters, isCurrent, isTakenBack } = entry
  return html`<tr>
    <td>${instant(at)}</td>
    <td><code>${revision.slice(0, 7)}</code></td>
    <td>
      <span class="chip ${kind === 'revert' ? 'wait' : ''}">${kind}</span>
      ${isCurrent ? html`<span class="chip healthy">runs</span>` : ''}
      ${isTakenBack ? html`<span class="chip block">taken back</span>` : ''}
    </td>
    <td>
      ${pull ? html`<a href="${reviewAddress(repository, pull.number)}">#${pull.number}</a> ${pull.title}` : ''}
    </td>
    <td>
      ${pull?.author ?? ''}
      ${pull && pull.approvedBy.length > 0 ? html`<small>approved by ${pull.approvedBy.join(', ')}</small>` : ''}
    </td>
    <td>
      ${Object.entries(images).map(([image, version]) => html`<small>${image.split('/').at(-1) ?? image} <b>${version}</b></small>`)}
    </td>
    <td>${clusters.join(', ')}</td>
  </tr>`
}
