import { createHash } from 'node:crypto'
import { type Action, actionKey } from '../../domain/action.ts'
import { fullName } from '../../domain/refs.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { EarlierEffect } from '../../ports/store.ts'
import { openPull } from './open-pull.ts'
import type { Ports } from '../ports.ts'
import { writePlot } from './write-plot.ts'
import { writeDeployments } from './write-deployments.ts'

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
  for (const group of together(actions)) {
    if (isCheck(group[0])) writes += await publishChecks(ports, group.filter(isCheck), actor)
    else if (await performOne(ports, group[0], actor)) writes += 1
  }
  return writes
}

type CheckAction = Extract<Action, { kind: 'publish-check' }>

function isCheck(action: Action): action is CheckAction {
  return action.kind === 'publish-check'
}

/** Checks that follow each other in one repository are one write to GitHub. */
function together(actions: readonly Action[]): [Action, ...Action[]][] {
  const groups: [Action, ...Action[]][] = []
  for (const action of actions) {
    const last = groups.at(-1)
    const joins = last && isCheck(last[0]) && isCheck(action) && isOfSame(last[0], action)
    if (joins) last.push(action)
    else groups.push([action])
  }
  return groups
}

function isOfSame(left: CheckAction, right: CheckAction): boolean {
  return left.repository.id === right.repository.id
}

/** Each with its own intent and outcome; the first that GitHub refused is thrown when the others are settled. */
async function publishChecks(ports: Ports, actions: readonly CheckAction[], actor: string): Promise<number> {
  const writes = []
  for (const action of actions) {
    const earlier = await intend(ports, action)
    writes.push({ check: action.check, knownId: idOf(earlier) })
  }
  const [first] = actions
  const outcomes = first ? await ports.github.publishChecks(first.repository, writes) : []
  let fault: Error | undefined
  for (const [index, action] of actions.entries()) {
    const outcome = outcomes[index]
    if (outcome && 'id' in outcome) await settle(ports, action, outcome, actor)
    else fault ??= outcome?.fault ?? new Error('a check was not answered')
  }
  if (fault) throw fault
  return actions.length
}

async function performOne(ports: Ports, action: Action, actor: string): Promise<boolean> {
  if (action.kind === 'enqueue') {
    await ports.store.queue.enqueue(action.work, action.due)
    return false
  }
  const isDone = isOnce(action) && (await ports.store.effects.find(actionKey(action))).state === 'settled'
  if (isDone || isCheck(action)) return false
  const outcome = await effect(ports, action, await intend(ports, action))
  await settle(ports, action, outcome, actor)
  return true
}

function intend(ports: Ports, action: Action): Promise<EarlierEffect> {
  const fingerprint = createHash('sha256').update(JSON.stringify(action)).digest('hex')
  return ports.store.effects.intend(actionKey(action), fingerprint, ports.clock.now())
}

function settle(ports: Ports, action: Action, outcome: Outcome, actor: string): Promise<void> {
  const key = actionKey(action)
  const entry = { what: action.kind, subject: key, actor, reason: reasonOf(action), data: outcome }
  return ports.store.effects.settle(key, outcome, entry, ports.clock.now())
}

function idOf(earlier: EarlierEffect): string | undefined {
  return earlier.state === 'none' ? undefined : (earlier.outcome?.id as string | undefined)
}

/** Effects that are not repeated even when the state would allow it: asking a person again is a nuisance. */
function isOnce(action: Action): boolean {
  return action.kind === 'request-reviewers' || action.kind === 'react'
}

async function effect(
  ports: Ports,
  action: Exclude<Action, { kind: 'enqueue' | 'publish-check' }>,
  earlier: EarlierEffect,
): Promise<Outcome> {
  const { github } = ports
  const knownId = idOf(earlier)
  switch (action.kind) {
    case 'upsert-comment':
      return github.upsertComment(action.pull, action.marker, action.body, knownId)
    case 'react':
      await github.react(action.pull, action.commentId, action.reaction)
      return {}
    case 'request-reviewers':
      await github.requestReviewers(action.pull, action.users, action.teams)
      return {}
    case 'keep-plot':
      return writePlot(ports, action)
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
    case 'publish-deployments':
      return writeDeployments(ports, action)
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
