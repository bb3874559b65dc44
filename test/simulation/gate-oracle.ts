import type { CheckAnswer } from '../../src/domain/check-answer.ts'
import type { Pull } from '../../src/domain/pull.ts'
import type { Actor, Instant, Sha } from '../../src/domain/refs.ts'
import type { Proposal, RevertProposal } from '../../src/domain/proposal.ts'
import type { Controls } from '../../src/domain/release.ts'
import { parseProposal } from '../../src/features/promotion/proposal-trailers.ts'
import { commentReviewId } from '../../src/journeys/review/comment-approvals.ts'
import type { FakeGitHub } from './fake-github.ts'
import type { MemoryGit } from './memory-git.ts'
import { applications, asksForCheck, codeownersPath, demandedCheck } from './shop-files.ts'
import { self } from './simulated-world.ts'

/** What production would get, as one text for each application and one for the rules; who approves has seen this. */
export type Sight = string[]

export interface Truth {
  git: MemoryGit
  github: FakeGitHub
  now: Instant
  /** What the base and the head came to when somebody reviewed, or wrote a comment. */
  seen: ReadonlyMap<string, Sight>
  /** Commits on which the check that promotions wait for is green, or was while a journey ran. */
  green: ReadonlySet<Sha>
}

/** Commits that the app which has to has called green with its newest word. */
export function greenCommits({ answers }: FakeGitHub): Sha[] {
  const isGreen = ({ by, says }: CheckAnswer) => by === `${demandedCheck.app}[bot]` && says === 'success'
  return [...answers].flatMap(([sha, said]) => (said.some(isGreen) ? [sha] : []))
}

/**
 * Why production must stay closed to a pull request at this moment; undefined where it may be open. Written from what the
 * documentation promises, with nothing of the product's decisions: files are compared as texts.
 */
export function whyClosed(truth: Truth, pull: Pull, base: Sha, landed?: Sha): string | undefined {
  const { git } = truth
  const head = landed ?? mergedTree(git, base, pull.headSha)
  if (head === undefined) return 'it conflicts'
  const touched = touchedInProduction(git, base, head)
  const isRuleChange = git.texts(base).get(codeownersPath) !== git.texts(head).get(codeownersPath)
  if (touched.length === 0 && !isRuleChange) return undefined
  const isOverridden = overrides(truth, pull)
  const isByRule = ownRevert(truth, pull)?.merge === 'rule'
  const approvals =
    isByRule || isOverridden('approvals') ? undefined : missingApproval(truth, pull, base, head, touched)
  const window = isOverridden('window') || touched.length === 0 ? undefined : closedNow(truth, pull, touched)
  const checks = isOverridden('promotion') ? undefined : missingCheck(truth, pull, base)
  return approvals ?? window ?? checks
}

/** What is promoted waits for its checks, where the configuration of the base asks for them; a commit more, and it is no promotion. */
function missingCheck(truth: Truth, pull: Pull, base: Sha): string | undefined {
  const proposal = ownProposal(truth, pull)
  if (proposal?.kind !== 'promotion' || !asksForCheck(truth.git.texts(base))) return undefined
  const red = proposal.carries?.find(({ revision }) => !truth.green.has(revision))
  return red && `${demandedCheck.name} is not green on ${red.revision.slice(0, 7)}`
}

/** What a reviewer of this head sees: all that production would get. Any difference asks the owners of that part again. */
export function sightOf(git: MemoryGit, base: Sha, head: Sha): Sight {
  const merged = mergedTree(git, base, head)
  return merged === undefined ? [] : sightOfTrees(git, base, merged)
}

function mergedTree(git: MemoryGit, base: Sha, head: Sha): Sha | undefined {
  const merged = git.mergeTree(base, head)
  return 'tree' in merged ? merged.tree : undefined
}

function production(texts: ReadonlyMap<string, string>, application: string): string {
  return [...texts]
    .filter(([path]) => path.startsWith(`apps/${application}/prod/`))
    .map(([path, text]) => `${path}\n${text}`)
    .join('\n')
}

function touchedInProduction(git: MemoryGit, base: Sha, head: Sha): string[] {
  const [before, after] = [git.texts(base), git.texts(head)]
  return applications.filter((each) => production(before, each) !== production(after, each))
}

function missingApproval(
  { git, github, seen }: Truth,
  pull: Pull,
  base: Sha,
  head: Sha,
  touched: readonly string[],
): string | undefined {
  const state = github.pulls.get(pull.ref.number)
  if (!state) return 'it is unknown'
  const mayWrite = ({ login }: Actor) =>
    ['write', 'maintain', 'admin'].includes(github.people.permissions.get(login) ?? 'none')
  const newest = new Map(
    state.reviews.filter((each) => each.state !== 'commented').map((each) => [each.author.id, each]),
  )
  const objector = [...newest.values()].find(
    (each) => each.state === 'changes-requested' && mayWrite(each.author),
  )
  if (objector) return `${objector.author.login} asks for changes`

  const now = sightOfTrees(git, base, head)
  const authors = new Set([
    pull.author.login,
    ...git.log(base, pull.headSha).map(({ author }) => author.name),
  ])
  const mayCount = ({ login, isBot }: Actor) => !isBot && login !== self.login && !authors.has(login)
  const byReview = [...newest.values()].filter((each) => each.state === 'approved')
  const byComment = state.comments.filter(
    ({ body, isEdited }) => !isEdited && /^\/approve( prod)?$/.test(body),
  )
  const approvals = [
    ...byReview.map(({ id, author }) => ({ author, saw: seen.get(id) })),
    ...byComment.map(({ id, author }) => ({ author, saw: seen.get(commentReviewId(id)) })),
  ].filter(({ author }) => mayCount(author))
  const owners = git.texts(base).get(codeownersPath) ?? ''
  const needed = [
    ...touched.map((application) => ({
      owner: ownerOf(owners, `/apps/${application}/`),
      part: applications.findIndex((each) => each === application),
    })),
    ...(git.texts(head).get(codeownersPath) === owners
      ? []
      : [{ owner: ownerOf(owners, '/CODEOWNERS'), part: applications.length }]),
  ]
  const missing = needed.find(({ owner, part }) => {
    const members = github.people.teams.get(owner.slice(1))
    return !approvals
      .filter(({ saw }) => saw !== undefined && saw[part] === now[part])
      .some(({ author }) => members?.has(author.login) ?? (`@${author.login}` === owner && mayWrite(author)))
  })
  return missing && `${missing.owner} has not approved what is there now`
}

function sightOfTrees(git: MemoryGit, base: Sha, head: Sha): Sight {
  const [before, after] = [git.texts(base), git.texts(head)]
  return applications
    .map((application) => {
      const own = production(after, application)
      return own === production(before, application) ? '' : own
    })
    .concat(after.get(codeownersPath) === before.get(codeownersPath) ? '' : (after.get(codeownersPath) ?? ''))
}

function ownerOf(text: string, pattern: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.startsWith(`${pattern} `))
      ?.split(' ')[1] ?? ''
  )
}

/** Monday to Friday, 09:00 to 17:00 UTC, and neither frozen nor locked by somebody else. */
function closedNow(truth: Truth, pull: Pull, touched: readonly string[]): string | undefined {
  const { now } = truth
  if (ownRevert(truth, pull)) return undefined
  const at = new Date(now)
  const isOfficeHour = at.getUTCHours() >= 9 && at.getUTCHours() < 17
  if (!isOfficeHour || [0, 6].includes(at.getUTCDay())) return 'it is outside office hours'
  const { freezes, locks } = controlsOf(truth)
  const concerns = (each: { application: string; until?: Instant }) =>
    (each.application === '*' || touched.includes(each.application)) && (each.until ?? Infinity) > now
  if (freezes.some(concerns)) return 'production is frozen'
  // What we propose is the change of whoever asked for it.
  const owners = [pull.author.id, ownProposal(truth, pull)?.requestedBy?.id]
  const lock = locks.find((each) => concerns(each) && !owners.includes(each.by.id))
  return lock && `it is locked by ${lock.by.login}`
}

/** What takes a fault back waits for no window, freeze or lock, as long as nobody added to it; and by rule for nobody. */
function ownRevert(truth: Truth, pull: Pull): RevertProposal | undefined {
  const proposal = ownProposal(truth, pull)
  return proposal?.kind === 'revert' ? proposal : undefined
}

function ownProposal({ git }: Truth, { author, headSha }: Pull): Proposal | undefined {
  const head = git.commit(headSha)
  return author.id === self.id && head.author.name === self.login ? parseProposal(head.message) : undefined
}

function overrides(truth: Truth, pull: Pull): (gate: 'approvals' | 'window' | 'promotion') => boolean {
  const standing = controlsOf(truth).overrides.filter(
    (each) => each.pull === pull.ref.number && each.head === pull.headSha && each.until > truth.now,
  )
  return (gate) =>
    new Set(standing.filter((each) => each.gate === gate || each.gate === 'all').map(({ by }) => by.id))
      .size >= 2
}

function controlsOf({ git }: Truth): Pick<Controls, 'freezes' | 'locks' | 'overrides'> {
  const tip = git.branches.get('drawbridge/rendered/prod')
  const text = tip && git.texts(tip).get('controls.json')
  return { freezes: [], locks: [], overrides: [], ...(text && (JSON.parse(text) as Partial<Controls>)) }
}
