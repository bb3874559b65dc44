import type { Probot } from 'probot'
import type { Event } from '../domain/event.ts'
import type { Log } from '../ports/log.ts'
import { toEvents } from './events.ts'

export interface WebhookOptions {
  /** Makes the work of the events durable; the delivery counts as received when it resolves. */
  accept(events: Event[]): Promise<void>
  log: Log
}

/** The table of contents: which webhooks we listen to. Each is translated into our events and handed over; no journey runs here. */
export function webhooks(app: Pick<Probot, 'on'>, { accept, log }: WebhookOptions): void {
  const handOver = async ({ id, name, payload }: { id: string; name: string; payload: unknown }) => {
    const events = toEvents(name, payload)
    if ('malformed' in events) throw new Error(`${name} is not as GitHub documents it: ${events.malformed}`)
    if (events.length === 0) return
    await accept(events)
    log.debug({ delivery: id, event: name, events: events.map(({ kind }) => kind) }, 'events accepted')
  }

  // A pull request is to be judged again.
  app.on('pull_request', handOver)
  app.on(
    ['pull_request_review.submitted', 'pull_request_review.edited', 'pull_request_review.dismissed'],
    handOver,
  )
  app.on(['check_run.rerequested', 'check_suite.rerequested'], handOver)

  // The commit of a merge queue is to be judged.
  app.on('merge_group', handOver)

  // Somebody pressed a button of a check.
  app.on('check_run.requested_action', handOver)

  // Somebody may have given a command. Edited comments are not obeyed.
  app.on('issue_comment.created', handOver)

  // A branch moved: something was merged, or a rendered ref was touched.
  app.on('push', handOver)

  // There are other repositories to look after.
  app.on('installation', handOver)
  app.on('installation_repositories', handOver)
  app.on(['repository.renamed', 'repository.transferred', 'repository.unarchived'], handOver)
}
