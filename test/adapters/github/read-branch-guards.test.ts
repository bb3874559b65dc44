import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appId, createWorld, type World } from '../../emulator/github/world.ts'
import { openAdapter } from './open-adapter.ts'

describe('the guards of a branch', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
  })
  afterAll(() => world.close())

  const read = () => {
    const { github, repository } = openAdapter(world)
    return github.branchGuards(repository, 'main')
  }

  it('are none where the branch has none', async () => {
    expect(await read()).toEqual({ guards: [], unread: [], statuses: [] })
  })

  it('are branch protection, rule sets and the statuses on the tip', async () => {
    const { github, repository } = world
    github.protect(repository, 'main', {
      requiredChecks: { strict: true, checks: [{ context: 'drawbridge', appId }, { context: 'ci' }] },
      requiredReviews: { count: 1, dismissStale: true },
      enforceAdmins: true,
    })
    const rule = { rulesetId: 3, branch: 'main' }
    repository.rules.push(
      { ...rule, type: 'non_fast_forward' },
      { ...rule, rulesetId: 4, type: 'deletion' },
      {
        ...rule,
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: [{ context: 'drawbridge', integration_id: 9 }],
        },
      },
    )
    const octokit = await world.asInstallation()
    const at = { owner: 'shop', repo: 'deploy' }
    const { data } = await octokit.rest.repos.getBranch({ ...at, branch: 'main' })
    const status = { ...at, sha: data.commit.sha, state: 'success', context: 'drawbridge' } as const
    await octokit.rest.repos.createCommitStatus(status)
    expect(await read()).toMatchInlineSnapshot(`
      {
        "guards": [
          {
            "blocksDeletion": true,
            "blocksForcePush": true,
            "hasMergeQueue": false,
            "isBypassedByAdmins": false,
            "isUpToDateRequired": true,
            "name": "branch protection",
            "pullRequests": {
              "asksForApprovalOfLastPush": false,
              "dismissesStale": true,
            },
            "requiredChecks": [
              {
                "appId": "7",
                "context": "drawbridge",
              },
              {
                "context": "ci",
              },
            ],
          },
          {
            "blocksDeletion": false,
            "blocksForcePush": true,
            "hasMergeQueue": false,
            "isUpToDateRequired": false,
            "name": "rule set 3",
            "requiredChecks": [
              {
                "appId": "9",
                "context": "drawbridge",
              },
            ],
          },
          {
            "blocksDeletion": true,
            "blocksForcePush": false,
            "hasMergeQueue": false,
            "isUpToDateRequired": false,
            "name": "rule set 4",
            "requiredChecks": [],
          },
        ],
        "statuses": [
          "drawbridge",
        ],
        "unread": [],
      }
    `)
  })

  it('are said to be unread where the app lacks a permission', async () => {
    const { installation } = world
    installation.permissions = { metadata: 'read', contents: 'read' }
    const { guards, unread, statuses } = await read()
    expect(guards.map(({ name }) => name)).toEqual(['rule set 3', 'rule set 4'])
    expect(unread.map(({ permission }) => permission)).toEqual(['Administration', 'Commit statuses'])
    expect(statuses).toBeUndefined()
  })
})
