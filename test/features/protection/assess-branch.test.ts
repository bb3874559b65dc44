import { describe, expect, it } from 'vitest'
import type { BranchGuard, BranchGuards } from '../../../src/domain/branch-guard.ts'
import { assessBranch } from '../../../src/features/protection/assess-branch.ts'

const appId = '7'

/** Everything that a branch should have. */
const aGuard = (change: Partial<BranchGuard> = {}): BranchGuard => ({
  name: 'branch protection',
  requiredChecks: [{ context: 'drawbridge', appId }],
  isUpToDateRequired: true,
  pullRequests: { dismissesStale: true, asksForApprovalOfLastPush: true },
  blocksForcePush: true,
  blocksDeletion: true,
  hasMergeQueue: false,
  isBypassedByAdmins: false,
  ...change,
})

const bare: BranchGuard = {
  name: 'rule set 3',
  requiredChecks: [],
  isUpToDateRequired: false,
  blocksForcePush: false,
  blocksDeletion: false,
  hasMergeQueue: false,
}

const said = (guards: BranchGuard[], more: Partial<BranchGuards> = {}) =>
  assessBranch({ guards, unread: [], statuses: [], ...more }, { appId }).map(
    ({ state, detail }) => `${state}: ${detail}`,
  )

const pinned = (app: string | undefined) => [{ context: 'drawbridge', ...(app && { appId: app }) }]

/** What several guards ask for adds up: one that asks is enough. */
describe('assessBranch', () => {
  it.each`
    case                                       | guards                                                                                         | said
    ${'nothing is missing'}                    | ${[aGuard()]}                                                                                  | ${['ok: nothing lands past the gates']}
    ${'two guards have all of it together'}    | ${[aGuard({ blocksForcePush: false }), { ...bare, blocksForcePush: true }]}                    | ${['ok: nothing lands past the gates']}
    ${'the check is not required'}             | ${[aGuard({ requiredChecks: [{ context: 'ci' }] })]}                                           | ${['fail: the check drawbridge is not required: merges do not wait for it']}
    ${'only a gate’s check is required'}       | ${[aGuard({ requiredChecks: [{ context: 'drawbridge/render', appId }] })]}                     | ${['fail: the check drawbridge is not required: merges do not wait for it']}
    ${'the check is not pinned'}               | ${[aGuard({ requiredChecks: pinned(undefined) })]}                                             | ${['fail: the check drawbridge may come from any app: everybody with write access can publish one']}
    ${'it is pinned to another app'}           | ${[aGuard({ requiredChecks: pinned('8') })]}                                                   | ${['fail: the check drawbridge is pinned to another app and never comes']}
    ${'one guard pins it, the other does not'} | ${[aGuard({ requiredChecks: pinned(undefined) }), { ...bare, requiredChecks: pinned(appId) }]} | ${['ok: nothing lands past the gates']}
    ${'no pull request is asked for'}          | ${[aGuard({ pullRequests: undefined })]}                                                       | ${['fail: commits can be pushed without a pull request']}
    ${'stale approvals stay'}                  | ${[aGuard({ pullRequests: { dismissesStale: false, asksForApprovalOfLastPush: true } })]}      | ${['warn: approvals outlive the commits they were given for']}
    ${'the last pusher’s approval counts'}     | ${[aGuard({ pullRequests: { dismissesStale: true, asksForApprovalOfLastPush: false } })]}      | ${['warn: whoever pushed last may be the one whose approval counts']}
    ${'force pushes are allowed'}              | ${[aGuard({ blocksForcePush: false })]}                                                        | ${['fail: force pushes are allowed']}
    ${'the branch can be deleted'}             | ${[aGuard({ blocksDeletion: false })]}                                                         | ${['warn: the branch can be deleted']}
    ${'neither up to date nor a queue'}        | ${[aGuard({ isUpToDateRequired: false })]}                                                     | ${['warn: a change that was judged on an older base can be merged']}
    ${'a merge queue instead'}                 | ${[aGuard({ isUpToDateRequired: false, hasMergeQueue: true })]}                                | ${['ok: nothing lands past the gates']}
    ${'admins bypass'}                         | ${[aGuard({ isBypassedByAdmins: true })]}                                                      | ${['warn: admins may merge past the branch protection']}
    ${'a rule set whose bypass is unknown'}    | ${[aGuard({ name: 'rule set 3', isBypassedByAdmins: undefined })]}                             | ${['warn: GitHub does not tell apps who may bypass the rule set 3']}
  `('$case', ({ guards, said: expected }: { guards: BranchGuard[]; said: string[] }) => {
    expect(said(guards)).toEqual(expected)
  })

  it('says all that is missing where nothing guards it, each with what to do', () => {
    const advice = assessBranch({ guards: [], unread: [], statuses: [] }, { appId })
    expect(advice.map(({ state }) => state)).toEqual(['fail', 'fail', 'fail', 'warn', 'warn'])
    expect(advice.every(({ fix }) => fix)).toBe(true)
  })

  it('does not claim what it could not read', () => {
    const unread = [{ what: 'branch protection', permission: 'Administration' }]
    expect(said([], { unread }).filter((each) => each.startsWith('fail'))).toEqual([])
    expect(said([aGuard()], { unread })).toEqual(['warn: branch protection could not be read'])
  })

  it('notices a commit status of the same name', () => {
    expect(said([aGuard()], { statuses: ['ci', 'drawbridge', 'drawbridge/render', 'drawbridges'] })).toEqual([
      'fail: somebody else posts a commit status named drawbridge, like our check',
      'fail: somebody else posts a commit status named drawbridge/render, like our check',
    ])
  })
})
