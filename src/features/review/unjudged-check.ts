import { createHash } from 'node:crypto'
import type { CheckToPublish } from '../../domain/action.ts'
import type { Sha } from '../../domain/refs.ts'
import { renderAgain } from './check-buttons.ts'
import { clip } from './comment-size.ts'
import type { Write } from './review-view.ts'
import { writePlain } from './write-check.ts'

/** The check that people require; it passes when every gate is open. */
export const aggregateName = 'drawbridge'

/** Why no verdict stands behind a check. */
export type Unjudged =
  | { kind: 'begun' }
  | { kind: 'conflict'; branch: string; paths: string[] }
  | { kind: 'failed'; reason: string }
  | { kind: 'stuck'; minutes: number }
  | { kind: 'overtaken'; by: Sha }
  | { kind: 'closed' }

/** The aggregate check, or that of one gate, of a commit that is not judged: in progress while a look is under way, closed in every other case. */
export function unjudgedCheck(
  write: Write,
  sha: Sha,
  unjudged: Unjudged,
  detailsUrl: string | undefined,
  name: string = aggregateName,
): CheckToPublish {
  const { title, text, fix, paths = [] } = wordsOf(unjudged)
  const content = {
    name,
    sha,
    ...(unjudged.kind === 'begun'
      ? { status: 'in_progress' as const }
      : { status: 'completed' as const, conclusion: 'failure' as const }),
    title: writePlain(write, clip(title, longestTitle)),
    summary: write('check/unjudged', { text, fix, paths: paths.slice(0, mostPaths) }),
    annotations: [],
    detailsUrl,
    buttons: unjudged.kind === 'begun' ? [] : [renderAgain],
  }
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  return { ...content, fingerprint: `${unjudged.kind}-${hash.slice(0, 20)}` }
}

const longestTitle = 100
const mostPaths = 100

interface UnjudgedWords {
  title: string
  text: string
  fix: string
  paths?: string[]
}

function wordsOf(unjudged: Unjudged): UnjudgedWords {
  switch (unjudged.kind) {
    case 'begun':
      return {
        title: 'Rendering and asking every gate',
        text: 'This commit is being looked at',
        fix: 'wait; nothing is decided yet',
      }
    case 'conflict': {
      const { branch, paths } = unjudged
      return {
        title: `Conflicts with ${branch} in ${paths.length} ${paths.length === 1 ? 'file' : 'files'}`,
        text: `What this change would do cannot be told before it merges cleanly with ${branch}. These files conflict`,
        fix: `merge or rebase ${branch} into this branch and push`,
        paths,
      }
    }
    case 'failed':
      return {
        title: `Could not be judged: ${unjudged.reason}`,
        text: `This commit could not be judged: ${unjudged.reason}. The gate stays closed`,
        fix: 'it is tried again every few minutes; /recheck, or “Re-run”, tries at once',
      }
    case 'stuck':
      return {
        title: `Not judged within ${unjudged.minutes} minutes`,
        text: `The look at this commit began more than ${unjudged.minutes} minutes ago and has not ended. The gate stays closed`,
        fix: 'it is tried again every few minutes; /recheck, or “Re-run”, tries at once',
      }
    case 'overtaken':
      return {
        title: 'Overtaken by a newer commit',
        text: `The look at this commit was not ended, because ${unjudged.by.slice(0, 7)} came after it`,
        fix: 'look at the check of the newer commit',
      }
    case 'closed':
      return {
        title: 'The pull request was closed before this commit was judged',
        text: 'Nobody waits for an answer about this commit any more',
        fix: 'reopen the pull request to have it judged',
      }
  }
}
