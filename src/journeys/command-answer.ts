import { pullKey, type PullRef } from '../domain/refs.ts'

/** The marker of the one reply to a command. */
export function answerMarker(commentId: string): string {
  return `answer-${commentId}`
}

/** The effect that ends a command: its reply. While it is not settled, the command is not done. */
export function answerKey(pull: PullRef, commentId: string): string {
  return `comment/${pullKey(pull)}/${answerMarker(commentId)}`
}
