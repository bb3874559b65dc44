import { openPullOf, pick, someone, writers } from './act.ts'
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
import type { Dice, SimulatedWorld } from './simulated-world.ts'

const mostOpen = 3

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

export function openPull(world: SimulatedWorld, dice: Dice): string | undefined {
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

export function pushToHead(world: SimulatedWorld, dice: Dice): string | undefined {
  const pull = openPullOf(world, dice)
  if (!pull) return undefined
  const by = someone(dice, writers)
  world.github.push(by, pull.headBranch, commitFiles(world, pull.headSha, randomFiles(dice), by.login), false)
  return `${by.login} pushes to #${pull.ref.number}`
}

/** The same change upon the tip of the base, as one commit; GitHub may carry reviews along. */
export function rebaseHead(world: SimulatedWorld, dice: Dice): string | undefined {
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
export function moveBase(world: SimulatedWorld, dice: Dice): string {
  const { git, github } = world
  const files = { [`notes/${dice(3)}.md`]: `${dice(1_000)}\n` }
  const commit = commitFiles(world, git.branches.get(mainBranch) ?? '', files, 'margaret')
  github.push(anAccount('margaret'), mainBranch, commit, false)
  return 'margaret pushes a note to main'
}

/** What nobody reviewed. */
export function pushStraight(world: SimulatedWorld, dice: Dice): string {
  const { git, github } = world
  const files = randomFiles(dice)
  const commit = commitFiles(world, git.branches.get(mainBranch) ?? '', files, 'margaret')
  github.push(anAccount('margaret'), mainBranch, commit, false)
  return `margaret pushes ${Object.keys(files).join(', ')} straight to main`
}

export function changeOwners(world: SimulatedWorld, dice: Dice): string {
  const { git, github } = world
  const owner = pick(['grace', 'radia'], dice) ?? 'grace'
  const files = { [codeownersPath]: codeowners(owner) }
  const commit = commitFiles(world, git.branches.get(mainBranch) ?? '', files, 'margaret')
  github.push(anAccount('margaret'), mainBranch, commit, false)
  return `margaret gives search to ${owner}`
}
