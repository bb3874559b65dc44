import type { Actor } from '../../src/domain/refs.ts'
import { type Dice, self, type SimulatedWorld } from './simulated-world.ts'
import { anAccount, mainBranch } from './fake-github.ts'
import { commitOf } from './memory-git.ts'
import {
  applications,
  codeowners,
  codeownersPath,
  environments,
  manifest,
  manifestPath,
  settings,
  settingsPath,
} from './shop-files.ts'

/** Says what was done; undefined where there was nothing to do it to. */
type Act = (world: SimulatedWorld, dice: Dice) => string | undefined

const mostOpen = 3
const minute = 60_000

type Acts = readonly (readonly [weight: number, act: Act])[]

/** What people, GitHub and time do, each with its weight: most of it happens to pull requests that are not merged yet. */
const reviewing: Acts = [
  [6, openPull],
  [3, pushToHead],
  [3, rebaseHead],
  [2, moveBase],
  [1, pushStraight],
  [1, changeOwners],
  [6, review],
  [14, approveAsOwner],
  [12, mergeWhatIsOpen],
  [3, dismiss],
  [3, dismissWhatOpened],
  [10, writeCommand],
  [2, editComment],
  [3, editApproval],
  [3, editIntoCommand],
  [2, deleteComment],
  [2, mergeByHand],
  [2, changeDraft],
  [2, closeOrReopen],
  [1, changePeople],
  [8, passSomeTime],
  [1, passToBoundary],
]

/** The same world, where changes are approved and merged one after the other, and much time passes in between. */
const delivering: Acts = [
  [24, openPull],
  [90, approveAsOwner],
  [90, mergeWhatIsOpen],
  [2, mergeByHand],
  [1, pushStraight],
  [2, pushToHead],
  [3, closeOrReopen],
  [20, writeCommand],
  [1, changePeople],
  [100, passSomeTime],
  [1, passToBoundary],
]

const allActs = { reviewing, delivering }
export type Days = keyof typeof allActs

export function actAtRandom(
  world: SimulatedWorld,
  dice: Dice,
  days: Days,
): { name: string; told: string } | undefined {
  const acts = allActs[days]
  const allWeights = acts.reduce((sum, [weight]) => sum + weight, 0)
  // GitHub's times are in seconds: what comes after is later.
  world.moveClock(world.now() + 1_000)
  let place = dice(allWeights)
  const act = acts.find(([weight]) => (place -= weight) < 0)?.[1]
  const told = act?.(world, dice)
  return act && told !== undefined ? { name: act.name, told } : undefined
}

const writers = ['ada', 'grace', 'radia', 'ken', 'margaret'] as const
const everybody = [...writers, 'eve'] as const

export function pick<T>(list: readonly T[], dice: Dice): T | undefined {
  return list[dice(Math.max(1, list.length))]
}

function someone(dice: Dice, among: readonly string[] = everybody): Actor {
  return anAccount(pick(among, dice) ?? 'ada')
}

function openPullOf({ github }: SimulatedWorld, dice: Dice) {
  return pick(github.openPulls(), dice)
}

/** Another version, other replicas or other settings, in one place or in both. */
function randomFiles(dice: Dice): Record<string, string> {
  const application = pick(applications, dice) ?? 'checkout'
  const places = dice(3) === 0 ? environments : [pick(environments, dice) ?? 'prod']
  if (dice(3) === 0) {
    const text = settings(application, dice(4))
    return Object.fromEntries(places.map((environment) => [settingsPath(application, environment), text]))
  }
  const text = manifest(application, `1.${dice(4)}.0`, 2 + dice(2))
  return Object.fromEntries(places.map((environment) => [manifestPath(application, environment), text]))
}

function commitFiles(
  { git, now }: SimulatedWorld,
  parent: string,
  files: Record<string, string>,
  by: string,
): string {
  return git.writeCommit(commitOf(git.writeTree(parent, files), [parent], `change at ${now()}`, by, now()))
}

function openPull(world: SimulatedWorld, dice: Dice): string | undefined {
  const { git, github } = world
  if (github.openPulls().length >= mostOpen) return undefined
  const by = someone(dice, writers)
  const branch = `change-${github.pulls.size + 1}`
  const files = dice(8) === 0 ? { [codeownersPath]: codeowners('ken') } : randomFiles(dice)
  const commit = commitFiles(world, git.branches.get(mainBranch) ?? '', files, by.login)
  github.push(by, branch, commit, false)
  const number = github.openPull(by, branch, `Change ${Object.keys(files).join(' and ')}`)
  return `${by.login} opens #${number}: ${Object.keys(files).join(', ')}`
}

function pushToHead(world: SimulatedWorld, dice: Dice): string | undefined {
  const pull = openPullOf(world, dice)
  if (!pull) return undefined
  const by = someone(dice, writers)
  world.github.push(by, pull.headBranch, commitFiles(world, pull.headSha, randomFiles(dice), by.login), false)
  return `${by.login} pushes to #${pull.ref.number}`
}

/** The same change upon the tip of the base, as one commit; GitHub may carry reviews along. */
function rebaseHead(world: SimulatedWorld, dice: Dice): string | undefined {
  const { git, github, now } = world
  const pull = openPullOf(world, dice)
  const merged = pull && git.mergeTree(pull.baseSha, pull.headSha)
  if (!merged || 'conflicts' in merged) return undefined
  const by = someone(dice, writers)
  const commit = git.writeCommit(commitOf(merged.tree, [pull.baseSha], 'rebased', by.login, now()))
  github.push(by, pull.headBranch, commit, true)
  const isRebound = dice(2) === 0
  if (isRebound) github.rebindReviews(pull.ref.number)
  return `${by.login} rebases #${pull.ref.number}${isRebound ? '; its reviews move along' : ''}`
}

/** A commit on the base that no gate is about. */
function moveBase(world: SimulatedWorld, dice: Dice): string {
  const { git, github } = world
  const files = { [`notes/${dice(3)}.md`]: `${dice(1_000)}\n` }
  const commit = commitFiles(world, git.branches.get(mainBranch) ?? '', files, 'margaret')
  github.push(anAccount('margaret'), mainBranch, commit, false)
  return 'margaret pushes a note to main'
}

/** What nobody reviewed. */
function pushStraight(world: SimulatedWorld, dice: Dice): string {
  const { git, github } = world
  const files = randomFiles(dice)
  const commit = commitFiles(world, git.branches.get(mainBranch) ?? '', files, 'margaret')
  github.push(anAccount('margaret'), mainBranch, commit, false)
  return `margaret pushes ${Object.keys(files).join(', ')} straight to main`
}

function changeOwners(world: SimulatedWorld, dice: Dice): string {
  const { git, github } = world
  const owner = pick(['grace', 'radia'], dice) ?? 'grace'
  const files = { [codeownersPath]: codeowners(owner) }
  const commit = commitFiles(world, git.branches.get(mainBranch) ?? '', files, 'margaret')
  github.push(anAccount('margaret'), mainBranch, commit, false)
  return `margaret gives search to ${owner}`
}

function review(world: SimulatedWorld, dice: Dice): string | undefined {
  const pull = openPullOf(world, dice)
  if (!pull) return undefined
  const by = someone(dice, ['ada', 'grace', 'grace', 'radia', 'radia', 'ken', 'eve'])
  const state = pick(['approved', 'approved', 'approved', 'changes-requested', 'commented'] as const, dice)
  if (state) world.github.review(by, pull.ref.number, state)
  return `${by.login}: ${state} on #${pull.ref.number} at ${pull.headSha.slice(0, 7)}`
}

/** Those who own something look, and are content. */
function approveAsOwner(world: SimulatedWorld, dice: Dice): string | undefined {
  const pull = openPullOf(world, dice)
  if (!pull) return undefined
  const by = someone(dice, ['grace', 'radia', 'radia'])
  world.github.review(by, pull.ref.number, 'approved')
  return `${by.login}: approved on #${pull.ref.number} at ${pull.headSha.slice(0, 7)}`
}

/** Those that our check lets people merge. */
export function passing({ github }: SimulatedWorld) {
  return github
    .openPulls()
    .filter(({ headSha }) =>
      github.runs
        .get(headSha)
        ?.some(({ name, conclusion }) => name === 'drawbridge' && conclusion === 'success'),
    )
}

/** What the button allows where our check is required. */
function mergeWhatIsOpen(world: SimulatedWorld, dice: Dice): string | undefined {
  const { github } = world
  const pull = pick(passing(world), dice)
  const merged = pull && github.merge(someone(dice, writers), pull.ref.number)
  return merged && `#${pull.ref.number}, which is open, is merged as ${merged.slice(0, 7)}`
}

function dismiss(world: SimulatedWorld, dice: Dice): string | undefined {
  const pull = openPullOf(world, dice)
  const reviews = pull && world.github.pulls.get(pull.ref.number)?.reviews
  const chosen = pick(
    reviews?.filter(({ state }) => state !== 'commented' && state !== 'dismissed') ?? [],
    dice,
  )
  if (!pull || !chosen) return undefined
  world.github.dismiss(pull.ref.number, chosen.id)
  return `the review of ${chosen.author.login} on #${pull.ref.number} is dismissed`
}

/** Of a pull request that may be merged, one of those who let it. */
function dismissWhatOpened(world: SimulatedWorld, dice: Dice): string | undefined {
  const { github } = world
  const approvals = passing(world).flatMap(({ ref: { number } }) =>
    (github.pulls.get(number)?.reviews ?? [])
      .filter(({ state }) => state === 'approved')
      .map((given) => ({ number, given })),
  )
  const chosen = pick(approvals, dice)
  if (!chosen) return undefined
  github.dismiss(chosen.number, chosen.given.id)
  return `the approval of ${chosen.given.author.login} on #${chosen.number}, which is open, is dismissed`
}

const comments = [
  '/approve',
  '/approve',
  '/approve prod',
  '/override approvals it is late',
  '/override window it is late',
  '/override all it is late',
  '/override all --until 2h it is late',
  '/lock prod search --until 20m trying something',
  '/lock prod trying something',
  '/unlock prod',
  '/unlock prod search',
  '/freeze prod the auditors are here',
  '/freeze prod checkout --until 30m a sale',
  '/unfreeze prod',
  '/promote prod',
  '/promote prod checkout',
  '/pin checkout prod it is slow',
  '/unpin checkout prod',
  '/hold search prod the sale is on',
  '/unhold search prod',
  '/revert checkout prod',
  '/recheck',
  '/explain',
  '/aprove',
  'looks good to me',
]

function writeCommand(world: SimulatedWorld, dice: Dice): string | undefined {
  const pull = openPullOf(world, dice)
  if (!pull) return undefined
  const by = someone(dice, [...everybody, 'radia', 'margaret'])
  const body = pick(comments, dice) ?? '/help'
  world.github.comment(by, pull.ref.number, body)
  return `${by.login} writes "${body}" on #${pull.ref.number}`
}

function someComment(world: SimulatedWorld, dice: Dice) {
  const pull = openPullOf(world, dice)
  const written = pull && world.github.pulls.get(pull.ref.number)?.comments
  const chosen = pick(written?.filter(({ author }) => author.id !== self.id) ?? [], dice)
  return pull && chosen && { number: pull.ref.number, chosen }
}

function editComment(world: SimulatedWorld, dice: Dice): string | undefined {
  const found = someComment(world, dice)
  if (!found) return undefined
  const body = pick(comments, dice) ?? ''
  world.github.editComment(found.number, found.chosen.id, body)
  return `the comment ${found.chosen.id} of ${found.chosen.author.login} on #${found.number} becomes "${body}"`
}

function deleteComment(world: SimulatedWorld, dice: Dice): string | undefined {
  const found = someComment(world, dice)
  if (!found) return undefined
  world.github.deleteComment(found.number, found.chosen.id)
  return `the comment ${found.chosen.id} of ${found.chosen.author.login} on #${found.number} is deleted`
}

/** Whatever the gates say: an administrator can. */
function mergeByHand(world: SimulatedWorld, dice: Dice): string | undefined {
  const pull = openPullOf(world, dice)
  if (!pull) return undefined
  const merged = world.github.merge(anAccount('margaret'), pull.ref.number)
  return merged && `margaret merges #${pull.ref.number} as ${merged.slice(0, 7)}`
}

/** A comment that says nothing becomes a command before anybody has read it. */
function editIntoCommand(world: SimulatedWorld, dice: Dice): string | undefined {
  const pull = openPullOf(world, dice)
  if (!pull) return undefined
  const { number } = pull.ref
  const by = someone(dice, ['radia', 'margaret'])
  world.github.comment(by, number, 'looks good to me')
  const id = world.github.pulls.get(number)?.comments.at(-1)?.id ?? ''
  const body =
    pick(
      ['/approve', '/override all it is late', '/override approvals it is late', '/freeze prod now'],
      dice,
    ) ?? ''
  world.github.editComment(number, id, body)
  return `${by.login} writes on #${number} and edits it into "${body}"`
}

/** Whoever approved by a comment takes it back, or writes it anew: what it says now is not what was said then. */
function editApproval(world: SimulatedWorld, dice: Dice): string | undefined {
  const approvals = world.github
    .openPulls()
    .flatMap(({ ref: { number } }) =>
      (world.github.pulls.get(number)?.comments ?? [])
        .filter(
          ({ body, isEdited, author }) => body.startsWith('/approve') && !isEdited && author.id !== self.id,
        )
        .map(({ id, author }) => ({ number, id, author })),
    )
  const chosen = pick(approvals, dice)
  if (!chosen) return undefined
  const body = pick(['on second thoughts, no', '/approve', '/approve prod'], dice) ?? ''
  world.github.editComment(chosen.number, chosen.id, body)
  return `${chosen.author.login} edits the approval ${chosen.id} of #${chosen.number} into "${body}"`
}

function changeDraft(world: SimulatedWorld, dice: Dice): string | undefined {
  const pull = openPullOf(world, dice)
  if (!pull) return undefined
  world.github.setDraft(pull.ref.number, !pull.isDraft)
  return `#${pull.ref.number} is ${pull.isDraft ? 'ready' : 'a draft'}`
}

function closeOrReopen(world: SimulatedWorld, dice: Dice): string | undefined {
  const { github } = world
  const pulls = [...github.pulls.values()].filter(({ pull }) => pull.state !== 'merged')
  const chosen = pick(pulls, dice)?.pull
  if (!chosen) return undefined
  const isClosed = chosen.state === 'closed'
  // A branch has one open pull request.
  if (isClosed && github.openPulls().some(({ headBranch }) => headBranch === chosen.headBranch))
    return undefined
  github.setOpen(chosen.ref.number, isClosed)
  return `#${chosen.ref.number} is ${isClosed ? 'opened again' : 'closed'}`
}

function changePeople({ github: { people } }: SimulatedWorld, dice: Dice): string {
  const login = pick(['grace', 'radia', 'ken'], dice) ?? 'ken'
  if (dice(2) === 0) {
    const permission = pick(['read', 'write'] as const, dice) ?? 'read'
    people.permissions.set(login, permission)
    return `${login} has ${permission} permission`
  }
  const team = people.teams.get('shop/checkout')
  if (team?.delete(login)) return `${login} leaves @shop/checkout`
  team?.add(login)
  return `${login} joins @shop/checkout`
}

function passSomeTime(world: SimulatedWorld, dice: Dice): string {
  const seconds = 1 + dice(dice(2) === 0 ? 30 : 240)
  world.moveClock(world.now() + seconds * 1_000)
  return `${seconds} s pass`
}

/** To a moment at one of the ends of the working day, or shortly before or after. */
function passToBoundary(world: SimulatedWorld, dice: Dice): string {
  const { now } = world
  const day = new Date(now()).setUTCHours(0, 0, 0, 0)
  const boundaries = [9, 17, 33].map((hour) => day + hour * 60 * minute)
  const next = boundaries.find((each) => each > now() + minute) ?? now()
  world.moveClock(next + (dice(3) - 1) * 500)
  return `it is ${new Date(world.now()).toISOString()}`
}
