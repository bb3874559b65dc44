import type { AgentPlace } from '../domain/agent.ts'
import type { Configuration } from '../domain/configuration.ts'
import type { Instant, RepositoryRef } from '../domain/refs.ts'
import type { Clock } from '../ports/clock.ts'

type Declared = Pick<Configuration, 'clusters' | 'environments'>

/** The public keys that may speak for a place; none where nobody may. */
export type AgentKeys = (repository: RepositoryRef, place: AgentPlace) => Promise<readonly string[]>

/** A key that is taken out of the repository is believed so much longer; thousands of agents ask in this time. */
const staleAfterMs = 10_000

/** Keys as the base branch declares them. */
export function createAgentKeys(
  read: (repository: RepositoryRef) => Promise<Declared | undefined>,
  clock: Pick<Clock, 'now'>,
): AgentKeys {
  const known = new Map<string, { at: Instant; declared: Promise<Declared | undefined> }>()
  return async (repository, place) => {
    const { id } = repository
    const cached = known.get(id)
    const isFresh = cached !== undefined && clock.now() - cached.at < staleAfterMs
    const entry = isFresh ? cached : { at: clock.now(), declared: read(repository) }
    known.set(id, entry)
    try {
      return keysOf(await entry.declared, place)
    } catch (error) {
      if (known.get(id) === entry) known.delete(id)
      throw error
    }
  }
}

function keysOf(declared: Declared | undefined, { environment, cluster }: AgentPlace): readonly string[] {
  const stage = declared?.environments.find(({ name }) => name === environment)
  if (!stage?.waves.some((wave) => wave.includes(cluster))) return []
  const access = declared?.clusters?.find(({ name }) => name === cluster)?.access
  return access?.kind === 'agent' ? access.keys : []
}
