import { createHash } from 'node:crypto'
import { type Action, actionKey } from '../domain/action.ts'
import { fullName } from '../domain/refs.ts'
import { unreachable } from '../domain/unreachable.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { EarlierEffect } from '../ports/store.ts'
import { openPull } from './open-pull.ts'
import type { Ports } from './ports.ts'

type Outcome = Record<string, unknown>

/**
 * Carries actions out in order: intent, effect, outcome. Every effect looks before it writes, so that a crash between
 * any two steps, followed by the same journey again, ends in the same state. Answers how many writes were made.
 */
export async function perform(
  ports: Ports,
  actions: readonly Action[],
  actor = 'drawbridge',
): Promise<number> {
  let writes = 0
  for (const action of actions) {
    if (await performOne(ports, action, actor)) writes += 1
  }
  return writes
}

async function performOne(ports: Ports, action: Action, actor: string): Promise<boolean> {
  if (action.kind === 'enqueue') {
    await ports.store.queue.enqueue(action.work, action.due)
    return false
  }
  const key = actionKey(action)
  const fingerprint = createHash('sha256').update(JSON.stringify(action)).digest('hex')
  if (isOnce(action) && (await ports.store.effects.find(key)).state === 'settled') return false
  const earlier = await ports.store.effects.intend(key, fingerprint, ports.clock.now())
  const outcome = await effect(ports, action, earlier)
  const entry = { what: action.kind, subject: key, actor, reason: reasonOf(action), data: outcome }
  await ports.store.effects.settle(key, outcome, entry, ports.clock.now())
  return true
}

/** Effects that are not repeated even when the state would allow it: asking a person again is a nuisance. */
function isOnce(action: Action): boolean {
  return action.kind === 'request-reviewers' || action.kind === 'react'
}

async function effect(
  ports: Ports,
  action: Exclude<Action, { kind: 'enqueue' }>,
  earlier: EarlierEffect,
): Promise<Outcome> {
  const { github } = ports
  const knownId = earlier.state === 'none' ? undefined : (earlier.outcome?.id as string | undefined)
  switch (action.kind) {
    case 'upsert-comment':
      return github.upsertComment(action.pull, action.marker, action.body, knownId)
    case 'react':
      await github.react(action.pull, action.commentId, action.reaction)
      return {}
    case 'publish-check':
      return github.publishCheck(action.repository, action.check, knownId)
    case 'request-reviewers':
      await github.requestReviewers(action.pull, action.users, action.teams)
      return {}
    case 'open-pull':
      return openPull(ports, action.repository, action.proposal)
    case 'merge-pull':
      return mergePull(ports, action, earlier)
    case 'open-issue':
      return (await github.openIssue(action.repository, action.marker, action.title, action.body)) ?? {}
    case 'close-pull':
      await github.upsertComment(action.pull, 'closed', action.comment, knownId)
      await github.closePull(action.pull)
      return {}
    case 'commit-ledger':
      return commitLedger(ports, action)
    default:
      return unreachable(action)
  }
}

/** Tries are counted with the outcome: how long to wait, and when to ask a person, depends on them. */
async function mergePull(
  { github, clock }: Ports,
  { pull, sha, method, title }: Extract<Action, { kind: 'merge-pull' }>,
  earlier: EarlierEffect,
): Promise<Outcome> {
  const before = earlier.state === 'none' ? 0 : (earlier.outcome?.['tries'] ?? 0)
  const answer = await github.mergePull(pull, sha, method, title)
  return { ...answer, tries: Number(before) + 1, at: clock.now() }
}

async function commitLedger(
  ports: Ports,
  action: Extract<Action, { kind: 'commit-ledger' }>,
): Promise<Outcome> {
  const { repository, environment, expected, change, message } = action
  const answer = await ports.ledger.commit(repository, environment, expected, change, message)
  if (answer.kind === 'conflict') {
    throw new AdapterError({
      system: 'git',
      operation: 'commit-ledger',
      target: `${fullName(repository)} ${environment}`,
      retryable: true,
      message: 'the rendered ref moved meanwhile; it is read again',
    })
  }
  return { commit: answer.commit, sequence: answer.sequence }
}

function reasonOf(action: Action): string {
  switch (action.kind) {
    case 'publish-check':
      return `${action.check.conclusion ?? action.check.status}: ${action.check.title}`
    case 'commit-ledger':
      return action.message.split('\n', 1)[0] ?? ''
    case 'open-pull':
      return action.proposal.title
    case 'merge-pull':
    case 'open-issue':
      return action.title
    default:
      return ''
  }
}
