import type { Action } from '../../domain/action.ts'
import type { Comment, Pull } from '../../domain/pull.ts'
import { type Actor, pullKey, type PullRef } from '../../domain/refs.ts'
import type { Command } from '../../features/commands/command.ts'
import type { Person } from '../../features/commands/rights-table.ts'
import type { CommandPlace } from './command-places.ts'
import type { Ports } from '../ports.ts'
import type { Tip } from '../repository/read-configuration.ts'

export interface CommandContext {
  pull: Pull
  /** The comment that it stands in. */
  comment: Comment
  tip: Tip
  actor: Actor
  person: Person
  command: Command
  places: CommandPlace[]
}

/** What is done and what is said. Nothing was written yet. */
export interface CommandAnswer {
  outcome: string
  body: string
  actions: Action[]
}

/** The marker of the one reply to a command. */
export function answerMarker(commentId: string): string {
  return `answer-${commentId}`
}

/** The effect that ends a command: its reply. While it is not settled, the command is not done. */
export function answerKey(pull: PullRef, commentId: string): string {
  return `comment/${pullKey(pull)}/${answerMarker(commentId)}`
}

/** One comment of ours, known again by its marker. */
export function commentAction(pull: PullRef, marker: string, body: string): Action {
  return { kind: 'upsert-comment', pull, marker, body: `<!-- drawbridge:${marker} -->\n${body}` }
}

export function done(
  ports: Ports,
  context: CommandContext,
  summary: string,
  actions: Action[],
  details: string[] = [],
): CommandAnswer {
  return {
    outcome: 'obeyed',
    body: ports.words.write('notice/done', doneView(context, summary, details)),
    actions,
  }
}

export function doneView({ command, actor }: CommandContext, summary: string, details: string[]) {
  return { command: `/${command.verb}`, by: actor.login, summary, details }
}

export function failed(
  ports: Ports,
  { command, actor }: CommandContext,
  reason: string,
  fix: string,
): CommandAnswer {
  const view = { command: `/${command.verb}`, by: actor.login, reason, whoCould: [], fix }
  return { outcome: 'impossible', body: ports.words.write('notice/refused', view), actions: [] }
}
