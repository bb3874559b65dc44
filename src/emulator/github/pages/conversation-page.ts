import type { Instant } from '../../../domain/refs.ts'
import { latestReviews, mergeRefusal } from '../protection.ts'
import { hasPermission } from '../permissions.ts'
import type { Account, App, IssueComment, Pull, Reaction, Review } from '../state.ts'
import { checkLines, checkList, mark } from './check-list.ts'
import { html, trusted, type Html } from './html.ts'
import { avatar, layout, moment, pullAddress, pullHead, type PageContext } from './layout.ts'
import { markdown } from './markdown.ts'

export function conversationPage(context: PageContext, pull: Pull): string {
  const entries = [
    ...pull.comments.map((comment) => ({
      at: comment.createdAt,
      shown: shownComment(comment, context.person),
    })),
    ...pull.reviews.map((review) => ({
      at: review.submittedAt ?? pull.createdAt,
      shown: shownReview(review, context.person),
    })),
    ...pull.timeline.map((event) => ({ at: event.at, shown: shownEvent(event) })),
  ].toSorted((a, b) => a.at - b.at)
  const first = { author: pull.author, at: pull.createdAt, body: pull.body ?? '_No description provided._' }
  const body = html`${pullHead(pull, 'conversation')}
    <div class="columns">
      <div>
        ${said({ ...first, isOwn: pull.author === context.person })} ${entries.map((entry) => entry.shown)}
        ${mergeBox(context, pull)} ${commentForm(pull)}
      </div>
      ${sidebar(pull)}
    </div>`
  return layout(context, 'pulls', `${pull.title} #${pull.number}`, body)
}

function said(words: {
  author: Account
  app?: App
  at: Instant
  body: string
  isOwn: boolean
  id?: string
  note?: Html
  isEdited?: boolean
  reactions?: Reaction[]
}): Html {
  const name = words.author.login.replace('[bot]', '')
  return html`<div class="said" ${words.id && html` id="${words.id}"`}>
    ${avatar(words.author)}
    <div class="box${words.isOwn && ' own'}">
      <div class="head">
        <b>${name}</b>${words.author.type === 'Bot' && html`<span class="badge">bot</span>`}
        ${words.note ?? 'commented'} ${moment(words.at)}${words.isEdited && ' · edited'}
      </div>
      <div class="body">${markdown(words.body)}${reactionsOf(words.reactions ?? [])}</div>
    </div>
  </div>`
}

const signs: Record<Reaction['content'], string> = {
  '+1': '👍',
  '-1': '👎',
  laugh: '😄',
  confused: '😕',
  heart: '❤️',
  hooray: '🎉',
  rocket: '🚀',
  eyes: '👀',
}

function reactionsOf(reactions: Reaction[]): Html | false {
  if (reactions.length === 0) return false
  const kinds = [...new Set(reactions.map((each) => each.content))]
  return html`<div class="reactions">
    ${kinds.map((kind) => {
      const by = reactions.filter((each) => each.content === kind)
      return html`<span title="${by.map((each) => each.by.login).join(', ')}"
        >${signs[kind]} ${by.length}</span
      >`
    })}
  </div>`
}

function shownComment(comment: IssueComment, person: Account): Html {
  return said({
    author: comment.author,
    app: comment.app,
    at: comment.createdAt,
    body: comment.body,
    isOwn: comment.author === person,
    id: `issuecomment-${comment.id}`,
    isEdited: comment.updatedAt > comment.createdAt,
    reactions: comment.reactions,
  })
}

const reviewWords: Record<Review['state'], [string, string, string]> = {
  APPROVED: ['approved', 'success', 'approved these changes'],
  CHANGES_REQUESTED: ['changes', 'failure', 'requested changes'],
  COMMENTED: ['', 'neutral', 'reviewed'],
  DISMISSED: ['', 'skipped', 'reviewed; the review was dismissed'],
  PENDING: ['', 'pending', 'started a review'],
}

function shownReview(review: Review, person: Account): Html {
  const [kind, state, words] = reviewWords[review.state]
  const head = html`<div class="event ${kind}" id="pullrequestreview-${review.id}">
    ${mark(state)} <b>${review.author.login}</b> ${words} at
    <span class="sha">${review.sha.slice(0, 7)}</span> · ${moment(review.submittedAt ?? 0)}
  </div>`
  if (review.body.trim() === '') return head
  const at = review.submittedAt ?? 0
  return html`${head}${said({ author: review.author, at, body: review.body, isOwn: review.author === person, note: html`left a review` })}`
}

function shownEvent(event: Pull['timeline'][number]): Html {
  const kind = event.text.startsWith('merged') ? 'merged' : ''
  return html`<div class="event ${kind}"><b>${event.by.login}</b> ${event.text} · ${moment(event.at)}</div>`
}

function mergeBox(context: PageContext, pull: Pull): Html {
  if (pull.merged) {
    return html`<div class="box merge done">
      <div class="summary">
        <b>Merged and closed</b>${pull.merged.by.login} merged this as
        <span class="sha">${pull.merged.sha.slice(0, 7)}</span>.
      </div>
    </div>`
  }
  if (pull.state === 'closed')
    return html`<div class="box"><div class="body">Closed without being merged.</div></div>`
  const refusal = refusalOf(context, pull)
  const lines = checkLines(pull)
  const methods = Object.entries(pull.repository.mergeMethods).filter(([, isAllowed]) => isAllowed)
  const order = ['squash', 'merge', 'rebase']
  const sorted = methods.map(([name]) => name).toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
  return html`<div class="box merge ${refusal ? 'blocked' : 'ready'}">
    <div class="summary">
      <b>${mark(refusal ? 'failure' : 'success')} ${refusal ? 'Merging is blocked' : 'This can be merged'}</b
      >${refusal ?? 'No conflicts with the base branch, and nothing required is missing.'}
    </div>
    ${checkList(lines)}
    <form class="check" method="post" action="${pullAddress(pull)}/merge">
      <input type="hidden" name="sha" value="${pull.headSha}" />
      <select name="method" style="width: auto" aria-label="How to merge">
        ${sorted.map((name) => html`<option value="${name}">${methodNames[name]}</option>`)}
      </select>
      <button class="primary" ${refusal !== undefined && trusted(' disabled')}>Merge pull request</button>
    </form>
  </div>`
}

const methodNames: Record<string, string> = {
  squash: 'Squash and merge',
  merge: 'Create a merge commit',
  rebase: 'Rebase and merge',
}

function refusalOf(context: PageContext, pull: Pull): string | undefined {
  if (pull.isDraft) return 'This pull request is still a draft.'
  if (pull.mergeability === 'conflicting') return 'This branch has conflicts that must be resolved.'
  if (!hasPermission(pull.repository, context.person, 'write'))
    return `${context.person.login} may not write to this repository.`
  return mergeRefusal(pull, { account: context.person }, true)
}

function commentForm(pull: Pull): Html {
  const isOpen = pull.state === 'open'
  return html`<div class="box">
    <div class="head"><b>Write</b></div>
    <form class="body" method="post" action="${pullAddress(pull)}/comment">
      <textarea
        name="body"
        aria-label="Comment"
        placeholder="Leave a comment, or a command such as /promote prod"
      ></textarea>
      <div class="actions">
        ${isOpen && html`<button name="event" value="close">Close</button><button name="event" value="REQUEST_CHANGES">Request changes</button><button name="event" value="APPROVE">Approve</button>`}<button
          class="primary"
          name="event"
          value="comment"
        >
          Comment
        </button>
      </div>
    </form>
  </div>`
}

function sidebar(pull: Pull): Html {
  const reviews = latestReviews(pull)
  const requested = [...pull.requestedUsers].map((each) => each.login)
  const teams = [...pull.requestedTeams].map((each) => `${each.organization.login}/${each.slug}`)
  const reviewers = [
    ...reviews.map(
      (each) =>
        html`<div class="who">
          <span>${avatar(each.author, 'small')} ${each.author.login}</span>${mark(reviewWords[each.state][1])}
        </div>`,
    ),
    ...[...requested, ...teams].map(
      (each) => html`<div class="who"><span>${each}</span>${mark('pending')}</div>`,
    ),
  ]
  const labels = [...pull.labels].map((label) => html`<span class="badge">${label.name}</span> `)
  return html`<aside>
    <section>
      <h3>Reviewers</h3>
      ${reviewers.length > 0 ? reviewers : 'No reviews'}
    </section>
    <section>
      <h3>Labels</h3>
      ${labels.length > 0 ? labels : 'None yet'}
    </section>
    <section>
      <h3>Size</h3>
      <span class="stat"
        ><span class="plus">+${pull.size.additions}</span>
        <span class="minus">−${pull.size.deletions}</span></span
      >
      in ${pull.size.changedFiles} files
    </section>
  </aside>`
}
