import { type Act, openPullOf, pick, someone, writers } from './act.ts'
import { changeOwners, moveBase, openPull, pushStraight, pushToHead, rebaseHead } from './change-acts.ts'
import { answerCheck } from './check-acts.ts'
import { deleteComment, editApproval, editComment, editIntoCommand, writeCommand } from './comment-acts.ts'
import { anAccount } from './fake-github.ts'
import type { Dice, SimulatedWorld } from './simulated-world.ts'

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
  [4, answerCheck],
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
  [60, answerCheck],
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

/** Whatever the gates say: an administrator can. */
function mergeByHand(world: SimulatedWorld, dice: Dice): string | undefined {
  const pull = openPullOf(world, dice)
  if (!pull) return undefined
  const merged = world.github.merge(anAccount('margaret'), pull.ref.number)
  return merged && `margaret merges #${pull.ref.number} as ${merged.slice(0, 7)}`
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
