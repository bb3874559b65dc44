import { describe, expect, it } from 'vitest'
import { workFor } from '../../src/app/work-for.ts'
import type { Event } from '../../src/domain/event.ts'

const repository = { id: '42', owner: 'shop', name: 'deploy', installation: '7' }
const pull = { repository, number: 12 }
const ada = { id: '1', login: 'ada', isBot: false }
const bot = { id: '2', login: 'drawbridge[bot]', isBot: true }
const sha = 'a'.repeat(40)
const push = {
  kind: 'branch-pushed',
  repository,
  before: sha,
  after: sha,
  isForced: false,
  pusher: ada,
} as const

describe('workFor', () => {
  it.each`
    case                        | event                                                                                     | kinds
    ${'a changed pull request'} | ${{ kind: 'pull-changed', pull }}                                                         | ${['review-pull']}
    ${'a review'}               | ${{ kind: 'review-submitted', pull, reviewId: '1', author: ada, state: 'approved', sha }} | ${['review-pull']}
    ${'a person’s comment'}     | ${{ kind: 'comment-created', pull, commentId: '5', author: ada }}                         | ${['run-command']}
    ${'a bot’s comment'}        | ${{ kind: 'comment-created', pull, commentId: '5', author: bot }}                         | ${[]}
    ${'a push'}                 | ${{ ...push, branch: 'main' }}                                                            | ${['record-merge', 'sweep']}
    ${'a rendered ref'}         | ${{ ...push, branch: 'drawbridge/rendered/prod' }}                                        | ${['advance-rollouts', 'record-merge']}
    ${'a branch of ours'}       | ${{ ...push, branch: 'drawbridge/promote/checkout' }}                                     | ${[]}
    ${'checks asked for again'} | ${{ kind: 'check-rerequested', repository, sha }}                                         | ${['rerun-checks']}
    ${'a pressed button'}       | ${{ kind: 'button-pressed', repository, sha, identifier: 're-render', actor: ada }}       | ${['press-button']}
    ${'a merge group'}          | ${{ kind: 'merge-group', repository, branch: `gh-readonly-queue/main/pr-7-${sha}` }}      | ${['judge-group']}
    ${'a new repository'}       | ${{ kind: 'repositories-changed', installation: '7', added: [repository], removed: [] }}  | ${['sweep']}
    ${'a removed repository'}   | ${{ kind: 'repositories-changed', installation: '7', added: [], removed: [repository] }}  | ${[]}
  `('$case → $kinds', ({ event, kinds }: { event: Event; kinds: string[] }) => {
    expect(workFor(event).map(({ work }) => work.kind)).toEqual(kinds)
  })

  it('names the environment of a rendered ref', () => {
    expect(workFor({ ...push, branch: 'drawbridge/rendered/prod' })[0]?.work).toEqual({
      kind: 'advance-rollouts',
      repository,
      environment: 'prod',
    })
  })
})
