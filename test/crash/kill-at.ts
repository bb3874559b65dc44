import type { Ports } from '../../src/journeys/ports.ts'
import type { Cluster } from '../../src/ports/cluster.ts'
import type { GitRepository } from '../../src/ports/git.ts'

/** A call that changes something outside the process, or in its database. */
export type Call =
  | 'comment'
  | 'check'
  | 'push-branch'
  | 'open-pull'
  | 'merge'
  | 'ledger-commit'
  | 'apply'
  | 'delete'
  | 'intend'
  | 'settle'
  | 'claim-delivery'
  | 'finish-delivery'
  | 'claim-work'
  | 'complete-work'

/** Before or after the n-th such call of the process. */
export interface Point {
  when: 'before' | 'after'
  call: Call
  nth: number
}

/** Ends the process at the point: by `kill`, from which nothing returns. */
export function killAt(ports: Ports, point: Point, kill: () => void): Ports {
  let calls = 0
  const around =
    <Arguments extends unknown[], Answer>(call: Call, work: (...given: Arguments) => Promise<Answer>) =>
    async (...given: Arguments): Promise<Answer> => {
      if (call !== point.call) return work(...given)
      calls += 1
      const isHere = calls === point.nth
      if (isHere && point.when === 'before') return dead(kill)
      const answer = await work(...given)
      return isHere ? dead(kill) : answer
    }
  const { github, ledger, store } = ports
  // The worker holds the same store: its parts are replaced in place.
  Object.assign(store.effects, {
    intend: around('intend', store.effects.intend),
    settle: around('settle', store.effects.settle),
  })
  Object.assign(store.inbox, {
    claim: aroundTaking(store.inbox.claim, (taken) => taken.length > 0),
    done: around('finish-delivery', store.inbox.done),
  })
  Object.assign(store.queue, {
    claim: aroundLease(store.queue.claim),
    complete: around('complete-work', store.queue.complete),
  })
  return {
    ...ports,
    github: {
      ...github,
      upsertComment: around('comment', github.upsertComment),
      publishCheck: around('check', github.publishCheck),
      openPull: around('open-pull', github.openPull),
      mergePull: around('merge', github.mergePull),
    },
    ledger: { ...ledger, commit: around('ledger-commit', ledger.commit) },
    async repository(ref) {
      const repository: GitRepository = await ports.repository(ref)
      return { ...repository, push: around('push-branch', repository.push) }
    },
    cluster(name) {
      const cluster: Cluster | undefined = ports.cluster(name)
      return (
        cluster && {
          ...cluster,
          apply: around('apply', cluster.apply),
          delete: around('delete', cluster.delete),
        }
      )
    },
  }

  /** An empty look at the inbox is no claim. */
  function aroundTaking(claim: Ports['store']['inbox']['claim'], counts: (taken: unknown[]) => boolean) {
    return async (...given: Parameters<typeof claim>) => {
      const taken = await claim(...given)
      return counts(taken) ? around('claim-delivery', async () => taken)() : taken
    }
  }

  function aroundLease(claim: Ports['store']['queue']['claim']) {
    return async (...given: Parameters<typeof claim>) => {
      const lease = await claim(...given)
      return lease ? around('claim-work', async () => lease)() : lease
    }
  }
}

function dead(kill: () => void): Promise<never> {
  kill()
  return new Promise(() => undefined)
}
