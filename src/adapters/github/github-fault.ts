import { AdapterError } from '../../ports/adapter-error.ts'

/** GitHub understood the request and said no: the caller knows what each status means. */
export class GitHubRefusal extends AdapterError {
  readonly status: number
  /** GitHub's own words, without credentials; for sorting answers and for people. */
  readonly reason: string

  constructor(operation: string, target: string, status: number, reason: string) {
    super({ system: 'github', operation, target, retryable: false, message: `answered ${status}: ${reason}` })
    this.status = status
    this.reason = reason
  }
}

/** A fault that passes: the worker tries again, after `retryAfterMs` where GitHub named a time. */
export function passingFault(
  operation: string,
  target: string,
  message: string,
  more: { retryAfterMs?: number; cause?: unknown } = {},
): AdapterError {
  return new AdapterError({ system: 'github', operation, target, retryable: true, message, ...more })
}

/** The answer, or undefined where GitHub has no such thing (404, 410). */
export async function orUndefined<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (error) {
    if (hasStatus(error, 404, 410)) return undefined
    throw error
  }
}

/** The answer, or undefined where we lack the permission: GitHub refuses the call (403), or to mint a token for it (422). */
export async function ifPermitted<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (error) {
    if (hasStatus(error, 403, 422)) return undefined
    throw error
  }
}

export function hasStatus(error: unknown, ...statuses: number[]): error is GitHubRefusal {
  return error instanceof GitHubRefusal && statuses.includes(error.status)
}

/** Message and details of an error's body, at most 300 characters. Bodies that are no such thing give nothing away. */
export function reasonOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return 'without a reason'
  const { message, errors } = body as { message?: unknown; errors?: unknown }
  const details = (Array.isArray(errors) ? errors : []).map((detail: unknown) =>
    typeof detail === 'object' && detail !== null ? (detail as { message?: unknown }).message : detail,
  )
  const words = [message, ...details].filter((word): word is string => typeof word === 'string')
  return (
    words
      .join('; ')
      .replace(/\bgh[a-z]_\w+|\bgithub_pat_\w+/g, '***')
      .slice(0, 300) || 'without a reason'
  )
}
