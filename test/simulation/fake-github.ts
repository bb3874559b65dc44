import type { CheckAnswer } from '../../src/domain/check-answer.ts'
import type { Event } from '../../src/domain/event.ts'
import type { Comment, Permission, PublishedCheck, Pull, Review } from '../../src/domain/pull.ts'
import type { Actor, Instant, PullRef, RepositoryRef, Sha } from '../../src/domain/refs.ts'
import type { CheckToPublish } from '../../src/domain/action.ts'
import type { MergeAnswer } from '../../src/domain/merge.ts'
import type { GitHub } from '../../src/ports/github.ts'
import { commitOf, type MemoryGit } from './memory-git.ts'

export const mainBranch = 'main'

type Run = PublishedCheck & Pick<CheckToPublish, 'title' | 'summary'>

interface PullState {
  pull: Omit<Pull, 'headSha' | 'baseSha'>
  /** Tip of the base when the head last moved: all that GitHub says of the base without being asked for the branch. */
  baseAtHead: Sha
  /** Of a pull request that is over: the branch may be gone, or hold something else. */
  endedAt?: { head: Sha; base: Sha }
  reviews: Review[]
  comments: Comment[]
  requested: { users: Set<string>; teams: Set<string> }
  /** Everybody who was ever asked to review. */
  everAsked: Set<string>
}

export interface People {
  permissions: Map<string, Permission>
  /** `shop/release` → logins. */
  teams: Map<string, Set<string>>
}

/** One repository on GitHub as its people and an app see it: what it is now, no wire and no delay. */
export interface FakeGitHub {
  port: GitHub
  pulls: Map<number, PullState>
  /** Check runs by commit. */
  runs: Map<Sha, Run[]>
  /** What others' checks say, by commit. */
  answers: Map<Sha, CheckAnswer[]>
  people: People
  /** The pull request as the API gives it. */
  pull(number: number): Pull
  openPulls(): Pull[]
  openPull(by: Actor, branch: string, title: string): number
  review(by: Actor, number: number, state: 'approved' | 'changes-requested' | 'commented'): void
  dismiss(number: number, id: string): void
  comment(by: Actor, number: number, body: string): void
  editComment(number: number, id: string, body: string): void
  deleteComment(number: number, id: string): void
  setDraft(number: number, isDraft: boolean): void
  /** Closes without merging, or opens again. */
  setOpen(number: number, isOpen: boolean): void
  /** Undefined: it conflicts. */
  merge(by: Actor, number: number): Sha | undefined
  push(by: Actor, branch: string, commit: Sha, isForced: boolean): void
  /** What GitHub is known to do: reviews of an earlier head are shown as if they had been of this one. */
  rebindReviews(number: number): void
  /** Without what an app wrote, as if it had never been installed. */
  copyWithout(app: Actor, git: MemoryGit): FakeGitHub
}

export interface FakeGitHubOptions {
  repository: RepositoryRef
  git: MemoryGit
  app: Actor
  now(): Instant
  tell(event: Event): void
}

interface State {
  pulls: Map<number, PullState>
  runs: Map<Sha, Run[]>
  answers: Map<Sha, CheckAnswer[]>
  people: People
  lastId: number
}

export function createFakeGitHub(options: FakeGitHubOptions): FakeGitHub {
  const people = { permissions: new Map<string, Permission>(), teams: new Map<string, Set<string>>() }
  return openFakeGitHub(options, { pulls: new Map(), runs: new Map(), answers: new Map(), people, lastId: 0 })
}

export function anAccount(login: string): Actor {
  return { id: `id-${login}`, login, isBot: login.endsWith('[bot]') }
}

function openFakeGitHub(options: FakeGitHubOptions, state: State): FakeGitHub {
  const { repository, git, app, now, tell } = options
  const { pulls, runs, answers, people } = state
  const nextId = () => String((state.lastId += 1))
  const refOf = (number: number): PullRef => ({ repository, number })
  const changed = (number: number) => tell({ kind: 'pull-changed', pull: refOf(number) })
  const isOpen = ({ pull }: PullState) => pull.state === 'open'

  function stateOf(number: number): PullState {
    const found = pulls.get(number)
    if (!found) throw new Error(`there is no pull request ${number}`)
    return found
  }

  function pullOf(number: number): Pull {
    const { pull, endedAt } = stateOf(number)
    const headSha = endedAt?.head ?? git.branches.get(pull.headBranch) ?? ''
    const baseSha = git.branches.get(pull.baseBranch) ?? ''
    return structuredClone({ ...pull, headSha, baseSha })
  }

  /** The base's tip may have moved since. */
  function asAnswered(number: number): Pull {
    return { ...pullOf(number), baseSha: stateOf(number).baseAtHead }
  }

  function end(number: number, ending: Partial<Pull>): void {
    const { headSha, baseSha } = pullOf(number)
    const found = stateOf(number)
    found.endedAt = { head: headSha, base: baseSha }
    Object.assign(found.pull, ending, { updatedAt: now() })
  }

  function mergeAs(by: Actor, number: number, title: string): Sha | undefined {
    const { headSha, baseSha, baseBranch } = pullOf(number)
    const merged = git.mergeTree(baseSha, headSha)
    if ('conflicts' in merged) return undefined
    const commit = git.writeCommit(commitOf(merged.tree, [baseSha], title, 'GitHub', now()))
    git.branches.set(baseBranch, commit)
    end(number, { state: 'merged', mergeSha: commit, mergedBy: by })
    changed(number)
    const push = { before: baseSha, after: commit, isForced: false, pusher: by }
    tell({ kind: 'branch-pushed', repository, branch: baseBranch, ...push })
    return commit
  }

  const addComment = (by: Actor, number: number, body: string): string => {
    const id = nextId()
    stateOf(number).comments.push({ id, author: by, body, createdAt: now(), isEdited: false })
    tell({ kind: 'comment-created', pull: refOf(number), commentId: id, author: by })
    return id
  }

  const addPull = (by: Actor, branch: string, title: string, body: string, isDraft: boolean): number => {
    const number = pulls.size + 1
    pulls.set(number, {
      pull: {
        ref: refOf(number),
        title,
        body,
        author: by,
        state: 'open',
        isDraft,
        isFork: false,
        baseBranch: mainBranch,
        headBranch: branch,
        createdAt: now(),
        updatedAt: now(),
        url: `https://github.example/shop/config/pull/${number}`,
      },
      baseAtHead: git.branches.get(mainBranch) ?? '',
      reviews: [],
      comments: [],
      requested: { users: new Set(), teams: new Set() },
      everAsked: new Set(),
    })
    changed(number)
    return number
  }

  function publishCheck(check: CheckToPublish): { id: string } {
    const { name, sha, status, conclusion, title, summary, fingerprint } = check
    const published = { name, sha, status, conclusion, title, summary, fingerprint }
    const ofCommit = runs.get(sha) ?? []
    runs.set(sha, ofCommit)
    const known = ofCommit.find((run) => run.name === name)
    if (known) return Object.assign(known, published)
    const run = { ...published, id: nextId(), startedAt: now() }
    ofCommit.push(run)
    return { id: run.id }
  }

  const port: GitHub = {
    repositories: async () => [{ ...repository, defaultBranch: mainBranch, gitUrl: '' }],
    pull: async ({ number }) => (pulls.has(number) ? asAnswered(number) : undefined),
    openPulls: async () => fake.openPulls().map(({ ref }) => asAnswered(ref.number)),
    openPullMarks: async () =>
      fake.openPulls().map(({ ref, headSha, baseBranch, isDraft }) => {
        const reviews = stateOf(ref.number).reviews.map(({ id, state: given }) => `${id} ${given}`)
        return { number: ref.number, headSha, baseBranch, isDraft, reviews: reviews.toSorted() }
      }),
    async pullMergedAs(_, commit) {
      const found = [...pulls.values()].find(({ pull }) => pull.mergeSha === commit)
      return found && pullOf(found.pull.ref.number)
    },
    async pullFrom(_, branch) {
      const own = [...pulls.values()].filter(({ pull }) => pull.headBranch === branch)
      const found = own.find(isOpen) ?? own.at(-1)
      return found && pullOf(found.pull.ref.number)
    },
    reviews: async ({ number }) => structuredClone(stateOf(number).reviews),
    isVerified: async () => false,
    async commitActors({ number }) {
      const { headSha, baseSha } = pullOf(number)
      return git.log(baseSha, headSha).map(({ author }) => anAccount(author.name))
    },
    async requestedReviewers({ number }) {
      const { users, teams } = stateOf(number).requested
      return { users: [...users], teams: [...teams] }
    },
    comments: async ({ number }) => structuredClone(stateOf(number).comments),
    comment: async ({ number }, id) =>
      structuredClone(stateOf(number).comments.find((comment) => comment.id === id)),
    checks: async (_, sha) => [...new Map(runs.get(sha)?.map((run) => [run.name, run])).values()],
    checkAnswers: async (_, sha, names) => answers.get(sha)?.filter(({ name }) => names.includes(name)) ?? [],
    mergeQueue: async () => [],
    mergeGroups: async () => [],
    permission: async (_, actor) => people.permissions.get(actor.login) ?? 'none',
    async teamMembers(organisation, slug) {
      const members = people.teams.get(`${organisation}/${slug}`)
      return members && [...members].map(anAccount)
    },
    user: async (login) => anAccount(login),

    async upsertComment({ number }, marker, text, knownId) {
      const sign = `<!-- drawbridge:${marker} -->`
      const body = text.startsWith(sign) ? text : `${sign}\n${text}`
      const own = stateOf(number).comments.filter(
        (comment) => comment.author.id === app.id && comment.body.startsWith(sign),
      )
      const known = own.find(({ id }) => id === knownId) ?? own[0]
      if (!known) return { id: addComment(app, number, body) }
      known.body = body
      return { id: known.id }
    },
    async react() {},
    publishChecks: async (_, checks) => checks.map(({ check }) => publishCheck(check)),
    async requestReviewers({ number }, users, teams) {
      const { requested, everAsked } = stateOf(number)
      for (const login of users) requested.users.add(login)
      for (const team of teams) requested.teams.add(team)
      for (const name of [...users, ...teams]) everAsked.add(name)
    },
    async openPull(_, { branch, title, body, isDraft }) {
      const existing = [...pulls.values()].find((each) => isOpen(each) && each.pull.headBranch === branch)
      const number = existing?.pull.ref.number ?? addPull(app, branch, title, body, isDraft)
      Object.assign(stateOf(number).pull, { title, body })
      return { number, url: pullOf(number).url }
    },
    async editPull({ number }, title, body) {
      Object.assign(stateOf(number).pull, { title, body })
    },
    mergeRules: async () => ({ methods: ['squash'], hasQueue: false, isQueued: false }),
    openIssue: async () => undefined,
    publishDeployment: async () => undefined,
    async mergePull({ number }, sha, _method, title): Promise<MergeAnswer> {
      const pull = pullOf(number)
      if (pull.state === 'merged') return { kind: 'merged', sha: pull.mergeSha ?? '' }
      if (pull.state !== 'open')
        return { kind: 'refused', code: 'CLOSED', reason: 'the pull request is closed' }
      if (pull.headSha !== sha) return { kind: 'head-moved' }
      const merged = mergeAs(app, number, title)
      return merged
        ? { kind: 'merged', sha: merged }
        : { kind: 'refused', code: 'CONFLICTS', reason: 'it conflicts with the base branch' }
    },
    async closePull({ number }) {
      if (isOpen(stateOf(number))) fake.setOpen(number, false)
    },
  }

  const fake: FakeGitHub = {
    port,
    pulls,
    runs,
    answers,
    people,
    pull: pullOf,
    openPulls: () => [...pulls.values()].filter(isOpen).map(({ pull }) => pullOf(pull.ref.number)),
    openPull: (by, branch, title) => addPull(by, branch, title, '', false),
    review(author, number, reviewState) {
      const { reviews, requested } = stateOf(number)
      const { headSha } = pullOf(number)
      const id = nextId()
      reviews.push({ id, author, state: reviewState, sha: headSha, at: now() })
      requested.users.delete(author.login)
      const event = { reviewId: id, author, state: reviewState, sha: headSha }
      tell({ kind: 'review-submitted', pull: refOf(number), ...event })
    },
    dismiss(number, id) {
      const review = stateOf(number).reviews.find((each) => each.id === id)
      if (review) review.state = 'dismissed'
      changed(number)
    },
    comment: (by, number, body) => void addComment(by, number, body),
    editComment(number, id, body) {
      const comment = stateOf(number).comments.find((each) => each.id === id)
      if (comment) Object.assign(comment, { body, isEdited: true })
    },
    deleteComment(number, id) {
      const found = stateOf(number)
      found.comments = found.comments.filter((comment) => comment.id !== id)
    },
    setDraft(number, isDraft) {
      stateOf(number).pull.isDraft = isDraft
      changed(number)
    },
    setOpen(number, wanted) {
      const found = stateOf(number)
      if (wanted) {
        const { head } = found.endedAt ?? {}
        if (head !== undefined) git.branches.set(found.pull.headBranch, head)
        found.pull.state = 'open'
        delete found.endedAt
      } else end(number, { state: 'closed' })
      changed(number)
    },
    merge: (by, number) => mergeAs(by, number, `${pullOf(number).title} (#${number})`),
    push(by, branch, commit, isForced) {
      const before = git.branches.get(branch) ?? '0'.repeat(40)
      git.branches.set(branch, commit)
      tell({ kind: 'branch-pushed', repository, branch, before, after: commit, isForced, pusher: by })
      for (const each of pulls.values()) {
        if (!isOpen(each) || each.pull.headBranch !== branch) continue
        each.baseAtHead = git.branches.get(each.pull.baseBranch) ?? ''
        changed(each.pull.ref.number)
      }
    },
    rebindReviews(number) {
      for (const review of stateOf(number).reviews) review.sha = pullOf(number).headSha
    },
    copyWithout(other, copiedGit) {
      const copy = structuredClone({ pulls, answers, people, lastId: state.lastId })
      for (const each of copy.pulls.values()) {
        each.comments = each.comments.filter(({ author }) => author.id !== other.id)
      }
      const silent = { ...options, git: copiedGit, tell: () => undefined }
      return openFakeGitHub(silent, { ...copy, runs: new Map() })
    },
  }
  return fake
}
