import type { Actor, RepositoryRef } from '../domain/refs.ts'
import type { Clock } from '../ports/clock.ts'
import type { GitHub } from '../ports/github.ts'

/** Who may read what. */
export interface Readers {
  mayRead(reader: Actor, repository: RepositoryRef): Promise<boolean>
}

/** A right that was taken away is noticed after so long at most. Milliseconds. */
const trustedForMs = 60_000

/** Answers that are kept at once; more than one site's readers and repositories together. */
const mostKept = 10_000

/** Asks GitHub for the person's permission on the repository, and believes the answer for a minute. A question that fails is a no. */
export function createReaders(github: Pick<GitHub, 'permission'>, clock: Clock): Readers {
  const known = new Map<string, { until: number; answer: Promise<boolean> }>()
  return {
    async mayRead(reader, repository) {
      const key = `${reader.id} ${repository.id}`
      const now = clock.now()
      const kept = known.get(key)
      if (kept && kept.until > now) return kept.answer
      const answer = github.permission(repository, reader).then(
        (permission) => permission !== 'none',
        () => {
          known.delete(key)
          return false
        },
      )
      if (known.size >= mostKept) known.clear()
      known.set(key, { until: now + trustedForMs, answer })
      return answer
    },
  }
}
