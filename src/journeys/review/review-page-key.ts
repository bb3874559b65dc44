import { pullKey, type PullRef } from '../../domain/refs.ts'

/** Where the newest decision about a pull request is kept, for its page. */
export function reviewPageKey(pull: PullRef): string {
  return `review-page/${pullKey(pull)}`
}

/** Where one part of the whole diff is kept. */
export function reviewPartKey(part: string): string {
  return `review-part/${part}`
}
