import { unreachable } from '../../../domain/unreachable.ts'
import type { Hub } from '../hub.ts'
import { hasPermission } from '../permissions.ts'
import { latestReviews, mergeRefusal, protectionOf } from '../protection.ts'
import type { MergeMethod, Pull } from '../state.ts'
import { checkRows, checksOf, commitTone, runTone, statusTone, toneIcon } from './check-view.ts'
import { icon } from './icons.ts'
import { html, nothing, raw, type Markup } from './markup.ts'
import { avatar, person, plural, pullPath, shortSha, when } from './pieces.ts'
import type { Visit } from './visit.ts'

/** Reviews, checks, conflicts and the buttons: everything that is between a pull request and its merge. */
export async function mergeBox(visit: Visit, pull: Pull): Promise<Markup> {
  if (pull.merged) return mergedBox(pull)
  const sections = [reviewSection(pull), checkSection(pull)]
  if (pull.state === 'closed') return html`<section class="box merge-box" id="merge">${sections}</section>`
  return html`<section class="box merge-box" id="merge">
    ${sections} ${conflictSection(pull)} ${await mergeSection(visit, pull)}
  </section>`
}

function mergedBox(pull: Pull): Markup {
  const { at, by, sha } = pull.merged!
  return html`<section class="box merge-box is-merged" id="merge">
    <div class="merge-part">
      <span class="mark merged">${icon('merge')}</span>
      <div>
        <h3>Pull request merged and closed</h3>
        <p class="muted">${person(by)} merged it as ${shortSha(pull.repository, sha)} ${when(at)}</p>
      </div>
    </div>
    ${checkSection(pull)}
  </section>`
}

function reviewSection(pull: Pull): Markup {
  const rule = protectionOf(pull.repository, pull.baseBranch)?.requiredReviews
  const reviews = latestReviews(pull).filter((review) => review.state !== 'DISMISSED')
  const asked = [...pull.requestedUsers].map((account) => account.login)
  const askedTeams = [...pull.requestedTeams].map((team) => `@${team.organization.login}/${team.slug}`)
  const waiting = [...asked, ...askedTeams]
  if (!rule && reviews.length === 0 && waiting.length === 0) return nothing
  const isRefused = reviews.some((review) => review.state === 'CHANGES_REQUESTED')
  const approvals = reviews.filter((review) => review.state === 'APPROVED').length
  const missing = Math.max(0, (rule?.count ?? 0) - approvals)
  const [tone, title] = isRefused
    ? (['bad', 'Changes requested'] as const)
    : missing > 0
      ? (['bad', 'Review required'] as const)
      : approvals > 0
        ? (['good', 'Changes approved'] as const)
        : (['quiet', 'Review requested'] as const)
  return html`<div class="merge-part">
    ${toneIcon(tone)}
    <div class="grow">
      <h3>${title}</h3>
      <p class="muted">
        ${missing > 0 ? `${plural(missing, 'more approving review is', 'more approving reviews are')} required.` : ''}
        ${approvals > 0 ? `${plural(approvals, 'approving review')}.` : ''}
        ${waiting.length > 0 ? `Waiting for ${waiting.join(', ')}.` : ''}
      </p>
      <ul class="reviewers">
        ${reviews.map((review) => html`<li>${toneIcon(review.state === 'APPROVED' ? 'good' : 'bad')} ${avatar(review.author)} ${person(review.author)}</li>`)}
      </ul>
    </div>
  </div>`
}

function checkSection(pull: Pull): Markup {
  const rows = checkRows(pull.repository, pull.headSha)
  if (rows.length === 0) return nothing
  const { runs, statuses } = checksOf(pull.repository, pull.headSha)
  const tones = [...runs.map(runTone), ...statuses.map(statusTone)]
  const count = (tone: string) => tones.filter((each) => each === tone).length
  const worst = commitTone(pull.repository, pull.headSha) ?? 'quiet'
  const titles = {
    bad: 'Some checks were not successful',
    busy: 'Some checks have not completed yet',
    good: 'All checks have passed',
    quiet: 'All checks have passed',
  }
  const words = [
    ['bad', 'failing'],
    ['busy', 'pending'],
    ['quiet', 'neutral'],
    ['good', 'successful'],
  ]
    .filter(([tone]) => count(tone!) > 0)
    .map(([tone, word]) => `${count(tone!)} ${word}`)
  return html`<details class="merge-checks" open>
    <summary class="merge-part">
      ${toneIcon(worst)}
      <div class="grow">
        <h3>${titles[worst]}</h3>
        <p class="muted">${words.join(', ')} ${tones.length === 1 ? 'check' : 'checks'}</p>
      </div>
    </summary>
    <ul class="rows checks">
      ${rows}
    </ul>
  </details>`
}

function conflictSection(pull: Pull): Markup {
  const part = (tone: Parameters<typeof toneIcon>[0], title: string, words: string) =>
    html`<div class="merge-part">
      ${toneIcon(tone)}
      <div>
        <h3>${title}</h3>
        <p class="muted">${words}</p>
      </div>
    </div>`
  if (pull.isDraft)
    return part('quiet', 'This pull request is still a draft', 'Mark it as ready for review to merge it.')
  switch (pull.mergeability) {
    case 'clean':
      return part('good', 'No conflicts with the base branch', 'Merging can be done by the machine.')
    case 'conflicting':
      return part(
        'bad',
        'This branch has conflicts that must be resolved',
        `Bring ${pull.baseBranch} into it first.`,
      )
    case 'unknown':
    case 'computing':
      return part('busy', 'Checking whether the branches can be merged', 'This takes a moment.')
    default:
      return unreachable(pull.mergeability)
  }
}

const methodNames: Record<MergeMethod, string> = {
  merge: 'Create a merge commit',
  squash: 'Squash and merge',
  rebase: 'Rebase and merge',
}

async function mergeSection({ hub, viewer }: Visit, pull: Pull): Promise<Markup> {
  if (!viewer) return nothing
  const reason = await refusalFor(hub, pull, viewer)
  const methods = (Object.keys(methodNames) as MergeMethod[]).filter(
    (method) => pull.repository.mergeMethods[method],
  )
  const options = methods.map((method) => html`<option value="${method}">${methodNames[method]}</option>`)
  const isShut = reason !== undefined
  return html`<div class="merge-part merge-actions">
    <form method="post" action="${pullPath(pull)}">
      <input type="hidden" name="sha" value="${pull.headSha}" />
      ${pull.isDraft ? html`<button name="do" value="ready">Ready for review</button>` : nothing}
      <button class="primary" name="do" value="merge" ${isShut ? raw('disabled') : nothing}>
        Merge pull request
      </button>
      <select name="method" aria-label="How to merge">
        ${options}
      </select>
    </form>
    ${isShut ? html`<p class="blocked">${icon('lock')} ${reason}</p>` : nothing}
  </div>`
}

/** What would be said to the viewer's merge, without trying it. */
async function refusalFor(
  hub: Hub,
  pull: Pull,
  viewer: NonNullable<Visit['viewer']>,
): Promise<string | undefined> {
  if (!hasPermission(pull.repository, viewer, 'write')) return 'Only those with write access can merge.'
  if (pull.isDraft) return 'Drafts cannot be merged.'
  if (pull.mergeability === 'conflicting') return 'Conflicts must be resolved first.'
  const { folder } = pull.repository
  const base = await hub.git.resolve(folder, `refs/heads/${pull.baseBranch}`)
  if (!base) return 'The base branch is gone.'
  const isUpToDate = await hub.git.isAncestor(folder, base, pull.headSha)
  return mergeRefusal(pull, { account: viewer }, isUpToDate)
}
