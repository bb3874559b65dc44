import { html, raw } from 'hono/html'
import type { SloStanding } from '../features/slo/slo-standing.ts'
import { plotBreach } from '../features/rollback/plot-breach.ts'
import { timelineAddress } from './timeline-page.ts'
import { type Html, instant, layout } from './layout.ts'

/** The SLOs of one repository: `owner/name`. */
export interface RepositorySlos {
  repository: string
  standings: SloStanding[]
}

/** Every SLO: how it stands, what is left of its budget, and what is suspected. Reads itself again when something changes. */
export function sloPage(repositories: RepositorySlos[], login?: string): Html {
  return layout(
    'SLOs',
    html`<h1>Service level objectives</h1>
      <div id="live" data-source="/slos/now">${sloFragment(repositories)}</div>`,
    { active: '/slos', login },
  )
}

export function sloFragment(repositories: RepositorySlos[]): Html {
  const shown = repositories.filter(({ standings }) => standings.length > 0)
  if (shown.length === 0)
    return html`<p class="empty">
      No repository has an SLO. They are declared under “slos” in .drawbridge.yaml.
    </p>`
  return html`${shown.map(
    ({ repository, standings }) =>
      html`<h2>${repository}</h2>
        ${standings.map((standing) => card(repository, standing))}`,
  )}`
}

function card(repository: string, standing: SloStanding): Html {
  const { slo, state, reason, release } = standing
  return html`<section class="card slo">
    <h2>
      ${slo.name} <span class="chip ${state}">${state}</span>
      <span
        ><a href="${timelineAddress(repository, slo.environment, slo.application)}"
          >${slo.application} in ${slo.environment}</a
        >, ${percent(slo.objective)} over ${slo.windowDays} days</span
      >
    </h2>
    <p>${reason}</p>
    ${figures(standing)}
    ${
      standing.series.length === 0
        ? ''
        : html`<div class="scroll">
            ${raw(plotBreach({ ...standing, appliedAt: withinPlot(standing, release?.appliedAt) }))}
          </div>`
    }
    ${suspects(standing)}
  </section>`
}

function figures({ budgetLeft, burns, release }: SloStanding): Html {
  const figure = (name: string, value: Html, tone = '') =>
    html`<div>
      <dt>${name}</dt>
      <dd class="${tone}">${value}</dd>
    </div>`
  return html`<dl class="figures">
    ${budgetLeft === undefined ? '' : figure('Budget left', html`${percent(budgetLeft)}`, budgetLeft > 0 ? 'good' : 'bad')}
    ${burns.map(({ seconds, rate }) =>
      figure(`Burn over ${span(seconds)}`, html`${Number(rate.toPrecision(3))} ×`, rate > 1 ? 'bad' : 'good'),
    )}
    ${
      release === undefined
        ? ''
        : figure(
            'Release',
            html`<code>${release.revision.slice(0, 7)}</code>
              ${release.pull === undefined ? '' : html`#${release.pull} ${release.title} (${release.author})`}
              since ${instant(release.appliedAt)}`,
          )
    }
  </dl>`
}

function suspects({ suspects: ranked }: SloStanding): Html | '' {
  if (ranked.length === 0) return ''
  return html`<table>
    <thead>
      <tr>
        <th>Suspect</th>
        <th>Release</th>
        <th>Suspicion</th>
      </tr>
    </thead>
    <tbody>
      ${ranked.map(
        ({ application, revision, score }) =>
          html`<tr>
            <td>${application}</td>
            <td><code>${revision.slice(0, 7)}</code></td>
            <td>${percent(score)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

/** An apply from long before would press the curve against the right edge. */
function withinPlot({ series }: SloStanding, appliedAt: number | undefined): number | undefined {
  const first = series[0]?.at
  return first !== undefined && appliedAt !== undefined && appliedAt >= first ? appliedAt : undefined
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`
}

function span(seconds: number): string {
  return seconds < 3600
    ? `${seconds / 60} min`
    : seconds < 86_400
      ? `${seconds / 3600} h`
      : `${seconds / 86_400} d`
}
