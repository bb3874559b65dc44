import type { Hub } from '../hub.ts'
import type { CommitEntry } from '../git-output.ts'
import { associationOf } from '../permissions.ts'
import type { Account, IssueComment, Pull, ReactionContent, Review } from '../state.ts'
import { commitTone, toneIcon } from './check-view.ts'
import { drawEmoji } from './emoji.ts'
import { icon, type IconName } from './icons.ts'
import { renderMarkdown } from './markdown.ts'
import { html, nothing, raw, type Markup } from './markup.ts'
import { accountByEmail } from '../present/commit.ts'
import { avatar, pathOf, person, shortSha, when } from './pieces.ts'

/** What happened in a pull request, in order of time: comments, reviews, commits, and what was done with it. */
export function timeline(hub: Hub, pull: Pull, commits: CommitEntry[]): Markup[] {
  const known = new Set(commits.map((commit) => commit.sha.slice(0, 7)))
  const events = [
    // A commit may be older than the pull request that shows it.
    ...commits.map((commit) => ({
      at: Math.max(commit.committer.at, pull.createdAt),
      show: commitEvent(hub, pull, commit),
    })),
    ...pull.timeline
      .filter(({ text }) => !(text.startsWith('pushed ') && known.has(text.slice('pushed '.length))))
      .map((event) => ({ at: event.at, show: plainEvent(pull, event) })),
    ...pull.reviews
      .filter((review) => review.submittedAt !== undefined)
      .map((review) => ({ at: review.submittedAt!, show: reviewEvent(pull, review) })),
    ...pull.comments.map((comment) => ({ at: comment.createdAt, show: commentEvent(pull, comment) })),
  ]
  return events.toSorted((a, b) => a.at - b.at).map((event) => event.show)
}

/** The opening of a pull request reads like a comment. */
export function description(pull: Pull): Markup {
  return card({
    id: 'description',
    pull,
    author: pull.author,
    words: html`opened this ${when(pull.createdAt)}`,
    body: pull.body,
  })
}

function commentEvent(pull: Pull, comment: IssueComment): Markup {
  const isEdited = comment.updatedAt > comment.createdAt
  return card({
    id: `issuecomment-${comment.id}`,
    pull,
    author: comment.author,
    words: html`commented ${when(comment.createdAt)}
    ${isEdited ? html`<span title="last at ${new Date(comment.updatedAt).toISOString()}">· edited</span>` : nothing}`,
    body: comment.body,
    foot: reactions(comment),
  })
}

const reviewKinds: Record<Review['state'], { icon: IconName; words: string }> = {
  APPROVED: { icon: 'check', words: 'approved these changes' },
  CHANGES_REQUESTED: { icon: 'cross', words: 'requested changes' },
  COMMENTED: { icon: 'eye', words: 'reviewed' },
  DISMISSED: { icon: 'neutral', words: 'left a review that was dismissed' },
  PENDING: { icon: 'dot', words: 'started a review' },
}

function reviewEvent(pull: Pull, review: Review): Markup {
  const kind = reviewKinds[review.state]
  const row = html`<div
    class="event review ${review.state.toLowerCase()}"
    id="pullrequestreview-${review.id}"
  >
    <span class="mark">${icon(kind.icon)}</span>
    <div>
      ${avatar(review.author)} ${person(review.author)} ${kind.words} at
      ${shortSha(pull.repository, review.sha)} ${when(review.submittedAt!)}
    </div>
  </div>`
  if (review.body.trim() === '') return row
  return html`${row}
  ${card({ id: `review-${review.id}-body`, pull, author: review.author, words: html`left a comment`, body: review.body })}`
}

function commitEvent(hub: Hub, pull: Pull, commit: CommitEntry): Markup {
  const tone = commitTone(pull.repository, commit.sha)
  return html`<div class="event commit" id="commit-${commit.sha}">
    <span class="mark">${icon('commit')}</span>
    <div class="grow">
      ${avatar(accountByEmail(hub, commit.author.email) ?? commit.author.name)}
      <a class="subject" href="${pathOf(pull.repository)}/commit/${commit.sha}"
        >${commit.message.split('\n')[0]}</a
      >
    </div>
    <span class="row-end">${tone ? toneIcon(tone) : nothing} ${shortSha(pull.repository, commit.sha)}</span>
  </div>`
}

function plainEvent(pull: Pull, event: Pull['timeline'][number]): Markup {
  const kind = event.text.split(' ')[0] ?? ''
  const marks = new Map<string, IconName>([
    ['merged', 'merge'],
    ['closed', 'cross'],
    ['reopened', 'pull'],
    ['pushed', 'commit'],
  ])
  const isKnown = marks.has(kind)
  const words = event.text.split(' ').map((word) => {
    return isKnown && /^[\da-f]{7}$/.test(word) ? html`${shortSha(pull.repository, word)} ` : `${word} `
  })
  return html`<div class="event ${isKnown ? kind : ''}">
    <span class="mark">${icon(marks.get(kind) ?? 'dot')}</span>
    <div>${avatar(event.by)} ${person(event.by)} ${words} ${when(event.at)}</div>
  </div>`
}

interface Card {
  id: string
  pull: Pull
  author: Account
  words: Markup
  body: string | null
  foot?: Markup
}

function card({ id, pull, author, words, body, foot }: Card): Markup {
  const isEmpty = (body ?? '').trim() === ''
  return html`<article class="card" id="${id}">
    <div class="card-avatar">${avatar(author, 'large')}</div>
    <div class="box">
      <div class="box-head">
        <span>${person(author)} <span class="muted">${words}</span></span>
        ${association(pull, author)}
      </div>
      <div class="markdown">
        ${isEmpty ? html`<em class="muted">No description provided.</em>` : renderMarkdown(body!, { repository: pathOf(pull.repository) })}
      </div>
      ${foot ?? nothing}
    </div>
  </article>`
}

const associations = new Map([
  ['OWNER', 'Owner'],
  ['MEMBER', 'Member'],
  ['COLLABORATOR', 'Collaborator'],
])

function association(pull: Pull, author: Account): Markup {
  if (author.type === 'Bot') return nothing
  const names = [
    author === pull.author ? 'Author' : undefined,
    associations.get(associationOf(pull.repository, author)),
  ]
  return html`<span class="row-end"
    >${names.filter(Boolean).map((name) => html`<span class="badge">${name}</span> `)}</span
  >`
}

const faces: Record<ReactionContent, string> = {
  '+1': '👍',
  '-1': '👎',
  laugh: '😄',
  confused: '😕',
  heart: '❤️',
  hooray: '🎉',
  rocket: '🚀',
  eyes: '👀',
}

function reactions(comment: IssueComment): Markup {
  const kinds = [...new Set(comment.reactions.map((reaction) => reaction.content))]
  if (kinds.length === 0) return nothing
  return html`<div class="reactions">
    ${kinds.map((content) => {
      const by = comment.reactions.filter((each) => each.content === content).map((each) => each.by.login)
      return html`<span class="reaction" title="${by.join(', ')}"
        >${raw(drawEmoji(faces[content]))} ${by.length}</span
      > `
    })}
  </div>`
}
