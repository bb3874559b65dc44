import type { GitRepository } from '../../src/ports/git.ts'
import type { Ports } from '../../src/journeys/ports.ts'

/** Writes to the world and to the store at which a process may be ended, each before and after it happened. */
export const crashPoints = [
  'after github.publishChecks',
  'after github.upsertComment',
  'after effects.intend',
  'before effects.settle',
  'after git.push',
  'before github.openPull',
  'after github.openPull',
  'after github.mergePull',
  'after ledger.commit',
  'before cluster.apply',
  'after cluster.apply',
  'before cluster.replace',
  'after cluster.replace',
  'before releases.put',
] as const
export type CrashPoint = (typeof crashPoints)[number]

/** The ports, with a call of `reach` right before and right after every write. */
export function watchWrites(ports: Ports, reach: (point: string) => void): Ports {
  const { github, ledger, store } = ports
  const repositories = new WeakMap<GitRepository, GitRepository>()
  return {
    ...ports,
    github: watch(github, 'github', ['publishChecks', 'upsertComment', 'openPull', 'mergePull'], reach),
    ledger: watch(ledger, 'ledger', ['commit'], reach),
    store: {
      ...store,
      effects: watch(store.effects, 'effects', ['intend', 'settle'], reach),
      releases: watch(store.releases, 'releases', ['put'], reach),
    },
    async repository(ref) {
      const repository = await ports.repository(ref)
      const watched = repositories.get(repository) ?? watch(repository, 'git', ['push'], reach)
      repositories.set(repository, watched)
      return watched
    },
    async serve(ref, target) {
      const served = await ports.serve(ref, target)
      return (
        served && {
          ...served,
          cluster: watch(served.cluster, 'cluster', ['apply', 'replace', 'delete'], reach),
        }
      )
    },
  }
}

function watch<T extends object>(
  port: T,
  name: string,
  writes: (keyof T & string)[],
  reach: (point: string) => void,
): T {
  const watched = { ...port }
  for (const write of writes) {
    const original = port[write] as (...values: unknown[]) => Promise<unknown>
    const around = async (...values: unknown[]) => {
      reach(`before ${name}.${write}`)
      const answer = await original.apply(port, values)
      reach(`after ${name}.${write}`)
      return answer
    }
    watched[write] = around as T[keyof T & string]
  }
  return watched
}
