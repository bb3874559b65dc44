import { beforeEach, describe, expect, it } from 'vitest'
import { perform } from '../../src/journeys/perform/perform.ts'
import { recordMerge } from '../../src/journeys/release/record-merge.ts'
import { reviewPullRequest } from '../../src/journeys/review/review-pull-request.ts'
import { runCommand } from '../../src/journeys/commands/run-command.ts'
import { anAccount, mainBranch } from './fake-github.ts'
import { commitOf } from './memory-git.ts'
import { manifest, manifestPath, settings, settingsPath } from './shop-files.ts'
import { createSimulatedWorld, quietHooks, repository, type SimulatedWorld } from './simulated-world.ts'

/** Orders of events that once ended wrong, each as short as it can be told. */
describe('what is heard of late', () => {
  let world: SimulatedWorld
  const ref = { repository, number: 1 }

  beforeEach(async () => {
    world = createSimulatedWorld(quietHooks)
    await recordMerge(world.ports, repository)
    later()
    push('change', { [manifestPath('checkout', 'prod')]: manifest('checkout', '1.1.0') }, 'ada')
    world.github.openPull(anAccount('ada'), 'change', 'Checkout 1.1.0')
    await look()
    later()
  })

  function later(): void {
    world.moveClock(world.now() + 60_000)
  }

  function push(branch: string, files: Record<string, string>, by: string, isForced = false): void {
    const { git, github, now } = world
    const main = git.branches.get(mainBranch) ?? ''
    const parent = isForced ? main : (git.branches.get(branch) ?? main)
    const commit = git.writeCommit(commitOf(git.writeTree(parent, files), [parent], 'change', by, now()))
    github.push(anAccount(by), branch, commit, isForced)
  }

  async function look(): Promise<string | undefined> {
    await reviewPullRequest(world.ports, ref)
    const runs = world.github.runs.get(world.github.pull(1).headSha)
    return runs?.find(({ name }) => name === 'drawbridge')?.conclusion
  }

  const moveBase = () =>
    push(mainBranch, { [settingsPath('checkout', 'prod')]: settings('checkout', 3) }, 'ken')

  it('opens the gate for a review that is seen late, where nothing moved meanwhile', async () => {
    world.github.review(anAccount('radia'), 1, 'approved')
    later()
    expect(await look()).toBe('success')
  })

  it('does not count a review for a base that came after it', async () => {
    world.github.review(anAccount('radia'), 1, 'approved')
    later()
    moveBase()
    later()
    expect(await look()).toBe('action_required')
  })

  it('counts it where the base moved elsewhere', async () => {
    world.github.review(anAccount('radia'), 1, 'approved')
    later()
    push(mainBranch, { 'notes/1.md': 'a note\n' }, 'ken')
    later()
    expect(await look()).toBe('success')
  })

  it('does not count /approve for a base that came before it was obeyed', async () => {
    world.github.comment(anAccount('radia'), 1, '/approve')
    const id = world.github.pulls.get(1)?.comments.at(-1)?.id ?? ''
    later()
    moveBase()
    later()
    await runCommand(world.ports, ref, id)
    expect(await look()).toBe('action_required')
  })

  it('does not count a review that GitHub moves along to a head it never was about', async () => {
    world.github.review(anAccount('radia'), 1, 'approved')
    later()
    push('change', { [manifestPath('checkout', 'prod')]: manifest('checkout', '6.6.6') }, 'ken', true)
    world.github.rebindReviews(1)
    later()
    expect(await look()).toBe('action_required')
  })

  it('does not release what was merged on a review of another base', async () => {
    world.github.review(anAccount('radia'), 1, 'approved')
    later()
    moveBase()
    later()
    world.github.merge(anAccount('margaret'), 1)
    await recordMerge(world.ports, repository)
    const state = await world.ports.ledger.read(repository, 'prod')
    expect(state?.attestations.map(({ images }) => images['registry.shop.example/checkout'])).not.toContain(
      '1.1.0',
    )
  })

  it('says that a change conflicts where it said that the change may be merged', async () => {
    push(mainBranch, { [manifestPath('checkout', 'prod')]: manifest('checkout', '2.0.0') }, 'ken')
    expect(await look()).toBe('failure')
    const [comment] = world.github.pulls.get(1)?.comments ?? []
    expect(comment?.body).toContain('Conflicts with `main` in 1 file')
  })

  it('asks nobody twice who took their name off, however often the head moves', async () => {
    const asking = (sha: string) =>
      perform(world.ports, [{ kind: 'request-reviewers', pull: ref, sha, users: ['grace'], teams: [] }])
    await asking('a'.repeat(40))
    const requested = world.github.pulls.get(1)?.requested.users
    requested?.delete('grace')
    await asking('b'.repeat(40))
    await asking('b'.repeat(40))
    expect([...(requested ?? [])]).toEqual([])
  })
})
