import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { toEvents } from '../../src/app/events.ts'
import { workFor } from '../../src/app/work-for.ts'

type Payload = Record<string, unknown>
const definitions = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
  name: string
  examples: Payload[]
}[]
const examples = definitions.flatMap(({ name, examples }) => examples.map((payload) => ({ name, payload })))

/** Examples are of hooks of a repository: those of an app carry the installation. */
function example(name: string, action?: string): Payload {
  const found = examples.find(
    (one) => one.name === name && (action === undefined || one.payload['action'] === action),
  )
  const payload = structuredClone(found?.payload)
  return { ...payload, installation: { id: 7 }, ...(name === 'push' && { ref: 'refs/heads/main' }) }
}

const hello = { id: '186853002', owner: 'Codertocat', name: 'Hello-World', installation: '7' }
const codertocat = { id: '21031067', login: 'Codertocat', isBot: false }

describe('toEvents', () => {
  it('does no harm with any payload that GitHub documents', () => {
    expect(examples).toHaveLength(329)
    for (const { name, payload } of examples) {
      const events = toEvents(name, { installation: { id: 7 }, ...payload })
      expect([name, payload['action'], events]).toEqual([name, payload['action'], expect.any(Array)])
      for (const event of events as never[]) expect(workFor(event)).toEqual(expect.any(Array))
    }
  })

  it.each([
    ['pull_request', 'opened', { kind: 'pull-changed', pull: { repository: hello, number: 2 } }],
    ['pull_request', 'synchronize', { kind: 'pull-changed' }],
    ['pull_request', 'closed', { kind: 'pull-changed' }],
    [
      'pull_request_review',
      'submitted',
      {
        kind: 'review-submitted',
        reviewId: '237895671',
        author: codertocat,
        state: 'commented',
        sha: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
      },
    ],
    ['push', undefined, { kind: 'branch-pushed', repository: hello, branch: expect.any(String) }],
    ['check_run', 'rerequested', { kind: 'check-rerequested', sha: expect.any(String) }],
    [
      'check_run',
      'requested_action',
      { kind: 'button-pressed', sha: expect.any(String), identifier: expect.any(String) },
    ],
    ['check_suite', 'rerequested', { kind: 'check-rerequested', repository: hello }],
    [
      'merge_group',
      'checks_requested',
      { kind: 'merge-group', branch: expect.stringContaining('gh-readonly-queue/main/') },
    ],
    ['installation', 'created', { kind: 'repositories-changed', removed: [] }],
    ['installation', 'deleted', { kind: 'repositories-changed', added: [] }],
    ['installation_repositories', 'added', { kind: 'repositories-changed' }],
    [
      'repository',
      'renamed',
      { kind: 'repositories-changed', added: [expect.objectContaining({ installation: '7' })] },
    ],
  ])('%s %s', (name, action, event) => {
    expect(toEvents(name, example(name, action))).toEqual([expect.objectContaining(event)])
  })

  const onPull = (payload: Payload) => ({ ...payload, issue: { number: 3, pull_request: {} } })

  it('takes comments on pull requests only, and only new ones', () => {
    const created = example('issue_comment', 'created')
    expect(toEvents('issue_comment', onPull(created))).toEqual([
      {
        kind: 'comment-created',
        pull: { repository: hello, number: 3 },
        commentId: expect.stringMatching(/^\d+$/),
        author: codertocat,
      },
    ])
    expect(toEvents('issue_comment', created)).toEqual([])
    expect(toEvents('issue_comment', onPull(example('issue_comment', 'edited')))).toEqual([])
    expect(toEvents('issue_comment', onPull(example('issue_comment', 'deleted')))).toEqual([])
  })

  it('takes branches only', () => {
    const push = (ref: string) => toEvents('push', { ...example('push'), ref })
    expect(push('refs/tags/v1')).toEqual([])
    expect(push('refs/heads/a/b')).toEqual([expect.objectContaining({ branch: 'a/b' })])
  })

  it('shows a deleted account as the ghost', () => {
    const payload = { ...onPull(example('issue_comment', 'created')), comment: { id: 5, user: null } }
    expect(toEvents('issue_comment', payload)).toEqual([
      expect.objectContaining({ author: { id: '10137', login: 'ghost', isBot: false } }),
    ])
  })

  it.each([
    [
      'pull_request',
      'opened',
      [
        'repository.id',
        'repository.name',
        'repository.owner.login',
        'installation.id',
        'pull_request.number',
      ],
    ],
    [
      'pull_request_review',
      'submitted',
      [
        'review.id',
        'review.state',
        'review.commit_id',
        'review.user.login',
        'review.user.id',
        'pull_request.number',
        'installation.id',
      ],
    ],
    [
      'push',
      undefined,
      ['ref', 'before', 'after', 'forced', 'sender.id', 'repository.id', 'installation.id'],
    ],
    ['check_run', 'rerequested', ['check_run.head_sha', 'repository.id']],
    ['merge_group', 'checks_requested', ['merge_group.head_ref', 'repository.id']],
    [
      'installation',
      'created',
      ['installation.id', 'repositories.0.id', 'repositories.0.full_name', 'repositories.0.name'],
    ],
    ['installation_repositories', 'added', ['installation.id', 'repositories_added', 'repositories_removed']],
  ])('%s %s with any needed field missing or wrong is malformed, and says which', (name, action, fields) => {
    for (const field of fields) {
      for (const wrong of [undefined, null, '', {}, -1, 1.5, 2 ** 60]) {
        const payload = example(name, action)
        setField(payload, field, wrong)
        const result = toEvents(name, payload)
        const named = field.replace(/\.0\./, '[0].')
        expect([field, wrong, result]).toEqual([field, wrong, { malformed: expect.stringContaining(named) }])
      }
    }
  })

  it.each([
    [undefined],
    [null],
    [1],
    ['text'],
    [[]],
    [{}],
    [{ action: 5 }],
    [{ action: 'opened', __proto__: { number: 1 } }],
  ])('never throws, whatever comes: %j', (payload) => {
    for (const { name } of definitions) expect(() => toEvents(name, payload)).not.toThrow()
    expect(toEvents('constructor', payload)).toEqual([])
  })

  it('survives every single field of every example being null', () => {
    const ours = [
      'pull_request',
      'pull_request_review',
      'issue_comment',
      'push',
      'check_run',
      'check_suite',
      'merge_group',
      'installation',
      'installation_repositories',
      'repository',
    ]
    for (const name of ours) {
      const payload = example(name)
      for (const path of paths(payload, 2)) {
        const broken = structuredClone(payload)
        setField(broken, path, null)
        expect(() => toEvents(name, broken)).not.toThrow()
      }
    }
  })
})

function setField(payload: Payload, path: string, value: unknown): void {
  const names = path.split('.')
  const last = names.pop() ?? ''
  const parent = names.reduce<Payload>((object, name) => object[name] as Payload, payload)
  parent[last] = value
}

function paths(value: unknown, depth: number, prefix = ''): string[] {
  if (depth === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([name, inner]) => [
    `${prefix}${name}`,
    ...paths(inner, depth - 1, `${prefix}${name}.`),
  ])
}
